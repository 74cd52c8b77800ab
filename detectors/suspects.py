"""Which series of a batch need a window at all: by value, by what is known to hold, and until when nothing can open."""

from collections.abc import Iterable

import numpy as np

from detectors.arrivals import Arrivals
from detectors.base import SeriesDetector
from detectors.columns import NEVER, Bools, Floats, Index, Ints, Levels, room
from detectors.series_rows import UNWATCHED, SeriesRows
from detectors.spared import Lone, Quiets
from detectors.steady import CLEAR
from detectors.ward import Ward

_MANY = 16
"""Readings a series on average, from which on the series are looked at first."""


class Suspects:
    """By series code: the plan's row, what is known to hold (a state of ``steady``), and until when nothing opens."""

    def __init__(self, detector: SeriesDetector, ward: Ward) -> None:
        self._ward = ward
        self.plans = SeriesRows(detector, ward)
        self.quiets = detector if isinstance(detector, Quiets) else None  # asking costs as much as a batch
        self._lone = isinstance(detector, Lone)
        self.rows: Index = np.zeros(0, np.int32)
        self.state: Index = np.zeros(0, np.int8)
        self._cell: Index = np.zeros(0, np.int32)
        self.until: Ints = np.zeros(0, np.int64)
        self._size = 0

    def forget(self) -> None:
        """The plans have changed: the next ``grow`` looks all of them up."""
        self._size = 0

    def grow(self) -> int:
        """Look up the plans of series that are new in the table; returns how many there are."""
        known, size = self._size, self._ward.rings.size
        if known < size:
            rows = self.plans.of(self._ward.series.keys[known:size])
            self.rows, self.state = room(self.rows, size, UNWATCHED), room(self.state, size, CLEAR)
            self.until, self._cell = room(self.until, size, NEVER), room(self._cell, size, 0)
            self._put(slice(known, size), rows)
            self._size = size
        return size

    def replan(self, patients: Iterable[str]) -> None:
        """Look the plans of some patients up again."""
        codes = [code for patient in patients for code in self._ward.codes(patient) if code < self._size]
        keys = self._ward.series.keys
        self._put(np.array(codes, np.intp), self.plans.of(keys[code] for code in codes))

    def _put(self, codes: Index | slice, rows: Index) -> None:
        self.rows[codes], self.until[codes] = rows, NEVER
        self._cell[codes] = self.plans.cell(rows, self.state[codes])
        need = self._ward.rings.need
        need[codes] = np.maximum(need[codes], self.plans.lookback[rows])

    def unwatched(self) -> Index:
        """Series that nobody watches, of which something is known to hold."""
        watched = self.rows[: self._size] != UNWATCHED
        return np.flatnonzero(~watched & (self.state[: self._size] != CLEAR))

    def settle(self, codes: Index, levels: Levels) -> None:
        """Take note of what is known to hold: the level of each rule, [rules, k]."""
        self.state[codes] = state = self.plans.state(levels)
        self._cell[codes] = self.plans.cell(self.rows[codes], state)

    def by_value(self, series: Index, value: Floats) -> Bools:
        """Which values may change something."""
        return self.plans.suspect(self._cell.take(series), value, value)

    def chosen(self, arrivals: Arrivals) -> Index:
        """The series (numbers of ``arrivals.codes``) that must be looked at."""
        if arrivals.disordered is not None:
            self.until[arrivals.codes[arrivals.disordered]] = NEVER
        rows = self._suspect(arrivals)
        if self._lone and arrivals.disordered is None and len(rows):
            rows = rows[~self._spared(arrivals, rows)]
        if not len(rows):
            return rows
        chosen = rows if arrivals.single else _groups(arrivals.starts, rows)
        return chosen if self.quiets is None else chosen[self._due(arrivals, chosen)]

    def _suspect(self, arrivals: Arrivals) -> Index:
        """The readings (rows) that may change something."""
        among: Index | slice = slice(None)
        if len(arrivals.series) > _MANY * len(arrivals.codes):  # first of all which series have any
            cell = self._cell.take(arrivals.codes)
            some = self.plans.suspect(cell, *arrivals.extremes())
            if arrivals.renewed is not None:
                some |= arrivals.renewed
            among, _ = arrivals.rows(some.nonzero()[0])
        series = arrivals.series[among]
        suspect = self.by_value(series, arrivals.value[among])
        if arrivals.renewed is not None:  # what is in the ring is judged anew, beside what has come
            renewed = np.isin(series, arrivals.codes[arrivals.renewed])
            suspect |= renewed & (self.state[series] != CLEAR)
        if not arrivals.all_fresh:
            suspect &= arrivals.fresh[among]
        rows = suspect.nonzero()[0]
        return rows if isinstance(among, slice) else among[rows]

    def _spared(self, arrivals: Arrivals, rows: Index) -> Bools:
        """Where nothing holds, single readings, soon after a calm one of their series."""
        series = arrivals.series[rows]
        time, value = self._ward.rings.newest(series)
        if not arrivals.single:
            inside, before = (rows > 0) & (arrivals.series[rows - 1] == series), rows - 1
            time = np.where(inside, arrivals.time[before], time)
            value = np.where(inside, arrivals.value[before], value)
        soon: Bools = arrivals.time[rows] - time < self.plans.lone(self.rows[series])
        soon &= (self.state[series] == CLEAR) & ~self.by_value(series, value)
        return soon

    def _due(self, arrivals: Arrivals, chosen: Index) -> Bools:
        """Where nothing holds nothing may open for a while, unless readings come out of order."""
        codes = arrivals.codes[chosen]
        last = chosen if arrivals.single else arrivals.ends()[chosen]
        due: Bools = arrivals.time[last] >= self.until[codes]
        due |= (self.state[codes] != CLEAR) | self._ward.rings.largest(codes)
        return due


def _groups(starts: Index, rows: Index) -> Index:
    """The groups that these rows (ascending) are in.

    >>> _groups(np.array([0, 3, 5]), np.array([1, 2, 6])).tolist()
    [0, 2]
    """
    group = starts.searchsorted(rows, side="right") - 1
    found: Index = group[np.append(True, group[1:] != group[:-1])]
    return found
