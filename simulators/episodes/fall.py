"""A fall: the button says so; pain and fright raise the pulse for a while."""

from dataclasses import dataclass
from typing import Any, ClassVar

from simulators.effect import Effects, shift
from simulators.episodes.base import Episode, Expected
from vitals.intake import EventType
from vitals.times import MINUTE, SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall(Episode):
    """One ``fall`` event at its onset; heart rate +16, systolic +10 for half an hour (chosen).

    >>> Fall(onset=5).events()
    ((5, <EventType.FALL: 'fall'>),)
    """

    name: ClassVar[str] = "fall"
    expected: ClassVar[tuple[Expected, ...]] = (("event", ""),)
    detectable: ClassVar[tuple[str, ...]] = ("event",)

    duration: int = 30 * MINUTE
    ramp: int = 20 * SECOND
    recovery: int = 25 * MINUTE

    def effect(self, t: Any) -> Effects:
        strength = self.strength(t)
        return {
            "heart_rate": shift(strength, 16),
            "respiration_rate": shift(strength, 2),
            "systolic_bp": shift(strength, 10),
        }

    def events(self) -> tuple[tuple[int, EventType], ...]:
        return ((self.onset, EventType.FALL),)
