"""Half-open spans of time, of many patients at once: joined, cut, measured and looked up, without a loop."""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FOREVER: Final = 1 << 62
"""The end of what has not ended."""
LANE: Final = 1 << 42
"""Each patient's times lie in a lane of their own (139 years of ms), so that one sort and one search serve all."""


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """n spans ``[start, end)`` in ms UTC, each of a patient by row number ``who``; all int64[n].

    >>> Spans.of([0, 0, 1], [10, 20, 5], [20, 30, 6]).joined().rows()
    [(0, 10, 30), (1, 5, 6)]
    """

    who: Ints
    start: Ints
    end: Ints

    @classmethod
    def of(cls, who: Any, start: Any, end: Any) -> Self:
        """From anything array-like; empty spans are left out."""
        columns = [np.asarray(column, np.int64) for column in (who, start, end)]
        some = columns[2] > columns[1]
        return cls(*(column[some] for column in columns))

    def __len__(self) -> int:
        return len(self.who)

    def rows(self) -> list[tuple[int, int, int]]:
        """For people and tests."""
        return list(zip(self.who.tolist(), self.start.tolist(), self.end.tolist(), strict=True))

    def take(self, chosen: Any) -> "Spans":
        """The spans of a mask or an index."""
        return Spans(self.who[chosen], self.start[chosen], self.end[chosen])

    def within(self, first: Ints, end: Ints) -> "Spans":
        """Cut to ``[first, end)`` of each patient ([patients]); what lies outside is left out."""
        return Spans.of(self.who, np.maximum(self.start, first[self.who]), np.minimum(self.end, end[self.who]))

    def joined(self) -> "Spans":
        """Sorted, and those of one patient that overlap or touch made one."""
        if not len(self):
            return self
        base = int(self.start.min())
        order = np.lexsort((self.start, self.who))
        lane = self.who[order] * LANE
        ends = np.minimum(self.end[order] - base, LANE - 1)
        start, end = self.start[order] - base + lane, np.maximum.accumulate(ends + lane)
        begins = np.concatenate([[True], start[1:] > end[:-1]])
        last = np.concatenate([np.flatnonzero(begins)[1:] - 1, [len(start) - 1]])
        lane = lane[begins] - base
        return Spans(self.who[order][begins], start[begins] - lane, end[last] - lane)

    def minus(self, other: "Spans") -> "Spans":
        """What is left of these (joined) when ``other`` (joined) is cut out.

        >>> Spans.of([0], [0], [10]).minus(Spans.of([0], [3], [5])).rows()
        [(0, 0, 3), (0, 5, 10)]
        """
        if not len(self) or not len(other):
            return self
        who = np.concatenate([self.who, self.who, other.who, other.who])
        time = np.concatenate([self.start, self.end, other.start, other.end])
        mine = np.repeat([1, -1, 0, 0], [len(self), len(self), len(other), len(other)])
        theirs = np.repeat([0, 0, 1, -1], [len(self), len(self), len(other), len(other)])
        order = np.lexsort((time, who))
        left = (np.cumsum(mine[order]) > 0) & (np.cumsum(theirs[order]) == 0)
        who, time = who[order], time[order]
        at = np.flatnonzero(left[:-1])
        return Spans.of(who[at], time[at], time[at + 1]).joined()

    def first_in(self, who: Ints, start: Ints, end: Ints) -> Ints:
        """For each window ``[start, end]`` of a patient ``who`` [m]: the number of the first of these (joined) spans
        that meets it, or -1.
        """
        if not len(self):
            return np.full(len(who), -1, np.int64)
        base = int(min(self.start.min(), start.min(initial=0)))
        ends = self.who * LANE + np.minimum(self.end - base, LANE - 1)
        at = np.searchsorted(ends, who * LANE + (start - base), side="right")
        near = np.minimum(at, len(self) - 1)
        meets = (at < len(self)) & (self.who[near] == who) & (self.start[near] <= end)
        return np.where(meets, at, -1)

    def total(self, patients: int) -> Floats:
        """Time covered for each of ``patients``, ms."""
        covered: Floats = np.bincount(self.who, (self.end - self.start).astype(np.float64), patients).astype(np.float64)
        return covered

    def count(self, patients: int) -> Floats:
        """How many spans each of ``patients`` has."""
        return np.bincount(self.who, minlength=patients).astype(np.float64)
