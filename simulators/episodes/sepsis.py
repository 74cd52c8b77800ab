"""Sepsis: fever, fast heart and breath, falling pressure."""

from dataclasses import dataclass
from typing import Any, ClassVar

from simulators.effect import Effects, shift
from simulators.episodes.base import Episode, Expected
from vitals.times import HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Sepsis(Episode):
    """At its height +2.4 Cel, and with what fever and hypoxia drive about +40 beats and +11 breaths a minute.

    The signs are those that SIRS and qSOFA name (Bone et al., Chest 101 (1992) 1644; Singer et al., JAMA 315 (2016)
    801); sizes and course are chosen.

    >>> Sepsis(onset=0).effect(8 * HOUR)["temperature"].offset.tolist()
    [2.4]
    """

    name: ClassVar[str] = "sepsis"
    expected: ClassVar[tuple[Expected, ...]] = (
        ("early_warning", ""),
        ("limit", "respiration_rate"),
        ("limit", "temperature"),
    )
    detectable: ClassVar[tuple[str, ...]] = ("early_warning", "limit")

    duration: int = 30 * HOUR
    ramp: int = 6 * HOUR
    recovery: int = 12 * HOUR

    def effect(self, t: Any) -> Effects:
        strength = self.strength(t)
        return {
            "temperature": shift(strength, 2.4),
            "heart_rate": shift(strength, 15),
            "respiration_rate": shift(strength, 6),
            "spo2": shift(strength, -4),
            "systolic_bp": shift(strength, -30),
            "diastolic_bp": shift(strength, -16),
            "glucose": shift(strength, 25),
        }
