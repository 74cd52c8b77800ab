"""Disagreement: the oximeter's pulse and the heart rate of another device, of one patient at one time.

An oximeter counts the beats that reach the finger: cold hands and movement lose or add some. But so does the heart:
in atrial fibrillation and with many ectopic beats not every beat makes a pulse, and the deficit is real. So neither
series is discarded, both keep their alarms, and the finding says what to look at.
"""

from typing import Final

from vitals.times import MINUTE

TOGETHER: Final = 90_000
"""ms between readings that are of the same time."""
BROKEN: Final = 15 * MINUTE
"""Pairs further apart than this begin anew."""


def disagree(pulse: float, heart_rate: float, apart: float, share: float) -> bool:
    """Whether pulse and heart rate (/min) differ by more than ``apart`` and more than ``share`` of the heart rate.

    >>> disagree(62, 110, 20, 0.2), disagree(105, 120, 20, 0.2)
    (True, False)
    """
    return abs(pulse - heart_rate) > max(apart, share * heart_rate)
