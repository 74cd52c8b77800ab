"""Spells of poor quality: one for each device and cause, from the first artefact until all was good for a while."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from detectors.artefacts import Reason
from vitals.finding import Severity

if TYPE_CHECKING:
    from detectors.quality import SignalQuality

_LEVEL: Final = {
    Reason.PROBE_OFF: Severity.MEDIUM,
    Reason.STUCK: Severity.MEDIUM,
    Reason.NOISE: Severity.LOW,
    Reason.PERSON: Severity.LOW,
}
_HALF: Final = 0.5
_NOISY: Final = 6
"""Spikes that a noisy spell has at least."""


@dataclass(slots=True)
class Spell:
    """``first`` and ``last`` artefact (ms), how many moments were ``bad`` and ``good``, of which ``series``
    (with their newest artefact); the ``level`` that was told.
    """

    why: Reason
    first: int
    last: int
    bad: int = 0
    good: int = 0
    level: int = 0
    series: dict[int, float] = field(default_factory=dict)

    def worse(self, time: int, readings: Mapping[int, float]) -> None:
        """One more moment with artefacts: the values of some series."""
        self.last = max(time, self.last)
        self.bad += 1
        self.series.update(readings)

    def due(self, plan: "SignalQuality", *, spot: bool) -> int:
        """The level it has reached."""
        if self.why is Reason.PERSON:
            return int(_LEVEL[self.why])
        delay, least, share = _needs(self.why, plan)
        if spot:
            enough = self.good == 0 and self.bad >= plan.readings
        else:
            enough = self.last - self.first >= delay and self.bad >= max(least, share * (self.bad + self.good))
        return int(_LEVEL[self.why]) if enough else 0

    def over(self, time: int, plan: "SignalQuality", *, spot: bool) -> bool:
        """Whether a good reading at ``time`` ends it."""
        return time > self.last and (spot or self.why is Reason.PERSON or time - self.last >= plan.clear_delay)


def _needs(why: Reason, plan: "SignalQuality") -> tuple[int, int, float]:
    """How long, how many and which share of the moments."""
    if why is Reason.NOISE:
        return plan.noise_delay, max(plan.readings, _NOISY), plan.noise_share
    return plan.off_delay if why is Reason.PROBE_OFF else plan.stuck_delay, plan.readings, _HALF
