"""How samples stand to the readings before them: the earlier level, the level now, and what has moved."""

from dataclasses import dataclass

import numpy as np

from detectors.base import Bools, Floats, Index, Ints, Windows
from detectors.parts import Part, Thinned
from detectors.quiet import furthest
from vitals.times import MINUTE

LEAST = 2
"""Readings (of different minutes) that make a level."""
_MOST = 0.75
"""The share of the newer part's readings that must have moved: so nothing that lasts shorter is found."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Of q samples: ``before`` and ``now`` [q] the medians of the older and the newer part, ``limit`` [q] what counts
    as the change, ``moved`` [n] how many changes each newer reading lies from ``before``; ``enough`` [q]: both parts
    have their readings.
    """

    newer: Part
    before: Floats
    now: Floats
    limit: Floats
    moved: Floats
    enough: Bools

    @classmethod
    def of(cls, windows: Windows, thinned: Thinned, rows: Index, side: str) -> "Change":
        """The change at the samples ``rows``, upwards or downwards; the plan's columns as RateOfChange names them."""
        time, sign = windows.time[rows], 1.0 if side == "rise" else -1.0
        plan = {name: column[windows.segment[rows]] for name, column in windows.plan.items()}
        held = time - plan[f"{side}_hold"].astype(np.int64)
        newer = thinned.part(rows, held, time, whole=True)
        older = thinned.part(rows, held - plan["before"].astype(np.int64), held)
        change, paced = plan[side], plan["paced"] > 0
        before, now = older.median(windows.value), newer.median(windows.value)
        then, since = newer.middle(windows.time), older.middle(windows.time)
        of = newer.of
        each = _limit(change[of], paced[of], windows.time[newer.sample] - since[of])
        moved = sign * (windows.value[newer.sample] - before[of]) / each
        spans = time - windows.time[newer.sample[newer.begins()]] >= plan["apart"]
        enough = spans & (newer.count >= LEAST) & (older.count >= LEAST)
        return cls(newer, before, now, _limit(change, paced, then - since), moved, enough)

    def reaches(self, times: Floats | float) -> Bools:
        """[q] Whether three quarters of the newer readings, the newest among them, have moved ``times`` the change."""
        begins = self.newer.begins()
        far = self.moved >= np.broadcast_to(times, self.newer.count.shape)[self.newer.of]
        share = np.add.reduceat(far, begins, dtype=np.int64) / self.newer.count
        reached: Bools = self.enough & (share >= _MOST) & far[begins + self.newer.count - 1]
        return reached

    def onset(self, time: Ints) -> Ints:
        """[q] The time of the first reading that has moved by the change."""
        times = np.where(self.moved >= 1, time[self.newer.sample], np.iinfo(np.int64).max)
        first: Ints = np.minimum.reduceat(times, self.newer.begins())
        return first


def over(windows: Windows, thinned: Thinned, rows: Index, side: str) -> Bools:
    """[q] Whether at the samples ``rows`` now is what it was when memory began."""
    time, sign = windows.time[rows], 1.0 if side == "rise" else -1.0
    plan = {name: column[windows.segment[rows]] for name, column in windows.plan.items()}
    held, before = time - plan[f"{side}_hold"].astype(np.int64), plan["before"].astype(np.int64)
    newer = thinned.part(rows, held, time, whole=True)
    first = _first(thinned, rows, time - plan["memory"].astype(np.int64), held, before)
    apart = newer.middle(windows.time) - first.middle(windows.time)
    half = _limit(plan[side], plan["paced"] > 0, apart) / 2
    enough = time - windows.time[newer.sample[newer.begins()]] >= plan["apart"]
    enough &= (newer.count >= LEAST) & (first.count >= LEAST)
    back: Bools = enough & (sign * (newer.median(windows.value) - first.median(windows.value)) < half)
    return back


def might(windows: Windows, thinned: Thinned, rows: Index, side: str) -> Bools:
    """[q] Whether the samples ``rows`` can reach the change at all: three quarters of the newer part's readings must
    lie a change from the furthest reading of the window, beyond which no earlier level lies.
    """
    if not len(rows):
        return np.zeros(0, bool)
    sign, segment = 1.0 if side == "rise" else -1.0, windows.segment[rows]
    held = windows.time[rows] - windows.plan[f"{side}_hold"][segment].astype(np.int64)
    newer = thinned.part(rows, held, held, whole=True)
    least = (furthest(windows, side) + windows.plan[side])[segment]
    far = sign * windows.value[newer.sample] >= least[newer.of]
    enough: Bools = np.add.reduceat(far, newer.begins(), dtype=np.int64) >= _MOST * newer.count
    return enough


def _first(thinned: Thinned, rows: Index, after: Ints, held: Ints, before: Ints) -> Part:
    """The oldest readings in memory, as long as the older part, and none of the newer."""
    return thinned.part(rows, after, np.minimum(thinned.since(rows, after) + before, held))


def _limit(change: Floats, paced: Bools, apart: Floats) -> Floats:
    """The change that counts: a fixed one, or a minute's times how far ``apart`` (ms) two readings are."""
    return change * np.where(paced, np.maximum(apart, MINUTE) / MINUTE, 1.0)
