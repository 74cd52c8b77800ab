"""Dehydration: lighter, faster, lower, over days."""

from dataclasses import dataclass
from typing import Any, ClassVar

from simulators.effect import Effects, shift
from simulators.episodes.base import Episode, Expected
from vitals.times import DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Dehydration(Episode):
    """-2 kg, +16 beats/min and -16 mm[Hg] within two days: each within its limits, so nothing is claimed without a
    weight trend or a personal baseline. Sizes chosen.

    >>> Dehydration(onset=0).effect(2 * DAY)["weight"].offset.tolist()
    [-2.0]
    """

    name: ClassVar[str] = "dehydration"
    expected: ClassVar[tuple[Expected, ...]] = (("trend", "weight"), ("trend", "heart_rate"))
    detectable: ClassVar[tuple[str, ...]] = ()

    duration: int = 5 * DAY
    ramp: int = 2 * DAY
    recovery: int = DAY

    def effect(self, t: Any) -> Effects:
        strength = self.strength(t)
        return {
            "weight": shift(strength, -2.0),
            "heart_rate": shift(strength, 14),
            "systolic_bp": shift(strength, -16),
            "diastolic_bp": shift(strength, -7),
            "temperature": shift(strength, 0.25),
        }
