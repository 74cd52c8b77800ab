"""How an alert stands and what has happened to it, as the page behind a notice's link says it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from alerts.language import Language, mark
from alerts.localtime import zone
from vitals.alert import Alert, AlertState, Transition
from vitals.times import to_datetime

_STANDS: Final = {
    AlertState.RESOLVED: mark("It is over: what was measured since is normal."),
    AlertState.CLOSED: mark("It has been closed."),
}
_HAPPENED: Final = {
    "found": mark("found"),
    "worsened": mark("became worse"),
    "again": mark("came back"),
    "joined": mark("something was added"),
    "rose": mark("something became worse"),
    "new_reason": mark("something new was added"),
    "milder": mark("became milder"),
    "eased": mark("became milder"),
    "cleared": mark("over"),
    "escalated": mark("told to the next people"),
    "repeated": mark("told again"),
    "told": mark("told"),
    "follow_up": mark("told again: it is not over"),
    "acknowledged": mark("taken on"),
    "on_my_way": mark("on the way"),
    "checked": mark("checked"),
    "snoozed": mark("put off"),
    "help": mark("help called for"),
    "closed": mark("closed"),
}
NOTE: Final = mark("Note (optional)")
CHOOSE: Final = mark("Choose one of the answers.")
HINT: Final = mark("Reply 1 OK, 2 on my way, 3 checked and fine, 4 sensor wrong, 5 send help, 6 dealt with.")
WHICH: Final = mark("Which alert? Add its code, as in: 1 {code}")
NOTED: Final = mark("Noted for {alert}: {answer}.")
"""What is asked of, and answered to, somebody who answers."""
_SHOWN: Final = 12
"""Lines of history: the first, and the newest."""


def stands(alert: Alert, lang: Language) -> str:
    """Who has it, or that it is over; empty while somebody must still answer.

    >>> from dataclasses import replace
    >>> from alerts.language import ENGLISH
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> key = FindingKey("limit.low", "p1", "spo2")
    >>> alert = Alert("A", key, Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN, 0, 0, 0)
    >>> stands(alert, ENGLISH), stands(replace(alert, state=AlertState.ACKNOWLEDGED, acknowledged_by="ana"), ENGLISH)
    ('', 'ana has taken it on.')
    """
    if alert.state is AlertState.ACKNOWLEDGED:
        return lang.say("{who} has taken it on.", who=alert.acknowledged_by)
    text = _STANDS.get(alert.state)
    return lang.say(text) if text else ""


def happened(history: Iterable[Transition], lang: Language, timezone: str, now: int) -> list[str]:
    """What has happened, oldest first, in the reader's own time; who did it stands by their id."""
    lines = [_line(step, lang, timezone, now) for step in history]
    return lines if len(lines) <= _SHOWN else [lines[0], "…", *lines[2 - _SHOWN :]]


def _line(step: Transition, lang: Language, timezone: str, now: int) -> str:
    text = _HAPPENED.get(step.cause)
    said = lang.say(text) if text else step.cause.replace("_", " ")
    who = "" if step.actor == "system" else f" ({step.actor})"
    return f"{_when(to_datetime(step.time).astimezone(zone(timezone)), lang, timezone, now)} {said}{who}"


def _when(at: datetime, lang: Language, timezone: str, now: int) -> str:
    same = at.date() == to_datetime(now).astimezone(zone(timezone)).date()
    return f"{at:%H:%M}" if same else lang.short_day(at)
