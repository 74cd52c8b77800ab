"""Exacerbation of COPD: oxygen falls, breathing quickens."""

from dataclasses import dataclass
from typing import Any, ClassVar

from simulators.effect import Effects, shift
from simulators.episodes.base import Episode, Expected
from vitals.times import DAY, HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class CopdExacerbation(Episode):
    """SpO2 falls 9 points below the person's own; hypoxia and effort add about 11 breaths/min. Sizes chosen.

    >>> CopdExacerbation(onset=0).effect(0)["spo2"].offset.tolist()
    [0.0]
    """

    name: ClassVar[str] = "copd_exacerbation"
    expected: ClassVar[tuple[Expected, ...]] = (
        ("limit", "spo2"),
        ("limit", "respiration_rate"),
        ("early_warning", ""),
    )
    detectable: ClassVar[tuple[str, ...]] = ("limit", "early_warning")

    duration: int = 5 * DAY
    ramp: int = 18 * HOUR
    recovery: int = 2 * DAY

    def effect(self, t: Any) -> Effects:
        strength = self.strength(t)
        return {
            "spo2": shift(strength, -9),
            "respiration_rate": shift(strength, 7),
            "heart_rate": shift(strength, 9),
            "temperature": shift(strength, 0.4),
        }
