"""What people's answers make of an alert, within one transaction."""

from alerts.docket import Docket
from alerts.errors import BadAnswerError, UnknownAlertError
from alerts.events import Acknowledge, Event, Recheck
from alerts.lifecycle import transition
from alerts.ports import LedgerTx
from alerts.rounds import Rounds
from vitals.alert import Alert


def answer(tx: LedgerTx, rounds: Rounds, alert_id: str, event: Event, now: int) -> Alert:
    """Put an answer on the docket; returns the alert as it stands then. Raises UnknownAlertError, or what
    :func:`transition` raises.

    An acknowledgement is to what people had been told. What has joined since and nobody heard of is told at once.
    """
    alert = tx.alert(alert_id)
    if alert is None:
        raise UnknownAlertError(alert_id)
    change = transition(alert, event, now)
    if change is None:
        return alert
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
