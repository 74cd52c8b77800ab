"""What people's answers make of an alert, within one transaction."""

from collections.abc import Callable
from typing import Final

from alerts.docket import Docket
from alerts.errors import BadAnswerError, UnknownAlertError
from alerts.events import Acknowledge, CallForHelp, Close, Event, Recheck
from alerts.lifecycle import transition
from alerts.ports import LedgerTx
from alerts.rounds import Rounds
from vitals.alert import Alert
from vitals.finding import Severity
from vitals.times import HOUR, MINUTE, show_duration

SNOOZE: Final = {Severity.HIGH: 15 * MINUTE, Severity.MEDIUM: 2 * HOUR, Severity.LOW: 24 * HOUR}
"""How long an alert can be put off at most, by its severity."""
ON_MY_WAY: Final = 15 * MINUTE
"""Who is on the way has this long to be there, or the policy's follow-up where that is shorter."""
OUTCOMES: Final = ("fine", "artefact")
"""What somebody who has looked can say."""

Answer = Callable[[Alert], Event]
"""An answer may depend on how the alert stands."""


def snoozed(by: str, until: int, now: int, note: str = "") -> Answer:
    """Put off until ``until`` (ms UTC), exactly; BadAnswerError when that is past, or longer than it may wait."""

    def event(alert: Alert) -> Event:
        longest = SNOOZE[alert.severity]
        if not now < until <= now + longest:
            remedy = f"it is {alert.severity.word}: put it off by at most {show_duration(longest)}, from now"
            raise BadAnswerError(f"{alert.id}", remedy, "cannot wait so long")
        return Acknowledge(by, note, until=until, cause="snoozed", evidence={"until": until})

    return event


def on_my_way(by: str, now: int, note: str = "") -> Answer:
    """Taken on, and told again soon: being on the way is not being there."""

    def event(alert: Alert) -> Event:
        wait = min(ON_MY_WAY, int(alert.policy.get("follow_up", ON_MY_WAY)))
        return Acknowledge(by, note, until=now + wait, cause="on_my_way")

    return event


def checked(by: str, outcome: str, note: str = "") -> Answer:
    """Somebody has looked: ``fine`` or ``artefact``. What is dangerous and still holds is acknowledged, so that its
    follow-up asks again; anything else is closed.
    """
    if outcome not in OUTCOMES:
        raise BadAnswerError("outcome", f"say one of {', '.join(OUTCOMES)}", "is not known")

    def event(alert: Alert) -> Event:
        if alert.holds and not alert.latched and alert.severity > Severity.LOW:
            return Acknowledge(by, note, cause="checked", evidence={"outcome": outcome})
        return Close(by, outcome, note)

    return event


def answer(tx: LedgerTx, rounds: Rounds, alert_id: str, said: Answer, now: int) -> Alert:
    """Put an answer on the docket; returns the alert as it stands then. Raises UnknownAlertError, or what
    :func:`transition` raises.

    An acknowledgement is to what people had been told. What has joined since and nobody heard of is told at once.
    """
    alert = tx.alert(alert_id)
    if alert is None:
        raise UnknownAlertError(alert_id)
    event = said(alert)
    change = transition(alert, event, now)
    if change is None:
        return alert
    if isinstance(event, CallForHelp):
        return rounds.tell(change, now, now, urgent=True)
    rounds.docket.enter(*change, [])
    more = transition(change[0], Recheck(), now) if isinstance(event, Acknowledge) else None
    if more is not None:
        return rounds.tell(more, now, now)
    return change[0]


def answering(why: str, alert_id: str) -> Docket:
    """A docket that gives up the notices of an alert that nobody has to hear any more."""
    return Docket(stale_words={alert_id: why})


def named(field: str, value: str, remedy: str) -> str:
    """A value that must say something; BadAnswerError with the remedy when it does not."""
    if not value.strip():
        raise BadAnswerError(field, remedy)
    return value
