"""Which arrivals need no look at moments: not even the worst of their values, all together, would tell anything."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.arrivals import Arrivals, sizes_of
from detectors.columns import Bools, Floats, Index, Ints, room
from detectors.masks import all_of, any_of
from detectors.newest import Newest
from detectors.order import starts_of
from detectors.standing import Standing
from detectors.stands import WEIGHT, WEIGHTS, WIDTH, Codes, added

Packed = NDArray[np.uint64]
"""Rows of eight codes, each as one number."""
_WEIGHT = np.uint8(WEIGHT)
_EIGHT = np.array(3)


class _Brought(NamedTuple):
    """What each watched series brought: the worst code and the best, the newest reading, the time of the oldest."""

    peak: Codes
    least: Codes
    code: Codes
    value: Floats
    time: Ints
    oldest: Ints


class _Seen(NamedTuple):
    """Patients, the codes they had before, and what they weigh at most."""

    patient: Index
    before: Packed
    most: Index


class Skim:
    """Takes most of what arrives into the tables without asking when what was measured.

    Each cell is first made the worst that it is in this batch. No moment can weigh more than all those together: who
    stays below the limit then, did at every moment. Of whom something is told, each cell is then made the best that it
    is: where even that makes the level that is told, and the worst no other, it stays.
    """

    def __init__(self, newest: Newest, standing: Standing) -> None:
        self._newest, self._standing = newest, standing
        self._marked: Bools = np.zeros(0, bool)

    def take(self, arrivals: Arrivals) -> tuple[Bools | None, Index]:
        """Take in what changes nothing. Returns the arrivals [n] whose moments must be looked at, and which were not
        taken in, None when there are none; and of the others the patients of whom something is told.
        """
        cell = self._newest.cell.take(arrivals.codes)
        watched = (cell >= 0).nonzero()[0]
        if not len(watched):
            return None, watched
        cell = cell.take(watched).astype(np.intp)
        brought, whose = self._brought(arrivals, watched), cell >> _EIGHT
        runs = starts_of(whose)
        patient = whose.take(runs)
        before = self._newest.rows.take(patient)
        self._newest.flat.code[cell] = brought.peak
        most = added(_each(np.maximum, before, self._newest.rows.take(patient)))
        apart = most >= self._standing.limit.take(patient)
        odd = self._odd(arrivals, watched, cell, brought)
        if odd is not None:
            apart |= self.whole(patient, cell[odd] >> 3)
        some = apart.nonzero()[0]
        if not len(some):
            self._put(cell, brought)
            return None, some
        sizes = sizes_of(runs, len(cell))
        keeps = np.zeros(len(some), bool)
        if odd is None and arrivals.disordered is None:
            keeps = self._keeps(cell, apart.repeat(sizes), brought, _Seen(patient[some], before[some], most[some]))
            apart[some] = ~keeps
        rows = apart.repeat(sizes).nonzero()[0]
        self._put_but(cell, brought, rows)
        self._newest.rows[patient[apart]] = before[apart]
        return (None if keeps.all() else _rows(arrivals, watched[rows])), patient[some[keeps]]

    def _keeps(self, cell: Index, rows: Bools, brought: _Brought, seen: _Seen) -> Bools:
        """Whose level stays as it is: by the worst and the best of their cells, none of which is too old to count."""
        self._newest.flat.code[cell[rows]] = brought.least[rows]
        patient, before, most = seen
        best = _each(np.minimum, before, self._newest.rows[patient])
        since = brought.time[rows].max() - self._standing.max_age[patient]
        counts = best.view(np.uint8).reshape(-1, WIDTH) > 0
        old = counts & (self._newest.time[patient] < since[:, None])
        keeps: Bools = self._standing.keep(patient, added(best), most) & ~old.any(axis=1)
        return keeps

    def _brought(self, arrivals: Arrivals, watched: Index) -> _Brought:
        code = self._newest.coded(arrivals.series, arrivals.value)
        if arrivals.single:
            code, time = code.take(watched), arrivals.time.take(watched)
            return _Brought(code, code, code, arrivals.value.take(watched), time, time)
        first, last = arrivals.starts.take(watched), arrivals.ends().take(watched)
        newest, time = code.take(last), arrivals.time
        peak, least = (_through(best, code & _WEIGHT, first, last, newest) for best in (np.maximum, np.minimum))
        return _Brought(peak, least, newest, arrivals.value.take(last), time.take(last), time.take(first))

    def _odd(self, arrivals: Arrivals, watched: Index, cell: Index, brought: _Brought) -> Bools | None:
        """Readings older than what is there, stale ones, and signals that came from two devices."""
        odd: Bools = brought.oldest < self._newest.flat.time.take(cell)
        if not (arrivals.all_fresh or all_of(arrivals.fresh)):
            odd |= ~(arrivals.fresh if arrivals.single else np.logical_and.reduceat(arrivals.fresh, arrivals.starts))[
                watched
            ]
        if self._newest.shared and any_of(self._newest.owners.take(cell) > 1):
            _, which, times = np.unique(cell, return_inverse=True, return_counts=True)
            odd |= times[which] > 1
        return odd if any_of(odd) else None

    def whole(self, patient: Index, concerned: Index) -> Bools:
        """Which of the patients are among those ``concerned``."""
        self._marked = room(self._marked, len(self._newest.rows), False)
        self._marked[concerned] = True
        whole: Bools = self._marked[patient]
        self._marked[concerned] = False
        return whole

    def _put(self, cell: Index, brought: _Brought) -> None:
        flat = self._newest.flat
        flat.value[cell], flat.time[cell] = brought.value, brought.time
        flat.code[cell] = brought.code

    def _put_but(self, cell: Index, brought: _Brought, rows: Index) -> None:
        """Put all but some rows. They are few: what is in their cells is put back afterwards."""
        flat, kept = self._newest.flat, cell[rows]
        value, time = flat.value[kept], flat.time[kept]
        self._put(cell, brought)
        flat.value[kept], flat.time[kept] = value, time


def _each(worst: np.ufunc, one: Packed, other: Packed) -> Packed:
    """The worst (or the best) of each of the eight weights of two columns of rows."""
    found: Packed = worst((one & WEIGHTS).view(np.uint8), (other & WEIGHTS).view(np.uint8)).view(np.uint64)
    return found


def _through(best: np.ufunc, code: Codes, first: Index, last: Index, newest: Codes) -> Codes:
    """The best of the codes from each ``first`` to its ``last``, which is the ``newest``."""
    several = (first != last).nonzero()[0]
    if not len(several):
        return newest
    edges = np.column_stack([first[several], last[several] + 1]).ravel()
    found = newest.copy()
    found[several] = best.reduceat(code, edges[: len(edges) - int(edges[-1] == len(code))])[::2]
    return found


def _rows(arrivals: Arrivals, groups: Index) -> Bools:
    """[n] the rows of these groups."""
    chosen = np.zeros(len(arrivals.codes), bool)
    chosen[groups] = True
    return chosen if arrivals.single else chosen.repeat(arrivals.sizes())
