"""Until when no change can be found, from how many readings have not moved yet: so few readings need a closer look."""

import numpy as np

from detectors.base import Bools, Floats, Index, Ints, Windows
from detectors.parts import Thinned
from vitals.times import MINUTE


def furthest(windows: Windows, side: str) -> Floats:
    """[m] The reading of each window beyond which no earlier level lies, counted upwards (rise) or downwards."""
    sign = 1.0 if side == "rise" else -1.0
    found: Floats = np.minimum.reduceat(sign * windows.value, windows.starts)
    return found


def quiet(windows: Windows, thinned: Thinned, rows: Index, side: str) -> Ints:
    """Before this (ms) nothing opens after the samples ``rows``, each the newest of its window.

    Three quarters of the newer part's readings must have moved. Those before ``rows`` that have not are counted against
    it until they leave the part; what is still to come is at most a reading a minute; and all of the older part has
    been seen already for as long as the newer part lasts. What comes out of order makes this void.
    """
    sign, segment, time = 1.0 if side == "rise" else -1.0, windows.segment[rows], windows.time[rows]
    hold = windows.plan[f"{side}_hold"][segment].astype(np.int64)
    least = (furthest(windows, side) + windows.plan[side])[segment]
    newer = thinned.part(rows, time - hold, time)
    of, far = newer.of, sign * windows.value[newer.sample] >= least[newer.of]
    moved, still = np.bincount(of[far], minlength=len(rows)), np.bincount(of[~far], minlength=len(rows))
    until: Ints = np.minimum(time + hold, _enough(time, moved, still))
    of, leaves = of[~far], windows.time[newer.sample[~far]] + hold[of[~far]]
    left = still[of] - _number(of) - 1  # how many remain when this one leaves the part
    np.minimum.at(until, of, np.maximum(leaves, _enough(time[of], moved[of], left)))
    return until


def _enough(time: Ints, moved: Index, still: Index) -> Ints:
    """When three times as many may have moved as have not; of this minute and the sample's own none is counted yet."""
    soonest: Ints = time + (3 * still - moved - 2) * MINUTE
    return soonest


def _number(of: Index) -> Index:
    """0, 1, 2 … within each run of the same."""
    begins: Bools = np.append(True, of[1:] != of[:-1])[: len(of)]
    number = np.arange(len(of))
    found: Index = number - np.maximum.accumulate(np.where(begins, number, 0))
    return found
