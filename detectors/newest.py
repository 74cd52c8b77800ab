"""The newest value of some signals of every patient, and how they stood at each moment of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.arrivals import Arrivals
from detectors.base import NEVER, Bools, Floats, Index, Ints, Levels, room
from vitals.series import SeriesTable
from vitals.signals import BY_NAME, SIGNALS

Codes = NDArray[np.uint8]
WIDTH: Final = 8
"""Columns kept a patient: a power of two, so that a cell's number tells patient and column."""
BURDEN: Final = 32
"""Bit of a cell's code: its newest fresh reading counted against the patient."""
STALE: Final = 64
"""Bit of a cell's code: its newest reading was late or retained."""
_WEIGHT: Final = 0x13
_CODE: Final = np.array([0, 1 | BURDEN, 2 | BURDEN, 16 | BURDEN], np.uint8)
ALARMING: Final = 16
"""What a value that alone may open something adds to a moment's weight: more than seven others together can."""
_EACH_BYTE: Final = np.uint64(0x0101010101010101)
_SIZE: Final = 4096


def tenths(values: Any) -> Any:
    """Values as whole tenths, rounded up: the index of a lookup table. What conversion of units may have added in
    the seventh decimal is no tenth: 96.8 °F is 36.0 °C.

    >>> tenths(np.array([20.5, 36.0, 36.01, 36.0 + 1e-9])).tolist()
    [205, 360, 361, 360]
    """
    return np.minimum(np.maximum(np.ceil(np.multiply(values, 10.0) - 5e-6), 0), _SIZE - 1).astype(np.intp)


class Cells(NamedTuple):
    """Of n moments by columns: the newest value, when it was measured, and its code."""

    value: Floats
    time: Ints
    code: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """n moments (patient, time) of a batch, sorted by both unless ``single``: every patient has one.

    ``patient`` codes, ``at`` times, ``judged``: something measured then is to be judged; ``weight``: what the newest
    values then count together at most, ALARMING or more when one of them alone may open something.
    """

    patient: Index
    at: Ints
    judged: Bools
    weight: Index
    single: bool
    newest: "Newest"
    stood: Cells | None = None

    def cells(self, rows: Index) -> Cells:
        """How things stood at those moments."""
        if self.stood is None:
            patient = self.patient[rows]
            newest = self.newest
            return Cells(newest.value[patient], newest.time[patient], newest.code[patient])
        stood = self.stood
        return Cells(stood.value[rows], stood.time[rows], stood.code[rows])


