"""Which arrivals need no look at moments: not even the worst of their values, all together, would tell anything."""

from typing import NamedTuple

import numpy as np

from detectors.arrivals import Arrivals
from detectors.base import Bools, Floats, Index, Ints, room
from detectors.newest import Newest
from detectors.standing import Standing
from detectors.stands import WEIGHT, Codes, added

_WEIGHT = np.uint8(WEIGHT)


class _Brought(NamedTuple):
    """What each watched series brought: the worst code and the best, the newest reading, the time of the oldest."""

    peak: Codes
    least: Codes
    code: Codes
    value: Floats
    time: Ints
    oldest: Ints

    def of(self, rows: Index | Bools) -> "_Brought":
        return _Brought(*(column[rows] for column in self))  # type: ignore[arg-type]


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
        cell = self._newest.cell[arrivals.codes]
        watched = (cell >= 0).nonzero()[0]
        cell = cell[watched]
        patient, brought = cell >> 3, self._brought(arrivals, watched)
        before = self._newest.flat.code[cell]
        most = self._weigh(cell, patient, np.maximum(before & _WEIGHT, brought.peak & _WEIGHT))
        apart = most >= self._standing.limit[patient]
        odd = self._odd(arrivals, watched, cell, brought)
        if odd is not None:
            apart |= self._whole(patient, odd)
        rows = apart.nonzero()[0]
        if not len(rows):
            self._put(cell, brought)
            return None, rows
        keeps = np.zeros(len(rows), bool)
        if odd is None and arrivals.disordered is None:
            keeps = self._keeps(cell[rows], patient[rows], brought.of(rows), before[rows], most[rows])
            apart[rows] = ~keeps
        self._newest.flat.code[cell] = before
        calm = ~apart
        self._put(cell[calm], brought.of(calm))
        return (None if keeps.all() else _rows(arrivals, watched[apart])), patient[rows[keeps]]

    def _weigh(self, cell: Index, patient: Index, code: Codes) -> Index:
        self._newest.flat.code[cell] = code
        return added(self._newest.rows[patient])

    def _keeps(self, cell: Index, patient: Index, brought: _Brought, before: Codes, most: Index) -> Bools:
        """Whose level stays as it is: by the worst and the best of their cells, none of which is too old to count."""
        least = self._weigh(cell, patient, np.minimum(before & _WEIGHT, brought.least & _WEIGHT))
        since = brought.time.max() - self._standing.max_age[patient]
        old = (self._newest.code[patient] & _WEIGHT > 0) & (self._newest.time[patient] < since[:, None])
        keeps: Bools = self._standing.keep(patient, least, most) & ~old.any(axis=1)
        return keeps

    def _brought(self, arrivals: Arrivals, watched: Index) -> _Brought:
        code = self._newest.coded(arrivals.series, arrivals.value)
        if arrivals.single:
            code, time = code[watched], arrivals.time[watched]
            return _Brought(code, code, code, arrivals.value[watched], time, time)
        first, last = arrivals.starts[watched], arrivals.ends()[watched]
        peak, least = (best.reduceat(code & _WEIGHT, arrivals.starts)[watched] for best in (np.maximum, np.minimum))
        return _Brought(peak, least, code[last], arrivals.value[last], arrivals.time[last], arrivals.time[first])

    def _odd(self, arrivals: Arrivals, watched: Index, cell: Index, brought: _Brought) -> Bools | None:
        """Readings older than what is there, stale ones, and signals that came from two devices."""
        odd: Bools = brought.oldest < self._newest.flat.time[cell]
        if not arrivals.fresh.all():
            odd |= ~(arrivals.fresh if arrivals.single else np.logical_and.reduceat(arrivals.fresh, arrivals.starts))[
                watched
            ]
        if (self._newest.owners[cell] > 1).any():
            _, which, times = np.unique(cell, return_inverse=True, return_counts=True)
            odd |= times[which] > 1
        return odd if odd.any() else None

    def _whole(self, patient: Index, odd: Bools) -> Bools:
        """All rows of the patients of whom one is odd."""
        concerned = patient[odd]
        self._marked = room(self._marked, len(self._newest.rows), False)
        self._marked[concerned] = True
        whole: Bools = self._marked[patient]
        self._marked[concerned] = False
        return whole

    def _put(self, cell: Index, brought: _Brought) -> None:
        flat = self._newest.flat
        flat.value[cell], flat.time[cell], flat.code[cell] = brought.value, brought.time, brought.code


def _rows(arrivals: Arrivals, groups: Index) -> Bools:
    """[n] the rows of these groups."""
    chosen = np.zeros(len(arrivals.codes), bool)
    chosen[groups] = True
    return chosen if arrivals.single else np.repeat(chosen, np.diff(arrivals.starts, append=len(arrivals.series)))
