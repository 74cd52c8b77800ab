"""A first look at many readings that stand out, each from the one before: most are neither spikes nor jumps."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from detectors.artefacts import Usual
from detectors.artefacts_hampel import WIDTH, spikes
from detectors.artefacts_jump import WITHIN
from detectors.base import Bools, Floats, Index, Ints
from detectors.rings import Rings

MANY: Final = 4
"""Looking at so many at once costs no more than at each."""
_BACK: Final = np.arange(-WIDTH, 0)
Columns = tuple[Index, Ints, Floats]
"""Series, time and value of readings by series and time."""


def doubtless(rings: Rings, columns: Columns, at: Index, first: Index, usual: Sequence[Usual]) -> Bools:
    """[k] Of the readings ``at`` those that are surely neither spikes nor jumps, where none of their series is in doubt
    and all that came before them was accepted: it is in the ring, or among the readings from ``first`` [k] on.
    ``usual`` [k] is what is usual of their signals.

    >>> rings, series = Rings(), np.zeros(1, np.int64)
    >>> rings.grow(1)
    >>> for minute in range(WIDTH):
    ...     rings.push(series, np.array([minute * 60_000]), np.array([120.0 + 10 * (minute % 3)]))
    >>> columns = np.zeros(2, np.int64), np.array([700_000, 760_000]), np.array([95.0, 240.0])
    >>> doubtless(rings, columns, np.array([0, 1]), np.array([0, 0]), [Usual(20, 80)] * 2).tolist()
    [True, False]
    """
    series, time, value = columns
    plain = (rings.filled(series[at]) >= WIDTH) & (rings.last[series[at]] < time[first])
    at, first = at[plain], first[plain]
    if not len(at):
        return plain
    held, past = rings.ends(series[at], WIDTH)
    if (at > first).any():
        inside, before = (at - first)[:, None] + _BACK, np.maximum(at[:, None] + _BACK, 0)
        kept = np.where(inside < 0, inside + WIDTH, 0)
        held = np.where(inside < 0, np.take_along_axis(held, kept, 1), time[before])
        past = np.where(inside < 0, np.take_along_axis(past, kept, 1), value[before])
    floor, jump, *_, apart = np.array(usual)[plain].T
    odd = spikes(value[at], time[at] - held[:, 0], past, floor, apart)
    odd |= (time[at] - held[:, -1] <= WITHIN) & (np.abs(value[at] - past[:, -1]) > jump)
    plain[plain] = ~odd
    return plain
