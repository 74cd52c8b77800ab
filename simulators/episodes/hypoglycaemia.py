"""Hypoglycaemia: glucose under 54 mg/dL, with a racing heart."""

from dataclasses import dataclass
from typing import Any, ClassVar

from simulators.effect import Effects, pull, shift
from simulators.episodes.base import Episode, Expected
from vitals.times import MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypoglycaemia(Episode):
    """Glucose is drawn to 44 mg/dL: level 2, under 54 (International Hypoglycaemia Study Group, Diabetes Care 40
    (2017) 155). The response of the heart (+14/min) is chosen.

    >>> effect = Hypoglycaemia(onset=0).effect(45 * MINUTE)["glucose"]
    >>> (130 * effect.scale + effect.offset).tolist()
    [44.0]
    """

    name: ClassVar[str] = "hypoglycaemia"
    expected: ClassVar[tuple[Expected, ...]] = (("limit", "glucose"),)
    detectable: ClassVar[tuple[str, ...]] = ("limit",)

    duration: int = 120 * MINUTE
    ramp: int = 40 * MINUTE
    recovery: int = 25 * MINUTE

    def effect(self, t: Any) -> Effects:
        strength = self.strength(t)
        return {
            "glucose": pull(strength.clip(0, 1), 44.0),
            "heart_rate": shift(strength, 14),
            "systolic_bp": shift(strength, 6),
        }
