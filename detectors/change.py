"""How samples stand to the readings before them: the earlier level, the level now, and what has moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectors.columns import Bools, Floats, Ints
from detectors.masks import any_of
from detectors.parts import Part
from detectors.ways import Asked, Ways
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
    def of(cls, ways: Ways, asked: Asked) -> "Change":
        """The change at these samples; the plan's columns as RateOfChange names them."""
        held = asked.time - ways.hold.take(asked.place)
        levels = _Levels.of(ways, asked, held, held - ways.plan(asked, "before").astype(np.int64), held)
        newer, before, now = levels.newer, levels.then, levels.now
        signs = ways.signs(asked)
        change, paced = ways.change.take(asked.place), ways.plan(asked, "paced") > 0
        each, limit = change[newer.of], change
        if any_of(paced):
            since, until = levels.middles(ways)
            time = ways.windows.time[newer.sample]
            each = _limit(each, paced[newer.of], time - since[newer.of])
            limit = _limit(change, paced, until - since)
        moved = signs[newer.of] * (ways.windows.value[newer.sample] - before[newer.of]) / each
        return cls(newer, before, now, limit, moved, levels.enough)

    def reaches(self, times: Floats | float) -> Bools:
        """[q] Whether three quarters of the newer readings, the newest among them, have moved ``times`` the change."""
        least = times if isinstance(times, float) else times[self.newer.of]
        far = self.moved >= least
        share = np.add.reduceat(far, self.newer.begins, dtype=np.int64) / self.newer.count
        reached: Bools = self.enough & (share >= _MOST) & far[self.newer.begins + self.newer.count - 1]
        return reached

    def onset(self, time: Ints) -> Ints:
        """[q] The time of the first reading that has moved by the change."""
        times = np.where(self.moved >= 1, time[self.newer.sample], np.iinfo(np.int64).max)
        first: Ints = np.minimum.reduceat(times, self.newer.begins)
        return first

    def evidence(self, times: Floats) -> Iterator[dict[str, Any]]:
        """Of each sample, JSON values; the limit is ``times`` [q] the change."""
        columns = self.before, self.now, self.now - self.before, self.limit * times, self.newer.count
        for before, now, change, limit, readings in zip(*(column.tolist() for column in columns), strict=True):
            yield {"before": before, "now": now, "change": change, "limit": round(limit, 3), "readings": readings}


@dataclass(frozen=True, slots=True, eq=False)
class _Levels:
    """Of q samples ``newer`` readings and older ones (``both``: 2q parts): medians ``now`` and ``then``, and whether
    there are ``enough`` of each.
    """

    newer: Part
    both: Part
    now: Floats
    then: Floats
    enough: Bools

    @classmethod
    def of(cls, ways: Ways, asked: Asked, held: Ints, after: Ints, until: Ints) -> "_Levels":
        """The readings later than ``held``, and those with ``after`` < time <= ``until``."""
        size = len(asked.rows)
        both = ways.thinned.two(asked.rows, held, after, until)
        newer, medians = both.first(size), both.median(ways.windows.value)
        count = both.count >= LEAST
        spans = asked.time - ways.windows.time[newer.sample[newer.begins]] >= ways.plan(asked, "apart")
        return cls(newer, both, medians[:size], medians[size:], spans & count[:size] & count[size:])

    def middles(self, ways: Ways) -> tuple[Floats, Floats]:
        """[q] Each the mean of the first and the last time, of the older readings and of the newer."""
        middle = self.both.middle(ways.windows.time)
        return middle[len(self.now) :], middle[: len(self.now)]


def over(ways: Ways, asked: Asked) -> Bools:
    """[q] Whether at these samples now is what it was when memory began."""
    held = asked.time - ways.hold.take(asked.place)
    after, before = (
        asked.time - ways.plan(asked, "memory").astype(np.int64),
        ways.plan(asked, "before").astype(np.int64),
    )
    # The oldest readings in memory, as long as the older part, and none of the newer.
    until = np.minimum(ways.thinned.since(asked.rows, after) + before, held)
    levels = _Levels.of(ways, asked, held, after, until)
    first, now = levels.middles(ways)
    half = _limit(ways.change.take(asked.place), ways.plan(asked, "paced") > 0, now - first) / 2
    back: Bools = levels.enough & (ways.signs(asked) * (levels.now - levels.then) < half)
    return back


def might(ways: Ways, asked: Asked) -> Bools:
    """[q] Whether these samples can reach the change at all: three quarters of the newer part's readings must lie a
    change from the furthest reading of the window, beyond which no earlier level lies.
    """
    newer = ways.thinned.upto(asked.rows, asked.time - ways.hold.take(asked.place), own=True)
    signed = ways.windows.value[newer.sample] * ways.signs(asked)[newer.of]
    far = signed >= ways.least.take(asked.place)[newer.of]
    enough: Bools = np.add.reduceat(far, newer.begins, dtype=np.int64) >= _MOST * newer.count
    return enough


def _limit(change: Floats, paced: Bools, apart: Floats) -> Floats:
    """The change that counts: a fixed one, or a minute's times how far ``apart`` (ms) two readings are."""
    return change * np.where(paced, np.maximum(apart, MINUTE) / MINUTE, 1.0)
