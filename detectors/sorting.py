"""Batches become arrivals: grouped by series, and told from what was judged before."""

from dataclasses import replace

import numpy as np

from detectors.arrivals import Arrivals
from detectors.base import NEVER, Bools, Index, Ints, room
from detectors.rings import Rings
from vitals.batch import STALE, Batch, Quality

_STALE = int(STALE)
_ARTEFACT = int(Quality.ARTEFACT)


class Sorting:
    """Turns batches into arrivals; holds the scratch column and the times up to which each series was judged."""

    def __init__(self, rings: Rings) -> None:
        self._rings = rings
        self._scratch: Index = np.zeros(0, np.int32)
        self._asked: Index | None = None
        self._differ = True
        self.fresh: Ints = np.zeros(0, np.int64)
        """Time of each series' newest reading that was not stale."""
        self.judged: Ints = np.zeros(0, np.int64)
        """Up to when each series was judged; a restart begins anew, for what was told last may not have been kept."""
        self._whole: Ints = np.zeros(0, np.int64)
        """Since when each series' ring surely holds everything, as far as anybody had to know."""

    def grow(self, series: int) -> None:
        """Make room for codes up to ``series``."""
        self._scratch = room(self._scratch, series, 0)
        self.fresh, self.judged = room(self.fresh, series, NEVER), room(self.judged, series, NEVER)
        self._whole = room(self._whole, series, NEVER)

    def arrivals(self, batch: Batch) -> Arrivals | None:
        """Group a batch; artefacts and values that are no number are left out. None when nothing is left."""
        batch = _usable(batch)
        if not len(batch):
            return None
        single = self.all_different(batch.series)
        if not single:
            batch = self._grouped(batch)
        series, time = batch.series, batch.time
        starts = np.arange(len(series)) if single else starts_of(series)
        codes = series if single else series[starts]
        single = len(codes) == len(series)
        fresh = (batch.quality & _STALE) == 0
        whole = Arrivals(self._rings, codes, starts, series, time, batch.value, fresh, fresh, single)
        behind = time <= self._rings.last[series]
        return self._with_disorder(whole, behind) if behind.any() else whole

    def settle(self, arrivals: Arrivals) -> None:
        """Remember what is judged now, and what was heard."""
        series, time = arrivals.series, arrivals.time
        if not arrivals.fresh.all():
            series, time = series[arrivals.fresh], time[arrivals.fresh]
        if arrivals.single and arrivals.disordered is None:
            self.judged[series] = time
            self.fresh[series] = time
        else:
            np.maximum.at(self.judged, series, time)
            np.maximum.at(self.fresh, series, time)

    def recollect(self, history: Arrivals) -> None:
        """Remember what was heard before the start, none of which this bank has judged."""
        np.maximum.at(self.fresh, history.series[history.fresh], history.time[history.fresh])

    def all_different(self, series: Index) -> bool:
        """Whether no series stands twice: each row leaves its number, and finds it again. Asked twice in a row of one
        column it remembers the answer.
        """
        if self._asked is not series:
            numbers = np.arange(len(series), dtype=np.int32)
            self._scratch[series] = numbers
            self._asked, self._differ = series, bool((self._scratch[series] == numbers).all())
        return self._differ

    def _with_disorder(self, whole: Arrivals, behind: Bools) -> Arrivals:
        disordered = np.logical_or.reduceat(behind, whole.starts)
        new = whole.fresh & (whole.time > self.judged[whole.series])
        known, beyond = self._recognised(whole, behind)
        unknown = behind & whole.fresh & ~known
        newest_judged = self.fresh[whole.codes] == self._rings.last[whole.codes]
        renewed = np.logical_or.reduceat(unknown, whole.starts) & newest_judged
        return replace(whole, new=new, disordered=disordered, renewed=renewed, known=known, beyond=beyond)

    def _recognised(self, whole: Arrivals, behind: Bools) -> tuple[Bools, Bools]:
        """Which of the rows ``behind`` stand in their ring already, and which are from before its time."""
        rows = np.flatnonzero(behind)
        series = whole.series[rows]
        filled, held, _ = self._rings.context(series)
        row = np.repeat(rows, filled)
        known, beyond = np.zeros((2, len(behind)), bool)
        known[row[held == whole.time[row]]] = True
        np.maximum.at(self._whole, series, held[np.cumsum(filled) - filled])
        beyond[rows] = (whole.time[rows] < self._whole[series]) & ~known[rows]
        return known, beyond

    @staticmethod
    def _grouped(batch: Batch) -> Batch:
        """Sorted by series, then time; of readings with the same series and time the first."""
        order = sorted_rows(batch.series, batch.time)
        batch = batch if order is None else batch.take(order)
        twin = (batch.series[1:] == batch.series[:-1]) & (batch.time[1:] == batch.time[:-1])
        return batch.take(np.concatenate([[True], ~twin])) if twin.any() else batch


def sorted_rows(series: Index, time: Ints) -> Index | None:
    """Rows in the order of series, then time, equal ones as they stand; None when they stand so.

    >>> sorted_rows(np.array([3, 5, 3]), np.array([2, 1, 1])).tolist()
    [2, 0, 1]
    """
    order = None
    if (series[1:] < series[:-1]).any():
        order = np.argsort(series, kind="stable")
        series, at = series[order], time[order]
    else:
        at = time
    if ((series[1:] == series[:-1]) & (at[1:] < at[:-1])).any():
        return np.lexsort((at, series)) if order is None else order[np.lexsort((at, series))]
    return order


def _usable(batch: Batch) -> Batch:
    bad = ~np.isfinite(batch.value)
    if batch.quality.any():
        bad |= (batch.quality & _ARTEFACT) != 0
    return batch.take(~bad) if bad.any() else batch


def starts_of(series: Index) -> Index:
    """Where each series of a sorted column begins."""
    return np.concatenate([[0], np.flatnonzero(series[1:] != series[:-1]) + 1])
