"""Windows as a rise and as a fall see them: how far a value must lie, and at which samples that is asked."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from detectors.columns import Bools, Floats, Index, Ints
from detectors.thinned import Thinned
from detectors.windows import Windows


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """q samples, each as part of a rise (``side`` 0) or a fall (1), sorted by side: ``rows`` which, ``segment`` of
    which windows, ``time`` ms, ``place`` in a table [2, m] by side and window, laid flat.
    """

    rows: Index
    side: Index
    segment: Index
    time: Ints
    place: Index

    def only(self, kept: Bools) -> "Asked":
        """Some of them."""
        return Asked(self.rows[kept], self.side[kept], self.segment[kept], self.time[kept], self.place[kept])


class Ways:
    """By side and window, [2, m], values counted upwards for a rise and downwards for a fall: ``bound`` of comfort,
    ``least`` that is a change from the furthest reading of the window, beyond which no earlier level lies, ``change``
    itself, ``hold`` ms, and whether the side is ``watched``.
    """

    def __init__(self, windows: Windows) -> None:
        plan, value, starts = windows.plan, windows.value, windows.starts
        self.windows = windows
        self.bound: Floats = np.array((plan["rise_above"], -plan["fall_below"]))
        self.change: Floats = np.array((plan["rise"], plan["fall"]))
        self.hold: Ints = np.array((plan["rise_hold"], plan["fall_hold"])).astype(np.int64)
        furthest = np.array((np.minimum.reduceat(value, starts), -np.maximum.reduceat(value, starts)))
        self.least: Floats = furthest + self.change
        self.watched: Bools = np.isfinite(self.bound)

    @cached_property
    def thinned(self) -> Thinned:
        """The windows' readings, one a minute."""
        return Thinned(self.windows)

    @classmethod
    def of(cls, windows: Windows) -> Self:
        """Worked out once for all that is asked of the same windows."""
        if cls.__name__ not in windows.memo:
            windows.memo[cls.__name__] = cls(windows)
        found: Self = windows.memo[cls.__name__]
        return found

    def ask(self, rows: Index, side: Index) -> Asked:
        """These samples, each as part of a rise or a fall."""
        segment = self.windows.segment[rows]
        return Asked(rows, side, segment, self.windows.time[rows], side * len(self.windows.starts) + segment)

    def plan(self, asked: Asked, column: str) -> Floats:
        """[q] a plan column."""
        return self.windows.plan[column][asked.segment]

    def signs(self, asked: Asked) -> Floats:
        """[q] By what values are multiplied so that they count upwards."""
        signs: Floats = 1.0 - 2.0 * asked.side
        return signs

    def from_first(self, asked: Asked, opens: Bools) -> Bools:
        """[q] From the first that opens something, on its side of its window, on: what is open may end."""
        found: Bools = np.maximum.accumulate(np.where(opens, asked.place, -1)) == asked.place
        return found
