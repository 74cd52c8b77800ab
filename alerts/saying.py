"""Answering an alert in one word, whoever brings it: a page, a text message, the command line, or a device at home.

A device (a bedside button, a tablet) publishes an event: ``{"event": "answer", "alert": "JO4OA2ZLDI",
"caregiver": "ana", "answer": "on_my_way", "note": "…"}``. Old and retained ones change nothing: that somebody was on
the way last night says nothing of now.
"""

from collections.abc import Callable
from typing import Protocol

import structlog

from alerts.errors import AlertOverError, AlreadyAcknowledgedError, UnknownAlertError
from alerts.replies import Answer
from vitals.alert import Alert
from vitals.intake import EventType, PatientEvent
from vitals.presence import caregiver_of

log = structlog.get_logger(__name__)


class Answerable(Protocol):
    """The desk, as those who answer see it."""

    def acknowledge(self, alert_id: str, by: str, now: int, note: str = "", *, seen: int | None = None) -> Alert: ...
    def on_my_way(self, alert_id: str, by: str, now: int, note: str = "") -> Alert: ...
    def checked(self, alert_id: str, by: str, outcome: str, now: int, note: str = "") -> Alert: ...
    def call_for_help(self, alert_id: str, by: str, now: int, note: str = "") -> Alert: ...
    def close(self, alert_id: str, by: str, outcome: str, now: int, note: str = "") -> Alert: ...


Lookup = Callable[[str], Alert | None]
"""Finds an alert by its id."""


def say(
    desk: Answerable,
    answer: Answer,
    alert_id: str,
    *,
    by: str,
    now: int,
    note: str = "",
    seen: int | None = None,
    outcome: str = "true",
) -> Alert:
    """Give one answer to one alert; returns it as it stands then. Raises what the desk raises.

    ``outcome`` is what the alert turned out to be, where it is said to be dealt with.
    """
    if answer is Answer.ACKNOWLEDGE:
        return desk.acknowledge(alert_id, by, now, note, seen=seen)
    if answer is Answer.ON_MY_WAY:
        return desk.on_my_way(alert_id, by, now, note)
    if answer is Answer.CALL_FOR_HELP:
        return desk.call_for_help(alert_id, by, now, note)
    if answer is Answer.DEALT_WITH:
        return desk.close(alert_id, by, outcome, now, note)
    return desk.checked(alert_id, by, "fine" if answer is Answer.CHECKED_FINE else "artefact", now, note)


def hear(desk: Answerable, alerts: Lookup, people: frozenset[str], event: PatientEvent, now: int) -> bool:
    """Take an answer that came as an event; False, and a line in the log, when it is none that counts."""
    wrong = _wrong(alerts, people, event)
    if not wrong:
        detail, by = event.detail, caregiver_of(event)
        try:
            say(desk, Answer(detail["answer"]), detail["alert"], by=by, now=now, note=str(detail.get("note", ""))[:300])
        except (AlertOverError, AlreadyAcknowledgedError, UnknownAlertError) as error:
            wrong = str(error)
    if wrong:
        log.warning("answer_not_taken", patient=event.patient, device=event.device, why=wrong)
    return not wrong


def _wrong(alerts: Lookup, people: frozenset[str], event: PatientEvent) -> str:
    detail = event.detail
    if event.event is not EventType.ANSWER or event.stale:
        return "it is old"
    if caregiver_of(event) not in people:
        return "name in 'caregiver' the id of somebody of the agency file"
    if detail.get("answer") not in list(Answer):
        return f"'answer' must be one of {', '.join(Answer)}"
    alert = alerts(detail["alert"]) if isinstance(detail.get("alert"), str) else None
    if alert is None or alert.key.patient not in ("", event.patient):
        return "'alert' must be the id of an alert of this patient"
    return ""
