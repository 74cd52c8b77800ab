"""What an alert on the board waits for: the next people, a follow-up, the end of a silence; in the reader's words."""

from collections.abc import Sequence
from typing import Final

from alerts.drill import is_drill
from alerts.language import mark
from alerts.sight import Reader
from alerts.suppress import can_wait, paused_until
from vitals.agency import Patient
from vitals.alert import Alert, AlertState, Transition

_OVER: Final = mark("What was measured last is normal again; it still needs an answer.")
_VISIT: Final = mark("It can wait: it is told at the next handover.")
_PAUSED: Final = mark("Monitoring is paused until {time}: nobody is told.")
_SILENT: Final = mark("Silenced until {time}: nobody is told.")
_SNOOZED: Final = mark("Put off until {time} by {who}.")
_AGAIN: Final = mark("Told again at {time} if it is not over.")
_NEXT: Final = mark("The next people are told at {time} if nobody answers.")


def marks(alert: Alert, history: Sequence[Transition], patient: Patient, reader: Reader) -> tuple[str, ...]:
    """One sentence each, what keeps people from being told first.

    >>> from alerts.roster import Roster
    >>> from alerts.silences import NONE
    >>> from vitals.agency import Agency
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> from vitals.people import Caregiver
    >>> ana = Caregiver(id="ana", name="A.", role="cna", timezone="UTC")
    >>> alert = Alert("A", FindingKey("limit.low", "p1", "spo2"), Kind.PHYSIOLOGICAL, Severity.HIGH,
    ...               AlertState.OPEN, 0, 0, 0, told_at=0, next_step_at=300_000)
    >>> house = Roster(Agency(id="a", caregivers=(ana,)))
    >>> marks(alert, [], Patient(id="p1", name="-", timezone="UTC"), Reader(ana, house, NONE, 60_000))
    ('The next people are told at 00:05 if nobody answers.',)
    """
    kept = _kept(alert, patient, reader)
    over = [] if alert.holds else [reader.lang.say(_OVER)]
    if alert.state is AlertState.ACKNOWLEDGED:
        return (*kept, *over, *_taken(alert, history, reader))
    return (*kept, *over, *([] if kept else _waits(alert, reader)))


def _kept(alert: Alert, patient: Patient, reader: Reader) -> list[str]:
    """A pause or a silence."""
    paused, silent = paused_until(patient.plan, reader.now), reader.silences.until(alert, reader.now)
    if paused is not None:
        return [reader.lang.say(_PAUSED, time=reader.at(paused))]
    return [] if silent is None else [reader.lang.say(_SILENT, time=reader.at(silent))]


def _waits(alert: Alert, reader: Reader) -> list[str]:
    """What happens if nobody answers."""
    if alert.told_at is None and can_wait(alert):
        return [reader.lang.say(_VISIT)]
    due = None if is_drill(alert.key) else alert.next_step_at
    return [] if due is None or due <= reader.now else [reader.lang.say(_NEXT, time=reader.at(due))]


def _taken(alert: Alert, history: Sequence[Transition], reader: Reader) -> list[str]:
    """When whoever has it is asked again."""
    if alert.follow_up_at is None:
        return []
    last = next((step for step in reversed(history) if step.state is AlertState.ACKNOWLEDGED), None)
    if last is not None and last.cause == "snoozed":
        return [reader.lang.say(_SNOOZED, time=reader.at(alert.follow_up_at), who=last.actor)]
    return [reader.lang.say(_AGAIN, time=reader.at(alert.follow_up_at))]
