"""Whether a notice goes now, later, or not over this channel; each verdict has a name that is kept with it.

Holding back is never forgetting: what is deferred is told when the reason ends, if it still holds by then.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from alerts.localtime import local_day, window
from vitals.alert import Alert
from vitals.finding import Severity
from vitals.people import Caregiver, Channel
from vitals.plan import CarePlan
from vitals.reason import Reason as Cause
from vitals.times import MINUTE, parse_time

LOOK_AGAIN: Final = 5 * MINUTE
"""A pause may be taken out of the plan: who comes home early is not left alone until it would have ended."""


class Reason(StrEnum):
    """Why a notice does not go at once."""

    NONE = ""
    QUIET_HOURS = "quiet_hours"
    PAUSED = "paused"
    SILENCED = "silenced"
    CHANNEL_SEVERITY = "channel_severity"
    LATE = "late"
    SECOND_WAY = "second_way"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``due`` is when it may go (ms UTC), None for never over this channel."""

    due: int | None
    reason: Reason = Reason.NONE


def verdict(person: Caregiver, channel: Channel, severity: Severity, now: int) -> Verdict:
    """When a notice of that severity may go to a person over a channel.

    >>> from vitals.people import QuietHours
    >>> from vitals.times import iso, parse_time
    >>> phone = Channel(name="phone", url="ntfy://topic", min_severity="medium")
    >>> ana = Caregiver(id="ana", name="A.", role="cna", timezone="Europe/London", channels=(phone,),
    ...                 quiet_hours=QuietHours(start="22:00", end="07:00"))
    >>> night = parse_time("2026-11-22T03:00:00Z")
    >>> verdict(ana, phone, Severity.HIGH, night).due == night, verdict(ana, phone, Severity.LOW, night)
    (True, Verdict(due=None, reason=<Reason.CHANNEL_SEVERITY: 'channel_severity'>))
    >>> later = verdict(ana, phone, Severity.MEDIUM, night)
    >>> later.reason.value, iso(later.due)
    ('quiet_hours', '2026-11-22T07:00:00.000Z')
    """
    if severity < channel.min_severity:
        return Verdict(None, Reason.CHANNEL_SEVERITY)
    end = quiet_until(person, severity, now)
    return Verdict(now) if end is None else Verdict(end, Reason.QUIET_HOURS)


def can_wait(alert: Alert) -> bool:
    """Whether it is told with the next handover: what is LOW, unless it asks for another measurement now, or something
    has happened, or the policy sends what is low at once.

    >>> from dataclasses import replace
    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind
    >>> trend = Alert("A", FindingKey("trend.rising", "p1", "weight"), Kind.PHYSIOLOGICAL, Severity.LOW,
    ...               AlertState.OPEN, 0, 0, 0)
    >>> can_wait(trend), can_wait(replace(trend, evidence={"ask": "repeat"})), can_wait(replace(trend, policy={
    ...     "low_at_once": True}))
    (True, False, False)
    """
    if alert.severity is not Severity.LOW:
        return False
    return all(low_waits(it, alert.policy) for it in alert.reasons if it.holds)


def low_waits(reason: Cause, policy: dict[str, Any]) -> bool:
    """The same of one reason of an alert."""
    if reason.severity is not Severity.LOW or policy.get("low_at_once", False):
        return False
    return reason.evidence.get("ask") != "repeat" and not reason.key.rule.startswith("event.")


def quiet_until(person: Caregiver, severity: Severity, now: int) -> int | None:
    """When the quiet hours that hold this severity back end, ms UTC; None when none do."""
    quiet = person.quiet_hours
    if quiet is None or severity >= quiet.min_severity:
        return None
    today = local_day(now, person.timezone)
    for day in (today - timedelta(days=1), today):
        start, end = window(day, quiet.start, quiet.end, person.timezone)
        if start <= now < end:
            return end
    return None


def looked_at(pause: int, now: int) -> int:
    """When what a pause until then holds back is looked at again, ms UTC."""
    return min(pause, now + LOOK_AGAIN)


def paused_until(plan: CarePlan, now: int) -> int | None:
    """When the plan's pause, and those that follow it without a break, end, ms UTC; None when it is not paused.

    >>> from vitals.plan import Pause
    >>> plan = CarePlan(pauses=(Pause(start="2026-11-20T00:00Z", end="2026-11-22T08:00Z", reason="hospital"),))
    >>> paused_until(plan, parse_time("2026-11-22T08:00Z")) is None
    True
    """
    end: int | None = None
    for start, stop in sorted((parse_time(p.start), parse_time(p.end)) for p in plan.pauses):
        if start <= (now if end is None else end) < stop:
            end = stop
    return end
