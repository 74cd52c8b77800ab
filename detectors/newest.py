"""The newest value of some signals of every patient, and how they stood at each moment of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detectors.arrivals import Arrivals
from detectors.base import NEVER, Bools, Floats, Index, Ints, room
from vitals.series import SeriesTable
from vitals.signals import BY_NAME, SIGNALS

WIDTH: Final = 8
"""Columns kept a patient: a power of two, so that a cell's number tells patient and column."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """n moments (patient, time) of a batch, sorted by both unless every patient has one; cells [n, WIDTH].

    ``patient`` [n] codes; ``at`` [n] times; ``value`` and ``time``: the newest of each signal as it stood then, and
    when it was measured (NaN, NEVER: not yet); ``measured`` and ``fresh``: measured at this very moment, and not
    stale; ``judged`` [n]: something measured here is to be judged; ``first`` and ``last`` [n] of their patient.
    """

    patient: Index
    at: Ints
    value: Floats
    time: Ints
    measured: Bools
    fresh: Bools
    judged: Bools
    first: Bools
    last: Bools

    def through(self, cells: Any, set_: Bools) -> Any:
        """Cells [n, WIDTH], each as it was where last ``set_``, or at its patient's first moment."""
        if self.first.all():
            return cells
        number = np.arange(len(self.at))[:, None]
        source = np.maximum.accumulate(np.where(set_ | self.first[:, None], number, 0), axis=0)
        return np.take_along_axis(cells, source, axis=0)


class Newest:
    """[patients, WIDTH] newest values and their times. Readings of one patient and one time make one moment, so that
    a message is judged as a whole.
    """

    def __init__(self, signals: Sequence[str]) -> None:
        if len(signals) > WIDTH:
            raise ValueError(f"{len(signals)} signals: at most {WIDTH} fit")
        self.value: Floats = np.zeros((0, WIDTH))
        self.time: Ints = np.zeros((0, WIDTH), np.int64)
        self._column = np.full(len(SIGNALS), -1, np.int32)
        self._column[[BY_NAME[name].code for name in signals]] = np.arange(len(signals))
        self._cell: Index = np.zeros(0, np.int32)
        self._size = self.patients = 0
        self._scratch: Index = np.zeros(0, np.int32)

    def grow(self, series: SeriesTable, size: int) -> int:
        """Make room for series codes below ``size``; returns how many patients they belong to."""
        known, self._size = self._size, size
        patients, signals = series.patient_codes()[known:size], series.signal_codes()[known:size]
        column = self._column[signals]
        self._cell = room(self._cell, size, -1)
        self._cell[known:size] = np.where(column < 0, -1, patients * WIDTH + column)
        self.patients = max(self.patients, int(patients.max(initial=-1)) + 1)
        self.value = table(self.value, self.patients, np.nan)
        self.time = table(self.time, self.patients, NEVER)
        self._scratch = room(self._scratch, self.patients, 0)
        return self.patients

    def moments(self, arrivals: Arrivals) -> Moments | None:
        """How things stood at each moment of the arrivals; None when they hold none of these signals."""
        columns = (arrivals.time, arrivals.value, arrivals.fresh, arrivals.new, arrivals.series)
        cell = self._cell[arrivals.series]
        kept = (cell >= 0) & (arrivals.time >= self.time.reshape(-1)[cell])
        if not kept.all():
            cell, columns = cell[kept], tuple(column[kept] for column in columns)  # type: ignore[assignment]
        if not len(cell):
            return None
        starts = _starts(cell // WIDTH, columns[0])
        if self._one_each(cell[starts] // WIDTH) and _no_twins(cell, starts):
            return self._stand(cell, starts, *columns[:4], single=True)
        order = np.lexsort((columns[4], columns[0], cell // WIDTH))
        cell, columns = cell[order], tuple(column[order] for column in columns)  # type: ignore[assignment]
        return self._stand(cell, _starts(cell // WIDTH, columns[0]), *columns[:4], single=False)

    def keep(self, moments: Moments) -> None:
        """From now on the newest values are those after the moments."""
        patient, last = moments.patient[moments.last], moments.last
        self.value[patient], self.time[patient] = moments.value[last], moments.time[last]

    def _stand(  # noqa: PLR0917  (the columns of a batch)
        self, cell: Index, starts: Index, time: Ints, value: Floats, fresh: Bools, new: Bools, *, single: bool
    ) -> Moments:
        patient, at, count = cell[starts] // WIDTH, time[starts], len(starts)
        put = np.repeat(np.arange(count), np.diff(starts, append=len(cell))) * WIDTH + cell % WIDTH
        values, times = self.value[patient], self.time[patient]
        values.reshape(-1)[put], times.reshape(-1)[put] = value, time
        measured, freshly = np.zeros((count, WIDTH), bool), np.zeros((count, WIDTH), bool)
        measured.reshape(-1)[put], freshly.reshape(-1)[put] = True, fresh
        first, last = np.ones(count, bool), np.ones(count, bool)
        if not single:
            first[1:] = patient[1:] != patient[:-1]
            last[:-1] = first[1:]
        judged = np.logical_or.reduceat(new, starts)
        stood = Moments(patient, at, values, times, measured, freshly, judged, first, last)
        if single:
            return stood
        values, times = stood.through(values, measured), stood.through(times, measured)
        return Moments(patient, at, values, times, measured, freshly, judged, first, last)

    def _one_each(self, patient: Index) -> bool:
        numbers = np.arange(len(patient), dtype=np.int32)
        self._scratch[patient] = numbers
        return bool((self._scratch[patient] == numbers).all())


def table(cells: NDArray[Any], patients: int, blank: Any) -> NDArray[Any]:
    """[patients, WIDTH] cells with room for so many patients."""
    return room(cells.reshape(-1), patients * WIDTH, blank).reshape(-1, WIDTH)


def _starts(patient: Index, time: Ints) -> Index:
    begins = np.ones(len(time), bool)
    begins[1:] = (patient[1:] != patient[:-1]) | (time[1:] != time[:-1])
    return np.flatnonzero(begins)


def _no_twins(cell: Index, starts: Index) -> bool:
    """Whether no moment holds a signal twice (from two devices)."""
    bits = np.bitwise_or.reduceat(np.left_shift(1, cell % WIDTH), starts)
    return int(np.bitwise_count(bits).sum()) == len(cell)
