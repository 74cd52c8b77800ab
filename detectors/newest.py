"""The newest value of some signals of every patient, and how they stood at each moment of a batch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.arrivals import Arrivals, sizes_of
from detectors.columns import NEVER, Bools, Floats, Index, Ints, Levels, room
from detectors.stands import BURDEN, CODE, STALE, WIDTH, Cells, Codes, Moments, source, weight
from detectors.tenths import TENTHS, tenths
from vitals.series import SeriesTable
from vitals.signals import BY_NAME, SIGNALS


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
        self.cell: Index = np.zeros(0, np.int32)
        """Of each series, its place in the tables taken flat; -1 of those of another signal."""
        self._lookup: Codes = np.zeros(0, np.uint8)
        self._column = np.full(len(SIGNALS), -1, np.int32)
        self._column[[BY_NAME[name].code for name in signals]] = np.arange(len(signals))
        self._size = 0
        self._base: Index = np.zeros(0, np.int32)
        self._scratch: Index = np.zeros(0, np.int32)
        self.owners: NDArray[np.uint16] = np.zeros(0, np.uint16)
        """Of each cell, how many series fill it."""
        self.shared = False
        """Some cell has several."""
        self._views()

    def _views(self) -> None:
        self.flat = Cells(self.value.reshape(-1), self.time.reshape(-1), self.code.reshape(-1))
        """The tables taken flat: views, not copies."""
        self.rows: NDArray[np.uint64] = self.code.view(np.uint64)[:, 0]
        """The codes of each patient as one number."""

    def grow(self, series: SeriesTable, size: int, patients: int) -> None:
        """Make room for series codes below ``size``, of ``patients`` patients."""
        known, self._size = self._size, size
        column = self._column[series.signal_codes()[known:size]]
        self.cell, self._base = room(self.cell, size, -1), room(self._base, size, 0)
        self.cell[known:size] = np.where(column < 0, -1, series.patient_codes()[known:size] * WIDTH + column)
        self.value, self.time = _table(self.value, patients, np.nan), _table(self.time, patients, NEVER)
        self.code, self._scratch = _table(self.code, patients, 0), room(self._scratch, patients, 0)
        self.owners = room(self.owners, self.code.size, 0)
        new = self.cell[known:size]
        np.add.at(self.owners, new[new >= 0], np.uint16(1))
        self.shared = self.shared or bool((self.owners[new[new >= 0]] > 1).any())
        self._views()

    def add_table(self, weights: Levels) -> int:
        """Keep a lookup table of weights 0..3, int8[signals, 4096] by tenths; returns its number."""
        padded = np.zeros((WIDTH, TENTHS), np.uint8)
        padded[: len(weights)] = CODE[weights]
        self._lookup = np.concatenate([self._lookup, padded.reshape(-1)])
        return len(self._lookup) // padded.size - 1

    def weigh(self, table_of: Index, series: SeriesTable, known: int) -> None:
        """From now on each patient's values are weighed by table ``table_of[patient]``; for codes from ``known`` on."""
        codes = slice(known, self._size)
        column = np.maximum(self._column[series.signal_codes()[codes]], 0)
        self._base[codes] = (table_of[series.patient_codes()[codes]] * WIDTH + column) * TENTHS

    def watched(self, series: Index) -> Bools:
        """Whether each of the series is of one of the signals."""
        return np.greater_equal(self.cell[series], 0)

    def coded(self, series: Index, value: Floats) -> Codes:
        """What values of these series count, as fresh ones."""
        place = tenths(value)
        place += self._base.take(series)
        return self._lookup.take(place)

    def take(self, arrivals: Arrivals) -> Moments | None:
        """Take the arrivals in; how things stood at each of their moments. None when they hold none of the signals."""
        cell = self.cell[arrivals.series]
        rows = ((cell >= 0) & (arrivals.time >= self.flat.time[cell])).nonzero()[0]
        if not len(rows):
            return None
        cell, series, time, value = cell[rows], arrivals.series[rows], arrivals.time[rows], arrivals.value[rows]
        code = self.coded(series, value)
        fresh, new = arrivals.fresh[rows], arrivals.new[rows]
        starts = _starts(cell >> 3, time)
        if self._one_each(cell[starts] >> 3) and _no_twins(cell, starts):
            return self._put(cell, starts, Cells(value, time, code), fresh, new)
        order = np.lexsort((series, time, cell >> 3))
        columns = Cells(value[order], time[order], code[order])
        return self._stand(cell[order], columns, fresh[order], new[order])

    def stand(self, patients: Index) -> Moments:
        """How these stand now."""
        at, judged = self.time[patients].max(axis=1), np.ones(len(patients), bool)
        return Moments(patients, at, judged, weight(self.code[patients]), True, self._tables())

    def _put(self, cell: Index, starts: Index, columns: Cells, fresh: Bools, new: Bools) -> Moments:
        """One moment a patient: the tables are how things stand."""
        value, time, code = columns
        if not fresh.all():
            code = np.where(fresh, code, code & ~np.uint8(BURDEN) | STALE | self.flat.code[cell] & BURDEN)
        self.flat.value[cell], self.flat.time[cell], self.flat.code[cell] = value, time, code
        patient = cell[starts] >> 3
        judged = np.logical_or.reduceat(new, starts)
        return Moments(patient, time[starts], judged, weight(self.code[patient]), True, self._tables())

    def _tables(self) -> Cells:
        return Cells(self.value, self.time, self.code)

    def _stand(self, cell: Index, columns: Cells, fresh: Bools, new: Bools) -> Moments:
        """Several moments a patient: each begins as the one before it ended."""
        starts = _starts(cell >> 3, columns.time)
        patient, at, count = cell[starts] >> 3, columns.time[starts], len(starts)
        first = np.ones(count, bool)
        first[1:] = patient[1:] != patient[:-1]
        put = np.arange(0, count * WIDTH, WIDTH).repeat(sizes_of(starts, len(cell))) + (cell & 7)
        stood = Cells(self.value[patient], self.time[patient], self.code[patient])
        stood.value.reshape(-1)[put], stood.time.reshape(-1)[put] = columns.value, columns.time
        stood.code.reshape(-1)[put] = columns.code
        measured, freshly = np.zeros((count, WIDTH), bool), np.zeros((count, WIDTH), bool)
        measured.reshape(-1)[put], freshly.reshape(-1)[put] = True, fresh
        code: Codes = np.where(measured & ~freshly, stood.code | STALE, stood.code)
        burden = (np.where(freshly, stood.code, self.code[patient]) & BURDEN).take(source(freshly, first))
        cells = source(measured, first)
        code = np.bitwise_or(code.take(cells) & ~np.uint8(BURDEN), burden, dtype=np.uint8)
        value, time = stood.value.take(cells), stood.time.take(cells)
        last = np.ones(count, bool)
        last[:-1] = first[1:]
        self.value[patient[last]], self.time[patient[last]] = value[last], time[last]
        self.code[patient[last]] = code[last]
        judged = np.logical_or.reduceat(new, starts)
        return Moments(patient, at, judged, weight(code), False, Cells(value, time, code))

    def _one_each(self, patient: Index) -> bool:
        numbers = np.arange(len(patient), dtype=np.int32)
        self._scratch[patient] = numbers
        return bool((self._scratch[patient] == numbers).all())


def _table(cells: NDArray[Any], patients: int, blank: Any) -> NDArray[Any]:
    """[patients, WIDTH] cells with room for ``patients`` rows, in C order (they are also used flat)."""
    return np.ascontiguousarray(room(cells.T, patients, blank).T)


def _starts(patient: Index, time: Ints) -> Index:
    begins = np.ones(len(time), bool)
    np.logical_or(patient[1:] != patient[:-1], time[1:] != time[:-1], out=begins[1:])
    return begins.nonzero()[0]


def _no_twins(cell: Index, starts: Index) -> bool:
    """Whether no moment holds a signal twice (from two devices)."""
    bits = np.bitwise_or.reduceat(np.left_shift(1, cell & 7), starts)
    return np.add.reduce(np.bitwise_count(bits), dtype=np.intp) == len(cell)  # type: ignore[no-any-return]
