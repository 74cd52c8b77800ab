"""What is kept of each series, one row of numbers, to see at a glance whether a reading is odd."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from detectors.base import Bools, Floats, Index, Ints
from vitals.batch import Batch

VALUE, TIME, START, RUN, SEEN, CHANGES, GOOD, FLOOR, SAME = range(9)
"""The newest reading, since when and how many times in a row it has had that value, how many readings were seen and how
many changed; the newest accepted value; how far from it, and how many times again, is worth a closer look."""
_BLANK: Final = (np.nan, -np.inf, 0, 0, 0, 0, np.nan, np.inf, np.inf)

_ROW: Final = np.dtype((np.void, 8 * len(_BLANK)))


class Habits:
    """Rows by series code, float64[series, 9]: reading and writing a batch touches one row a reading."""

    def __init__(self) -> None:
        self.rows: Floats = np.zeros((0, len(_BLANK)))

    def grow(self, size: int) -> None:
        """Make room for series below ``size``."""
        if len(self.rows) < size:
            more = max(size, len(self.rows) * 3 // 2) - len(self.rows)
            self.rows = np.concatenate([self.rows, np.tile(_BLANK, (more, 1))])

    def of(self, series: Index) -> Floats:
        """Copies of the rows of these series."""
        return self.rows.take(series, axis=0)

    def take(self, series: Index, rows: Floats, time: Ints, value: Floats, good: Bools) -> None:
        """Take in readings of different series, whose ``rows`` were had from ``of`` (and are used up).

        Those that are ``good`` are what the next ones are held against.
        """
        again = value == rows[:, VALUE]
        rows[:, RUN] = np.where(again, rows[:, RUN] + 1, 1)
        rows[:, START] = np.where(again, rows[:, START], time)
        rows[:, SEEN] += 1
        rows[:, CHANGES] += ~again
        rows[:, VALUE], rows[:, TIME] = value, time
        rows[:, GOOD] = value if good.all() else np.where(good, value, rows[:, GOOD])
        self.put(series, rows)

    def put(self, series: Index, rows: Floats) -> None:
        """These are their rows now: written whole, which takes half the time of writing number by number."""
        self.rows.view(_ROW)[series, 0] = rows.view(_ROW)[:, 0]


def rounds(batch: Batch, rows: Index) -> Iterator[Index]:
    """These rows, so that each part has one of each series and a series' parts follow its readings in time.

    >>> batch = Batch.of([3, 3, 5], [20, 10, 10], [97, 98, 70], [20, 20, 20])
    >>> [part.tolist() for part in rounds(batch, np.arange(3))]
    [[1, 2], [0]]
    """
    if not len(rows):
        return
    rows = rows[np.lexsort((batch.time[rows], batch.series[rows]))]
    series = batch.series[rows]
    first = np.flatnonzero(np.append(True, series[1:] != series[:-1]))
    rank = np.arange(len(rows)) - np.repeat(first, np.diff(first, append=len(rows)))
    order = np.argsort(rank, kind="stable")
    yield from np.split(rows[order], np.cumsum(np.bincount(rank))[:-1])