class Newest:
    """Tables [patients, WIDTH] of newest values, their times and codes. Readings of one patient and one time make one
    moment, so that a message is judged as a whole.
    """

    def __init__(self, signals: Sequence[str]) -> None:
        if len(signals) > WIDTH:
            raise ValueError(f"{len(signals)} signals: at most {WIDTH} fit")
        self.value: Floats = np.zeros((0, WIDTH))
        self.time: Ints = np.zeros((0, WIDTH), np.int64)
        self.code: Codes = np.zeros((0, WIDTH), np.uint8)
        self._lookup: Codes = np.zeros(0, np.uint8)
        self._column = np.full(len(SIGNALS), -1, np.int32)
        self._column[[BY_NAME[name].code for name in signals]] = np.arange(len(signals))
        self._size = 0
        self._cell: Index = np.zeros(0, np.int32)
        self._base: Index = np.zeros(0, np.int32)
        self._scratch: Index = np.zeros(0, np.int32)

    def grow(self, series: SeriesTable, size: int, patients: int) -> None:
        """Make room for series codes below ``size``, of ``patients`` patients."""
        known, self._size = self._size, size
        column = self._column[series.signal_codes()[known:size]]
        self._cell, self._base = room(self._cell, size, -1), room(self._base, size, 0)
        self._cell[known:size] = np.where(column < 0, -1, series.patient_codes()[known:size] * WIDTH + column)
        self.value, self.time = _table(self.value, patients, np.nan), _table(self.time, patients, NEVER)
        self.code, self._scratch = _table(self.code, patients, 0), room(self._scratch, patients, 0)

    def add_table(self, weights: Levels) -> int:
        """Keep a lookup table of weights 0..3, int8[signals, 4096] by tenths; returns its number."""
        padded = np.zeros((WIDTH, _SIZE), np.uint8)
        padded[: len(weights)] = _CODE[weights]
        self._lookup = np.concatenate([self._lookup, padded.reshape(-1)])
        return len(self._lookup) // padded.size - 1

    def weigh(self, table_of: Index, series: SeriesTable, known: int) -> None:
        """From now on each patient's values are weighed by table ``table_of[patient]``; for codes from ``known`` on."""
        codes = slice(known, self._size)
        column = np.maximum(self._column[series.signal_codes()[codes]], 0)
        self._base[codes] = (table_of[series.patient_codes()[codes]] * WIDTH + column) * _SIZE

    def watched(self, series: Index) -> Bools:
        """Whether each of the series is of one of the signals."""
        return np.greater_equal(self._cell[series], 0)

    def take(self, arrivals: Arrivals) -> Moments | None:
        """Take the arrivals in; how things stood at each of their moments. None when they hold none of the signals."""
        cell = self._cell[arrivals.series]
        rows = ((cell >= 0) & (arrivals.time >= self.time.reshape(-1)[cell])).nonzero()[0]
        if not len(rows):
            return None
        cell, series, time, value = cell[rows], arrivals.series[rows], arrivals.time[rows], arrivals.value[rows]
        code = self._lookup[self._base[series] + tenths(value)]
        fresh, new = arrivals.fresh[rows], arrivals.new[rows]
        starts = _starts(cell >> 3, time)
        if self._one_each(cell[starts] >> 3) and _no_twins(cell, starts):
            return self._put(cell, starts, Cells(value, time, code), fresh, new)
        order = np.lexsort((series, time, cell >> 3))
        columns = Cells(value[order], time[order], code[order])
        return self._stand(cell[order], columns, fresh[order], new[order])

    def _put(self, cell: Index, starts: Index, columns: Cells, fresh: Bools, new: Bools) -> Moments:
        """One moment a patient: the tables are how things stand."""
        value, time, code = columns
        if not fresh.all():
            code = np.where(fresh, code, code & ~np.uint8(BURDEN) | STALE | self.code.reshape(-1)[cell] & BURDEN)
        self.value.reshape(-1)[cell] = value
        self.time.reshape(-1)[cell] = time
        self.code.reshape(-1)[cell] = code
        patient = cell[starts] >> 3
        judged = np.logical_or.reduceat(new, starts)
        return Moments(patient, time[starts], judged, _weight(self.code[patient]), True, self)

    def _stand(self, cell: Index, columns: Cells, fresh: Bools, new: Bools) -> Moments:
        """Several moments a patient: each begins as the one before it ended."""
        starts = _starts(cell >> 3, columns.time)
        patient, at, count = cell[starts] >> 3, columns.time[starts], len(starts)
        first = np.ones(count, bool)
        first[1:] = patient[1:] != patient[:-1]
        put = np.repeat(np.arange(count), np.diff(starts, append=len(cell))) * WIDTH + (cell & 7)
        stood = Cells(self.value[patient], self.time[patient], self.code[patient])
        stood.value.reshape(-1)[put], stood.time.reshape(-1)[put] = columns.value, columns.time
        stood.code.reshape(-1)[put] = columns.code
        measured, freshly = np.zeros((count, WIDTH), bool), np.zeros((count, WIDTH), bool)
        measured.reshape(-1)[put], freshly.reshape(-1)[put] = True, fresh
        code = np.where(measured & ~freshly, stood.code | STALE, stood.code)
        burden = _through(np.where(freshly, stood.code, self.code[patient]) & BURDEN, freshly, first)
        code = _through(code, measured, first) & ~np.uint8(BURDEN) | burden
        value, time = _through(stood.value, measured, first), _through(stood.time, measured, first)
        last = np.append(first[1:], True)
        self.value[patient[last]], self.time[patient[last]] = value[last], time[last]
        self.code[patient[last]] = code[last]
        judged = np.logical_or.reduceat(new, starts)
        return Moments(patient, at, judged, _weight(code), False, self, Cells(value, time, code))

    def _one_each(self, patient: Index) -> bool:
        numbers = np.arange(len(patient), dtype=np.int32)
        self._scratch[patient] = numbers
        return bool((self._scratch[patient] == numbers).all())


def _table(cells: NDArray[Any], patients: int, blank: Any) -> NDArray[Any]:
    """[patients, WIDTH] cells with room for ``patients`` rows, in C order (they are also used flat)."""
    return np.ascontiguousarray(room(cells.T, patients, blank).T)


def _weight(code: Codes) -> Index:
    """The sum of each row's weights: eight bytes at once, added up by a multiplication."""
    rows = np.ascontiguousarray(code).view(np.uint64)[:, 0]
    found: Index = (rows & (_EACH_BYTE * np.uint64(_WEIGHT))) * _EACH_BYTE >> np.uint64(56)
    return found


def _through(cells: NDArray[Any], filled: Bools, first: Bools) -> NDArray[Any]:
    """Cells [n, WIDTH], each as it was where last ``filled``, or at its patient's first moment."""
    number = np.arange(len(first))[:, None]
    source = np.maximum.accumulate(np.where(filled | first[:, None], number, 0), axis=0)
    return np.take_along_axis(cells, source, axis=0)


def _starts(patient: Index, time: Ints) -> Index:
    begins = np.ones(len(time), bool)
    np.logical_or(patient[1:] != patient[:-1], time[1:] != time[:-1], out=begins[1:])
    return begins.nonzero()[0]


def _no_twins(cell: Index, starts: Index) -> bool:
    """Whether no moment holds a signal twice (from two devices)."""
    bits = np.bitwise_or.reduceat(np.left_shift(1, cell & 7), starts)
    return np.add.reduce(np.bitwise_count(bits), dtype=np.intp) == len(cell)  # type: ignore[no-any-return]
