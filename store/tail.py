"""Readings that are in the journal and not yet in DuckDB, and the newest reading of each series."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from store.readings import distinct
from vitals.batch import Batch

_TYPES = (np.int32, np.int64, np.float64, np.int64, np.uint8)
NEVER = np.iinfo(np.int64).min
"""The time of a series without a reading."""
_ABSENT = (NEVER, 0, 0, 0)


class Run:
    """The rows of one journal segment, in the order of arrival.

    One thread adds while others look: rows below the length never change.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.damaged = False
        self._length = 0
        self._columns = [np.empty(1024, kind) for kind in _TYPES]

    def __len__(self) -> int:
        return self._length

    def add(self, batch: Batch) -> None:
        start, end = self._length, self._length + len(batch)
        if end > len(self._columns[0]):
            grown = [np.empty(max(end, 2 * len(column)), column.dtype) for column in self._columns]
            for new, old in zip(grown, self._columns, strict=True):
                new[:start] = old[:start]
            self._columns = grown
        for column, rows in zip(self._columns, batch.columns, strict=True):
            column[start:end] = rows
        self._length = end  # last: now readers may see them

    def all(self, first: int = 0) -> Batch:
        """The rows, from the ``first`` on."""
        length = self._length
        return Batch.of(*(column[first:length] for column in self._columns))

    def within(self, start: int, end: int) -> Batch:
        """The rows of [start, end)."""
        rows = self.all()
        return rows.take(np.flatnonzero((rows.time >= start) & (rows.time < end)))


class Latest:
    """The newest reading of each series, by series code; times are NEVER where there is none. Its owner locks.

    >>> latest = Latest()
    >>> latest.advance(Batch.of([2, 2], [1000, 900], [97.0, 96.0], [1001, 1001]))
    >>> latest.batch().value.tolist(), latest.times(np.array([0, 2, 9])).tolist() == [NEVER, 1000, NEVER]
    ([97.0], True)
    """

    def __init__(self, columns: tuple[NDArray[Any], ...] | None = None) -> None:
        self._columns = columns or tuple(
            np.full(64, fill, kind) for fill, kind in zip(_ABSENT, _TYPES[1:], strict=True)
        )

    def copy(self) -> Self:
        return type(self)(tuple(column.copy() for column in self._columns))

    def times(self, series: NDArray[Any]) -> NDArray[np.int64]:
        """int64: the newest time of each of these series."""
        known: NDArray[np.int64] = self._columns[0]
        if len(series) == 0 or int(series.max()) < len(known):
            return np.asarray(known[series])
        return np.where(series < len(known), known[np.minimum(series, len(known) - 1)], NEVER)

    def advance(self, batch: Batch) -> None:
        """Take the newer readings of a batch; of two with one time the one that is there stays."""
        newer = distinct(batch.take(np.flatnonzero(batch.time > self.times(batch.series))))
        if len(newer):
            self._grow(int(newer.series[-1]) + 1)
            for column, rows in zip(self._columns, newer.columns[1:], strict=True):
                column[newer.series] = rows  # rows are in order of time: the last of a series stays

    def forget(self, before: int) -> None:
        """Drop the series whose newest reading is older than ``before``."""
        times = self._columns[0]
        times[times < before] = NEVER

    def batch(self) -> Batch:
        """The newest reading of every series that has one, sorted by series."""
        series = np.flatnonzero(self._columns[0] != NEVER).astype(np.int32)
        return Batch.of(series, *(column[series] for column in self._columns))

    def _grow(self, size: int) -> None:
        have = len(self._columns[0])
        if size > have:
            more = max(size, 2 * have) - have
            self._columns = tuple(
                np.concatenate([column, np.full(more, fill, column.dtype)])
                for column, fill in zip(self._columns, _ABSENT, strict=True)
            )
