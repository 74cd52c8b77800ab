"""Atrial fibrillation with a rapid, irregular ventricular rate."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from simulators.effect import Effects, pull, shift
from simulators.episodes.base import Episode, Expected
from simulators.process import Floats
from vitals.times import HOUR, MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class AtrialFibrillation(Episode):
    """The rate leaves its rhythm for about 142/min, irregularly irregular (±6 from second to second); chosen.

    Irregularity comes from a hash of the second, so that the effect stays a pure function of time.

    >>> effect = AtrialFibrillation(onset=0).effect([HOUR, HOUR + 1000])["heart_rate"]
    >>> bool(effect.offset[0] != effect.offset[1]), bool(((120 < effect.offset) & (effect.offset < 165)).all())
    (True, True)
    """

    name: ClassVar[str] = "atrial_fibrillation"
    expected: ClassVar[tuple[Expected, ...]] = (("limit", "heart_rate"), ("early_warning", ""))
    detectable: ClassVar[tuple[str, ...]] = ("limit", "early_warning")

    duration: int = 5 * HOUR
    ramp: int = MINUTE
    recovery: int = 5 * MINUTE

    def effect(self, t: Any) -> Effects:
        strength = self.strength(t)
        rate = 142 + 6 * _scatter(np.atleast_1d(np.asarray(t, np.int64)) // 1000)
        return {
            "heart_rate": pull(strength.clip(0, 1), rate),
            "spo2": shift(strength, -1),
            "systolic_bp": shift(strength, -8),
            "respiration_rate": shift(strength, 1.5),
        }


def _scatter(seconds: Any) -> Floats:
    """Numbers of mean 0 and standard deviation 1 that look random; the same second, the same number."""
    x = (seconds.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    fraction = (x >> np.uint64(11)).astype(np.float64) / 2**53
    return np.asarray((fraction - 0.5) * np.sqrt(12.0), np.float64)
