"""Wrong person: a weight far from the patient's own, as when somebody else stood on the scale.

Fluid comes and goes by a kilogram a day in heart failure and by 2–5 kg around a dialysis; the alarm for weight gain is
3 kg in a week. What is further away than that is doubted, and somebody is asked to weigh again.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from detectors.columns import Floats
from vitals.times import DAY

REMEMBERED: Final = 5
"""Accepted weighings whose median is the baseline."""
_ALIKE: Final = 2.0
"""kg between doubted weighings of one person."""


def allowed(baseline: float, apart: int, least: float, share: float) -> float:
    """How far, kg, a weight may be from the baseline, ``apart`` ms after the last accepted one: ``least`` or ``share``
    of the baseline, whichever is more, and half a kilogram for each day not weighed.

    >>> allowed(60, DAY, 5, 0.07), allowed(100, 10 * DAY, 5, 0.07)
    (5.0, 11.5)
    """
    return max(least, share * baseline) + 0.5 * max(0, apart // DAY - 1)


def other_person(value: float, past: Floats, apart: int, least: float, share: float) -> bool:
    """Whether a weight is far from the median of ``past`` (accepted ones, at least one).

    >>> other_person(92.0, np.array([70.1, 70.4]), DAY, 5, 0.07)
    True
    """
    baseline = float(np.median(past[-REMEMBERED:]))
    return abs(value - baseline) > allowed(baseline, apart, least, share)


def new_truth(doubted: Sequence[tuple[int, float]], days: int) -> bool:
    """Whether the doubted weighings (time ms, kg), none accepted between them, are the patient after all: all within
    2 kg, and of as many different days (UTC) as ``days``. So a visitor who weighs twice changes nothing.

    >>> new_truth([(0, 60.0), (1, 60.2), (2, 60.1)], 3), new_truth([(0, 60.0), (DAY, 60.4), (2 * DAY, 60.1)], 3)
    (False, True)
    """
    values = [value for _, value in doubted]
    return max(values) - min(values) <= _ALIKE and len({time // DAY for time, _ in doubted}) >= days


def of_one_person(doubted: Sequence[tuple[int, float]], value: float) -> bool:
    """Whether a further doubted weighing may be of the same person as those before."""
    return all(abs(value - other) <= _ALIKE for _, other in doubted)
