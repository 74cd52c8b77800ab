"""Whether a silence keeps people from being told of an alert, and until when; as pure functions.

An alert is silent only while every condition that holds in it is silenced: silencing one never silences another. What
is on the floor is never silent (IEC 60601-1-8: an audio pause must not hide a new high-priority alarm).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from alerts.suppress import low_waits
from vitals.alert import Alert, AlertState
from vitals.finding import Severity
from vitals.reason import Reason
from vitals.silence import Silence

FLOOR: Final = ("event.sos", "event.fall", "limit", "early_warning", "deterioration")
"""Rules, or what they begin with, of which no HIGH is ever silent."""


def on_floor(rule: str, severity: Severity) -> bool:
    """Whether no silence covers it.

    >>> [on_floor("limit.low", Severity.HIGH), on_floor("limit.low", Severity.MEDIUM), on_floor("gap", Severity.HIGH)]
    [True, False, False]
    """
    return severity >= Severity.HIGH and any(f"{rule}.".startswith(f"{name}.") for name in FLOOR)


class Silences:
    """Those that are known, by patient; never changed, only replaced. A patient's are a handful.

    >>> from vitals.finding import FindingKey, Kind
    >>> known = Silences([Silence("S", "p1", 0, 60_000, "physiotherapy", "ana", signal="heart_rate")])
    >>> fast = Alert("A", FindingKey("limit.high", "p1", "heart_rate"), Kind.PHYSIOLOGICAL, Severity.MEDIUM,
    ...              AlertState.OPEN, 0, 0, 0)
    >>> known.until(fast, 1_000), known.until(replace(fast, severity=Severity.HIGH), 1_000), known.until(fast, 60_000)
    (60000, None, None)
    """

    def __init__(self, silences: Iterable[Silence] = ()) -> None:
        self._of: dict[str, list[Silence]] = defaultdict(list)
        for silence in silences:
            self._of[silence.patient].append(silence)

    def of(self, patient: str) -> list[Silence]:
        """The patient's, also those that were lifted."""
        return self._of.get(patient, [])

    def until(self, alert: Alert, now: int, *, every: bool = False) -> int | None:
        """When the first of the silences that together cover the alert ends, ms UTC; None when they do not.

        What is LOW and waits for the handover needs no silence, unless ``every`` reason must have one.
        """
        holding = [it for it in self.of(alert.key.patient) if it.holds(now)]
        if not holding or on_floor(alert.key.rule, alert.severity):
            return None
        reasons = [it for it in alert.reasons if it.holds or alert.latched]
        ends = {it.key: _until(it, holding) for it in reasons}
        needed = [ends[it.key] for it in reasons if every or ends[it.key] or not low_waits(it, alert.policy)]
        return min((end for end in needed if end is not None), default=None) if None not in needed else None

    def freed(self, alert: Alert, now: int) -> Alert:
        """An alert that waits for the end of a silence which covers it no more: it waits no longer."""
        ends = {it.end for it in self.of(alert.key.patient)}
        taken = alert.state is AlertState.ACKNOWLEDGED
        time = alert.follow_up_at if taken else alert.next_step_at
        if not alert.state.live or time is None or time <= now or time not in ends:
            return alert
        if self.until(alert, now, every=taken) is not None:
            return alert
        return replace(alert, follow_up_at=now) if taken else replace(alert, next_step_at=now)


NONE: Final = Silences()


def _until(reason: Reason, holding: Iterable[Silence]) -> int | None:
    """When the last of those ends that silence the reason; None when none does."""
    if on_floor(reason.key.rule, reason.severity):
        return None
    return max((it.end for it in holding if it.names(reason.key)), default=None)
