"""Decompensating heart failure: water shows on the scale days before it is felt."""

from dataclasses import dataclass
from typing import Any, ClassVar

from simulators.effect import Effects, shift
from simulators.episodes.base import Episode, Expected
from vitals.times import DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartFailure(Episode):
    """+3.2 kg in four days, a little more breath and pulse, a little less oxygen.

    The rule that sees it is a rise of more than 2 kg in 3 days (ESC heart failure guidelines: self-weighing); no
    limit is crossed for certain, so nothing is claimed of detectors without a weight trend. Sizes chosen.

    >>> HeartFailure(onset=0).effect(4 * DAY)["weight"].offset.tolist()
    [3.2]
    """

    name: ClassVar[str] = "heart_failure"
    expected: ClassVar[tuple[Expected, ...]] = (("trend", "weight"),)
    detectable: ClassVar[tuple[str, ...]] = ()

    duration: int = 12 * DAY
    ramp: int = 4 * DAY
    recovery: int = 4 * DAY

    def effect(self, t: Any) -> Effects:
        strength = self.strength(t)
        return {
            "weight": shift(strength, 3.2),
            "respiration_rate": shift(strength, 3),
            "heart_rate": shift(strength, 7),
            "spo2": shift(strength, -1.5),
        }
