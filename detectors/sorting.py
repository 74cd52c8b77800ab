"""Batches become arrivals: grouped by series, and told from what was judged before."""

from dataclasses import replace

import numpy as np

from detectors.arrivals import Arrivals
from detectors.columns import NEVER, Bools, Index, Ints, room
from detectors.masks import all_of, any_of
from detectors.order import once_each, rising, sorted_rows, starts_of
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
        self._seen: Batch | None = None
        self._clean = False
        self.fresh: Ints = np.zeros(0, np.int64)
        """Time of each series' newest reading that was not stale."""
        self.judged: Ints = np.zeros(0, np.int64)
        """Up to when each series was judged."""
        self._whole: Ints = np.zeros(0, np.int64)
        """Since when each series' ring surely holds everything, as far as anybody had to know."""

    def grow(self, series: int) -> None:
        """Make room for codes up to ``series``."""
        self._scratch = room(self._scratch, series, 0)
        self.fresh, self.judged = room(self.fresh, series, NEVER), room(self.judged, series, NEVER)
        self._whole = room(self._whole, series, NEVER)

    def arrivals(self, batch: Batch) -> Arrivals | None:
        """Group a batch; artefacts and values that are no number are left out. None when nothing is left."""
        rows, single = self._usable(batch), self.all_different(batch.series)
        series = batch.series if rows is None else batch.series.take(rows)
        if not len(series):
            return None
        series = series.astype(np.intp)  # an index of another type is copied each time that it is used
        if not single:
            rows, series = once_each(series, batch.time, rows)
        time, value, all_fresh = batch.time, batch.value, self.clean(batch)
        fresh = np.logical_not(batch.quality if all_fresh else batch.quality & _STALE)
        if rows is not None:
            time, value, fresh = time.take(rows), value.take(rows), fresh.take(rows)
        starts = np.arange(len(series)) if single else starts_of(series)
        single = len(starts) == len(series)
        codes = series if single else series.take(starts)
        whole = Arrivals(self._rings, codes, starts, series, time, value, fresh, fresh, single, all_fresh)
        if all_of((time if single else time.take(starts)) > self._rings.last.take(codes)):
            return whole
        return self._with_disorder(whole, time <= self._rings.last[series])

    def settle(self, arrivals: Arrivals) -> None:
        """Remember what is judged now, and what was heard."""
        if arrivals.disordered is None and (arrivals.all_fresh or all_of(arrivals.fresh)):
            newest = arrivals.time if arrivals.single else arrivals.time.take(arrivals.ends())
            self.judged[arrivals.codes] = newest
            self.fresh[arrivals.codes] = newest
            return
        series, time = arrivals.series[arrivals.fresh], arrivals.time[arrivals.fresh]
        np.maximum.at(self.judged, series, time)
        np.maximum.at(self.fresh, series, time)

    def recollect(self, history: Arrivals) -> None:
        """Remember what was heard before the start: what is kept was told before (docs/adr/0003), so it was judged."""
        np.maximum.at(self.fresh, history.series[history.fresh], history.time[history.fresh])
        np.maximum.at(self.judged, history.series[history.fresh], history.time[history.fresh])

    def ordered(self, batch: Batch) -> Batch:
        """By series and time where a series stands twice, so that who comes later finds it so; else as it stands."""
        if self.all_different(batch.series):
            return batch
        order = sorted_rows(batch.series, batch.time)
        if order is not None:
            batch = batch.take(order)
            self._asked, self._differ = batch.series, False
        return batch

    def with_earlier(self, batch: Batch, earlier: Batch, column: Index) -> tuple[Batch, Index]:
        """The batch, and a column beside it, with readings that were measured before those of their series; where it
        stands by series they come to stand there, else at its end. The column is 0 for them.
        """
        at = np.full(len(earlier), len(batch))
        if not any_of(batch.series[1:] < batch.series[:-1]):
            earlier = earlier.take(np.lexsort((earlier.time, earlier.series)))
            at = batch.series.searchsorted(earlier.series)
        whole = Batch.of(*(np.insert(has, at, more) for has, more in zip(batch.columns, earlier.columns, strict=True)))
        self._asked, self._differ = whole.series, False
        return whole, np.insert(column, at, 0)

    def all_different(self, series: Index) -> bool:
        """Whether no series stands twice: each row leaves its number, and finds it again. Asked twice in a row of one
        column it remembers the answer.
        """
        if self._asked is not series:
            self._asked, self._differ = series, rising(series) or self._none_twice(series)
        return self._differ

    def clean(self, batch: Batch) -> bool:
        """Whether all of it are numbers and none is an artefact, late or stale. It remembers the answer likewise."""
        if self._seen is not batch:
            self._seen, self._clean = batch, not any_of(batch.quality) and all_of(np.isfinite(batch.value))
        return self._clean

    def _usable(self, batch: Batch) -> Index | None:
        """The rows that are to be judged; None: all."""
        if self.clean(batch):
            return None
        usable = np.isfinite(batch.value) & ((batch.quality & _ARTEFACT) == 0)
        return None if all_of(usable) else usable.nonzero()[0]

    def _none_twice(self, series: Index) -> bool:
        if len(series) > self._rings.size:
            return False
        numbers, places = np.arange(len(series), dtype=np.int32), series.astype(np.intp)
        self._scratch[places] = numbers
        return all_of(self._scratch.take(places) == numbers)

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
