"""Why a reading is no measurement, and what is usual of each signal: the thresholds of every check in one table.

The numbers are ours where no source is named; each is reasoned where it is used.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np

from detectors.columns import Bools, Floats, Index, Ints
from vitals.batch import Batch, Quality
from vitals.signals import BY_NAME, ZERO_WHEN_OFF
from vitals.times import HOUR, MINUTE


class Reason(IntEnum):
    """Why a reading carries Quality.ARTEFACT. The name, in lower case, is the variant of the ``quality`` rules."""

    NONE = 0
    PROBE_OFF = 1
    STUCK = 2
    NOISE = 3
    PERSON = 4


class Usual(NamedTuple):
    """What is usual of a streamed signal, in its unit.

    A reading within ``floor`` of the one before is never a spike; ``jump`` within two minutes is none that a body
    makes. ``same`` equal readings in a row over ``same_for`` ms are more than chance: infinite where values are given
    once, or constant by nature. Readings further ``apart`` than that, on average, ms, are no stream and none of them
    is a spike: what is given once is confirmed by a repeat.
    """

    floor: float = np.inf
    jump: float = np.inf
    same: float = np.inf
    same_for: float = np.inf
    apart: float = 10 * MINUTE


USUAL: Final[Mapping[str, Usual]] = {
    "heart_rate": Usual(30, 80, 60, 30 * MINUTE),
    "spo2": Usual(9, 25, 240, 4 * HOUR),
    "respiration_rate": Usual(12, 30, 90, HOUR),
    "temperature": Usual(1.0, 2.5, 240, 4 * HOUR),
    "systolic_bp": Usual(30, np.inf, 60, HOUR, MINUTE),
    "diastolic_bp": Usual(20, np.inf, 60, HOUR, MINUTE),
    "glucose": Usual(50, 120, 24, 2 * HOUR),
}
"""SpO2 and temperature are shown in steps about as large as they vary in an hour, so that the same value for hours is
normal; the others have not been seen to stand still for half as long in the recordings used here. A pressure that comes
more than once a minute is from no cuff."""

WEIGHT: Final = BY_NAME["weight"].code
_ARTEFACT: Final = int(Quality.ARTEFACT)


def told_apart(batch: Batch, signal: Index) -> tuple[Ints, Index]:
    """Rows of the artefacts in a stored batch (sorted by series and time, whole), and why each is one, from the values
    alone: the store keeps the flag, not the reason. ``signal`` is int[n], the code of each row's signal.

    >>> batch = Batch.of([0] * 4, range(4), [0.0, 97, 97, 60], range(4), [16, 0, 16, 16])
    >>> [Reason(r).name for r in told_apart(batch, np.array([1, 1, 1, 1]))[1]]
    ['PROBE_OFF', 'STUCK', 'NOISE']
    """
    rows = np.flatnonzero(batch.quality & _ARTEFACT)
    before = np.maximum(rows - 1, 0)
    again = (rows > 0) & (batch.series[before] == batch.series[rows]) & (batch.value[before] == batch.value[rows])
    why = np.where(again, int(Reason.STUCK), int(Reason.NOISE))
    why[signal[rows] == WEIGHT] = int(Reason.PERSON)
    why[probe_off(signal[rows], batch.value[rows])] = int(Reason.PROBE_OFF)
    return rows, why


_OFF: Final = np.array([code in ZERO_WHEN_OFF for code in range(len(BY_NAME))])


def probe_off(signal: Index, value: Floats) -> Bools:
    """bool[n]: exactly 0, of a vital sign: what monitors send when they measure nothing."""
    off: Bools = (value == 0) & _OFF[signal]
    return off
