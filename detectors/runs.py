"""Series of a batch in which nothing is odd, taken in at once: so a backlog costs no more than readings live."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.base import Bools, Floats, Index, Ints
from detectors.doubtless import MANY, Columns
from detectors.habits import CHANGES, FLOOR, GOOD, RUN, SAME, SEEN, START, TIME, VALUE, Habits
from detectors.sorting import sorted_rows, starts_of
from vitals.batch import Batch


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """Rows of a batch by series and time: ``row`` [n] which they are; ``codes`` [m], ``starts`` [m]."""

    row: Index
    codes: Index
    starts: Index

    @classmethod
    def of(cls, batch: Batch, usable: Bools) -> "Grouped":
        row = usable.nonzero()[0]
        order = sorted_rows(batch.series[row], batch.time[row])
        row = row if order is None else row[order]
        series = batch.series[row]
        starts = starts_of(series) if len(row) else row
        return cls(row, series[starts], starts)

    def rows_of(self, code: int) -> Index:
        """The batch's rows of one series, in the order of time."""
        group = int(self.codes.searchsorted(code))
        ends = self.starts[group + 1] if group + 1 < len(self.starts) else len(self.row)
        return self.row[self.starts[group] : ends]


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Of readings by series and time: whether each ``changed`` from the one before; the row of the last change before
    or at it, ``since``, one before its series' ``first`` where that lies in the past; how many are equal by then.
    """

    first: Index
    changed: Bools
    since: Index
    length: Floats

    @classmethod
    def of(cls, value: Floats, first: Index, before: Floats, run: Floats) -> "Runs":
        """``before`` and ``run`` [n]: the value before the series' first, and how often it had come in a row by then.

        >>> runs = Runs.of(np.array([7.0, 7, 8, 8]), np.array([0, 0, 0, 0]), np.full(4, 7.0), np.full(4, 2.0))
        >>> runs.changed.tolist(), runs.since.tolist(), runs.length.tolist()
        ([False, False, True, False], [-1, -1, 2, 2], [3.0, 4.0, 1.0, 2.0])
        """
        number = np.arange(len(value))
        changed = value != np.where(number == first, before, _shifted(value))
        since = np.maximum.accumulate(np.where(changed, number, first - 1))
        length = (number - since).astype(np.float64)
        return cls(first, changed, since, length + np.where(since < first, run, 1.0))


Spare = Callable[[Columns, Index, Index], Bools]
"""Of the readings (rows of columns) that are far from the one before, those that are no artefacts for sure, where those
of their series before them, each one's first given, are none."""


def take_plain(habits: Habits, batch: Batch, group: Grouped, spare: Spare) -> Index:
    """Take in the series in which every reading is near the one before or ``spare``, later, and of no value that
    stands for too long. Returns the rows of all others.
    """
    sizes = np.diff(group.starts, append=len(group.row))
    rows, first = habits.of(group.codes), np.repeat(group.starts, sizes)
    time, value = batch.time[group.row], batch.value[group.row]
    whose = np.repeat(np.arange(len(sizes)), sizes)
    runs = Runs.of(value, first, rows[whose, VALUE], rows[whose, RUN])
    begins = np.arange(len(value)) == first
    apart = np.abs(value - np.where(begins, rows[whose, GOOD], _shifted(value)))
    floor = rows[whose, FLOOR]
    far, odd = apart > floor, time <= np.where(begins, rows[whose, TIME], _shifted(time))
    odd |= ~runs.changed & (runs.length - 1 >= rows[whose, SAME])
    some = (far & ~odd & (floor >= 0)).nonzero()[0]
    if len(some) >= MANY:
        far[some] = ~spare((batch.series[group.row], time, value), some, first[some])
    odd |= far
    plain = ~np.logical_or.reduceat(odd, group.starts)
    last = group.starts + sizes - 1
    _count(rows, runs, time, last)
    rows[:, SEEN] += sizes
    rows[:, CHANGES] += np.add.reduceat(runs.changed, group.starts, dtype=np.int64)
    rows[:, VALUE] = rows[:, GOOD] = value[last]
    habits.put(group.codes[plain], rows[plain])
    return group.row[~plain[whose]]


def _count(rows: Floats, runs: Runs, time: Ints, last: Index) -> None:
    """How often each series' ``last`` value has come in a row, and since when, with what the rows knew before."""
    since = runs.since[last]
    inside = since >= runs.first[last]
    rows[:, RUN] = runs.length[last]
    rows[:, START] = np.where(inside, time[np.maximum(since, 0)], rows[:, START])
    rows[:, TIME] = time[last]


def _shifted(column: NDArray[Any]) -> NDArray[Any]:
    """Each row's predecessor; of the first, the last."""
    return np.concatenate([column[-1:], column[:-1]])
