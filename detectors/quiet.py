"""Until when no change can be found, from how many readings have not moved yet: so few readings need a closer look."""

import numpy as np

from detectors.columns import Bools, Index, Ints
from detectors.ways import Ways
from vitals.times import MINUTE


def quiet(ways: Ways) -> Ints:
    """[m] Before this (ms) nothing opens after the newest sample of each window; the sooner of rise and fall.

    Three quarters of the newer part's readings must have moved. Those before the newest that have not are counted
    against it until they leave the part; what is still to come is at most a reading a minute; and all of the older
    part has been seen already for as long as the newer part lasts. What comes out of order makes this void.
    """
    starts = ways.windows.starts
    until = np.full(len(starts), np.iinfo(np.int64).max)
    side, window = ways.watched.nonzero()
    if not len(side):
        return until
    last = np.empty_like(starts)
    last[:-1], last[-1] = starts[1:], len(ways.windows.time)
    asked = ways.ask(last[window] - 1, side)
    time, hold, least = asked.time, ways.hold.take(asked.place), ways.least.take(asked.place)
    newer = ways.thinned.upto(asked.rows, time - hold, own=False)
    far = ways.windows.value[newer.sample] * ways.signs(asked)[newer.of] >= least[newer.of]
    near = (~far).nonzero()[0]
    of = newer.of[near]
    still = np.bincount(of, minlength=len(side))
    moved = newer.count - still
    np.minimum.at(until, window, np.minimum(time + hold, _enough(time, moved, still)))
    if len(near):
        leaves = ways.windows.time[newer.sample[near]] + hold[of]
        left = still[of] - _number(of) - 1  # how many remain when this one leaves the part
        np.minimum.at(until, window[of], np.maximum(leaves, _enough(time[of], moved[of], left)))
    return until


def _enough(time: Ints, moved: Index, still: Index) -> Ints:
    """When three times as many may have moved as have not; of this minute and the sample's own none is counted yet."""
    soonest: Ints = time + (3 * still - moved - 2) * MINUTE
    return soonest


def _number(of: Index) -> Index:
    """0, 1, 2 … within each run of the same."""
    begins: Bools = np.empty(len(of), bool)
    begins[:1] = True
    np.not_equal(of[1:], of[:-1], out=begins[1:])
    number = np.arange(len(of))
    found: Index = number - np.maximum.accumulate(number * begins)
    return found
