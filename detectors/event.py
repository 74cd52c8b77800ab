"""Events: a help button, a fall, a missed medication; each is said once, and at once."""

from collections import deque
from typing import Any, ClassVar, Final

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from detectors.arrivals import Arrivals
from detectors.base import Watch
from detectors.ward import Ward
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import EventType, Intake, PatientEvent
from vitals.times import HOUR, SECOND, parse_duration

_LATCHED: Final = {EventType.SOS, EventType.FALL}
_ONCE: Final = {EventType.MEDICATION_MISSED, EventType.DRILL}
_REMEMBERED: Final = 64
_DRILL: Final = 30 * SECOND
_LONGEST_DRILL: Final = HOUR


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Event:
    """SOS and fall are HIGH and latched: only a person ends them. A missed medication is LOW, over when it is taken.
    Stale events (replayed, retained, late) are history, and nobody is told. A drill is passed on as ``event.drill``: a
    test of the service, no rule of any patient, and nothing at all once whoever began it waits no longer.
    """

    name: ClassVar[str] = "event"
    rules: ClassVar[tuple[str, ...]] = ("event.sos", "event.fall", "event.medication_missed")

    def watch(self, ward: Ward) -> Watch:  # noqa: ARG002  (events need no readings)
        return _EventWatch()


class _EventWatch:
    def __init__(self) -> None:
        self._told: dict[FindingKey, deque[int]] = {}
        self._missed: dict[str, dict[FindingKey, int]] = {}

    def use(self, now: int) -> None: ...

    def grow(self) -> None: ...

    def recall(self, alert: Alert) -> None:
        """Times, not the newest only: a button whose clock was put back is still a call for help."""
        self._remember(alert.key, alert.onset)
        if alert.key.rule == "event.medication_missed":
            self._missed.setdefault(alert.key.patient, {})[alert.key] = alert.onset

    def warm(self, history: Arrivals, now: int) -> list[Finding]:  # noqa: ARG002
        return []

    def scan(self, arrivals: Arrivals | None, intake: Intake, now: int) -> list[Finding]:  # noqa: ARG002
        return [found for event in intake.events if not _is_past(event, now) for found in self._findings(event)]

    def sweep(self, now: int) -> list[Finding]:  # noqa: ARG002
        return []

    def _findings(self, event: PatientEvent) -> list[Finding]:
        if event.event is EventType.MEDICATION_TAKEN:
            missed = self._missed.pop(event.patient, {})
            return [_finding(key, event, Severity.CLEAR, onset) for key, onset in missed.items()]
        if event.event not in _LATCHED and event.event not in _ONCE:
            return []
        key = FindingKey(f"event.{event.event.value}", event.patient, "", event.device)
        if not self._remember(key, event.time):
            return []
        if event.event in _LATCHED:
            return [_finding(key, event, Severity.HIGH, event.time)]
        if event.event is EventType.MEDICATION_MISSED:
            self._missed.setdefault(event.patient, {})[key] = event.time
        return [_finding(key, event, Severity.LOW, event.time)]

    def _remember(self, key: FindingKey, time: int) -> bool:
        """False when this very event was told before."""
        told = self._told.setdefault(key, deque(maxlen=_REMEMBERED))
        if time in told:
            return False
        told.append(time)
        return True


def _is_past(event: PatientEvent, now: int) -> bool:
    """What is history; and a drill that lay in the broker while the service was away: nobody waits for it."""
    return event.stale or (event.event is EventType.DRILL and now > _until(event))


def _until(drill: PatientEvent) -> int:
    """How long whoever began it waits, ms UTC: by the ``timeout`` it says (a duration such as ``30s``)."""
    try:
        timeout = parse_duration(str(drill.detail.get("timeout", "")))
    except (ValueError, OverflowError):
        timeout = _DRILL
    return drill.time + min(timeout, _LONGEST_DRILL)


def _finding(key: FindingKey, event: PatientEvent, severity: Severity, onset: int) -> Finding:
    evidence: dict[str, Any] = {**event.detail, "event": event.event.value}
    drill = event.event is EventType.DRILL
    if drill:
        evidence["until"] = _until(event)
    kind = Kind.TECHNICAL if drill else Kind.PHYSIOLOGICAL
    return Finding(key, kind, severity, event.time, onset, evidence, event.event in _LATCHED)
