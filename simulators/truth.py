"""Ground truth: what was put in, where and when, and what ought to notice it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from simulators.devices.model import to_json
from simulators.episodes import Episode
from simulators.faults import Fault
from vitals.times import iso


@dataclass(frozen=True, slots=True)
class Truth:
    """One injected episode or fault. ``device`` is empty for an episode; times in ms UTC; ``full`` is when an
    episode has fully set in. ``expected`` pairs a rule's prefix with a signal; ``detectable`` lists the rule
    prefixes that present detectors are claimed to fire. Nothing expected means: it ought to stay quiet.
    """

    patient: str
    device: str
    kind: str
    name: str
    onset: int
    full: int
    end: int
    severity: float
    expected: tuple[tuple[str, str], ...]
    detectable: tuple[str, ...]

    def line(self) -> bytes:
        """One line of JSON, times in ISO 8601."""
        expected = [{"rule": rule, "signal": signal} for rule, signal in self.expected]
        return to_json(
            {
                "patient": self.patient,
                "device": self.device,
                "kind": self.kind,
                "name": self.name,
                "onset": iso(self.onset),
                "full": iso(self.full),
                "end": iso(self.end),
                "severity": self.severity,
                "expected": expected,
                "detectable": list(self.detectable),
            }
        )


def of_episode(patient: str, episode: Episode) -> Truth:
    """The truth about an episode."""
    e = episode
    full = e.onset + e.ramp
    return Truth(patient, "", "episode", e.name, e.onset, full, e.end, e.severity, e.expected, e.detectable)


def of_fault(patient: str, device: str, fault: Fault) -> Truth:
    """The truth about a fault."""
    f = fault
    return Truth(patient, device, "fault", f.name, f.onset, f.onset, f.end, 1.0, f.expected, f.detectable)


def write_truth(truths: Iterable[Truth], path: Path | str) -> int:
    """Write JSON Lines; returns how many."""
    lines = [truth.line() for truth in truths]
    Path(path).write_bytes(b"".join(line + b"\n" for line in lines))
    return len(lines)
