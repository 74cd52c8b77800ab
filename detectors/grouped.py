"""Readings of a batch by series and time, as the gate looks at them."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from detectors.columns import Bools, Floats, Index, Ints
from detectors.order import sorted_rows, starts_of
from vitals.batch import Batch


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """Readings [n] of m series: ``row``, which of the batch each is; ``time``, ``value``, and ``of`` which series.
    ``codes`` [m] ascending unless ``single`` (one reading a series), ``starts`` and ``last`` [m] of its readings.
    ``twins``: rows that were delivered twice, and the rows they repeat, which alone are among the readings.
    """

    row: Index
    time: Ints
    value: Floats
    of: Index
    codes: Index
    starts: Index
    last: Index
    single: bool
    twins: tuple[Index, Index] | None = None

    @classmethod
    def alone(cls, batch: Batch, row: Index | None = None) -> Self:
        """These rows (all) of a batch in which no series stands twice."""
        series, time, value = _columns(batch, row)
        number = np.arange(len(series))
        return cls(number if row is None else row, time, value, number, series, number, number, single=True)

    @classmethod
    def by_series(cls, batch: Batch, row: Index | None = None) -> Self:
        """These rows (all) of the batch, at least one, in the order of series and time; of equal ones the first.

        >>> grouped = Grouped.by_series(Batch.of([3, 5, 3], [20, 10, 10], [97, 70, 98], [20] * 3))
        >>> grouped.row.tolist(), grouped.codes.tolist(), grouped.starts.tolist(), grouped.last.tolist()
        ([2, 0, 1], [3, 5], [0, 2], [1, 2])
        """
        series, time, _ = _columns(batch, row)
        order = sorted_rows(series, time)
        if order is not None:
            row = order if row is None else row.take(order)
            series, time, _ = _columns(batch, row)
        again = np.zeros(len(series), bool)
        again[1:] = (series[1:] == series[:-1]) & (time[1:] == time[:-1])
        if not again.any():
            return cls._of(batch, row)
        row = np.arange(len(series)) if row is None else row
        first = np.maximum.accumulate(np.where(again, 0, np.arange(len(row))))
        return replace(cls._of(batch, row[~again]), twins=(row[again], row[first[again]]))

    @classmethod
    def _of(cls, batch: Batch, row: Index | None) -> Self:
        series, time, value = _columns(batch, row)
        starts = starts_of(series)
        last = np.append(starts[1:], len(series)) - 1
        of = np.arange(len(starts)).repeat(last - starts + 1)
        single = len(starts) == len(series)
        row = np.arange(len(series)) if row is None else row
        return cls(row, time, value, of, series if single else series.take(starts), starts, last, single)

    def without(self, batch: Batch, late: Bools) -> Self | None:
        """The others."""
        row = self.row[~late]
        return self._of(batch, row) if len(row) else None

    def before(self, column: NDArray[Any], first: NDArray[Any]) -> NDArray[Any]:
        """[n] The column's value of the reading before; ``first`` [m]: before the first one of each series."""
        if self.single:
            return first
        found: NDArray[Any] = np.empty_like(column)
        found[1:] = column[:-1]
        found[self.starts] = first
        return found

    def late(self, newest: Floats) -> Bools:
        """[n] Readings no newer than what is known of their series, ``newest`` [m]."""
        late: Bools = self.time <= (newest if self.single else newest[self.of])
        return late

    def any(self, odd: Bools) -> Bools:
        """[m] The series of which a reading is odd."""
        return odd if self.single else np.logical_or.reduceat(odd, self.starts)

    def readings(self, chosen: Index) -> tuple[Index, Index]:
        """The readings of some series, by their number in ``codes``, and which of these series each is of."""
        if self.single:
            return chosen, np.arange(len(chosen))
        sizes = self.last[chosen] - self.starts[chosen] + 1
        ends = sizes.cumsum()
        of = np.arange(len(chosen)).repeat(sizes)
        return np.arange(len(of)) + (self.starts[chosen] - ends + sizes)[of], of


def _columns(batch: Batch, row: Index | None) -> tuple[Index, Ints, Floats]:
    """Series (as machine integers, else every index is copied before it is used), time and value of these rows."""
    if row is None:
        return batch.series.astype(np.intp), batch.time, batch.value
    return batch.series.take(row).astype(np.intp), batch.time.take(row), batch.value.take(row)
