"""What a batch brings: usable readings grouped by series, and the windows around them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from detectors.base import NEVER, Bools, Floats, Index, Ints, Windows, room
from detectors.rings import FIRST, Rings
from vitals.batch import STALE, Batch, Quality

_STALE = int(STALE)
_ARTEFACT = int(Quality.ARTEFACT)


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """Readings of m different series, grouped by series and in time order within each; no time stands twice.

    ``codes`` [m] and ``starts`` [m]: which series, and where its readings begin; ``series``, ``time``, ``value`` [n].
    ``new`` [n]: to be judged: neither stale nor judged before. ``fresh`` [n]: not stale. ``single``: one reading a
    series, so that n = m. ``disordered`` [m]: has readings no newer than what is in its ring; ``renewed`` [m]: one of
    those was unknown and fresh, so that the series' newest sample must be judged anew. ``known`` [n]: stands in its
    ring; ``beyond`` [n]: older than what its ring holds whole, so that nobody here can tell whether it is new.
    """

    rings: Rings
    codes: Index
    starts: Index
    series: Index
    time: Ints
    value: Floats
    new: Bools
    fresh: Bools
    single: bool
    disordered: Bools | None = None
    renewed: Bools | None = None
    known: Bools | None = None
    beyond: Bools | None = None

    def windows(self, chosen: Index, plan: Mapping[str, Floats], lookback: Ints | None = None) -> Windows:
        """The windows of the groups ``chosen`` (int [k], ascending): what their rings hold, then what has arrived.

        ``lookback`` [k] ms: no more of the rings than that, and two samples before it, need be there.
        """
        codes = self.codes[chosen]
        rows, sizes = self._rows(chosen)
        torn = self.disordered is not None and bool(self.disordered[chosen].any())
        recent = None
        if lookback is not None and not torn:
            recent = self.rings.recent(codes, self.time[rows if self.single else self.starts[chosen]] - lookback)
        filled, old_time, old_value = self.rings.context(codes, recent)
        whole = filled + sizes
        ends = whole.cumsum()
        if self.single:
            arrived = np.zeros(int(ends[-1]) if len(ends) else 0, bool)
            arrived[ends - 1] = True
        else:
            arrived = np.repeat(np.tile([False, True], len(codes)), np.column_stack([filled, sizes]).ravel())
        time, value = np.empty(len(arrived), np.int64), np.empty(len(arrived))
        time[arrived], value[arrived] = self.time[rows], self.value[rows]
        held = ~arrived
        time[held], value[held] = old_time, old_value
        arrived[arrived] = self.new[rows]
        segment = np.arange(len(codes)).repeat(whole)
        if torn:
            segment, time, value, arrived = _merged(segment, time, value, arrived)
            _renew(segment, arrived, self.renewed, chosen)
            starts = segment.searchsorted(np.arange(len(codes)))
        else:
            starts = ends - whole
        full = self.rings.full(codes)
        if recent is None:
            return Windows(starts, segment, time, value, arrived, plan, full)
        return Windows(starts, segment, time, value, arrived, plan, full & (filled > FIRST), clipped=True)

    def ends(self) -> Index:
        """[m] The last row of each series."""
        return np.append(self.starts[1:], len(self.series)) - 1

    def keep(self) -> None:
        """Put what has arrived into the rings."""
        if self.disordered is None:
            self._extend(slice(None))
            return
        self._extend(np.flatnonzero(~self.disordered))
        chosen = np.flatnonzero(self.disordered)
        merged = self.windows(chosen, {})
        self.rings.rewrite(self.codes[chosen], merged.starts, merged.time, merged.value)

    def _extend(self, chosen: Index | slice) -> None:
        codes = self.codes[chosen]
        if self.single:
            self.rings.push(codes, self.time[chosen], self.value[chosen])
        elif isinstance(chosen, slice):
            self.rings.extend(codes, self.starts, self.time, self.value)
        elif len(codes):
            rows, sizes = self._rows(chosen)
            self.rings.extend(codes, np.cumsum(sizes) - sizes, self.time[rows], self.value[rows])

    def _rows(self, chosen: Index) -> tuple[Index, Index]:
        """The rows of the groups ``chosen``, and how many each has."""
        if self.single:
            return chosen, np.ones(len(chosen), np.intp)
        sizes = np.diff(self.starts, append=len(self.time))[chosen]
        ends = np.cumsum(sizes)
        total = ends[-1] if len(ends) else 0
        return np.arange(total) + np.repeat(self.starts[chosen] - ends + sizes, sizes), sizes


def _merged(segment: Index, time: Ints, value: Floats, new: Bools) -> tuple[Index, Ints, Floats, Bools]:
    """Sorted by time within each segment; of two samples of one time the older stays, new if either is."""
    order = np.lexsort((time, segment))
    segment, time, value, new = segment[order], time[order], value[order], new[order]
    twin = np.zeros(len(time), bool)
    twin[1:] = (segment[1:] == segment[:-1]) & (time[1:] == time[:-1])
    at = np.flatnonzero(twin)
    new[at - 1] |= new[at]
    return segment[~twin], time[~twin], value[~twin], new[~twin]


def _renew(segment: Index, new: Bools, renewed: Bools | None, chosen: Index) -> None:
    if renewed is not None:
        ends = np.searchsorted(segment, np.flatnonzero(renewed[chosen]), side="right") - 1
        new[ends] = True


class Sorting:
    """Turns batches into arrivals; holds the scratch column and the times up to which each series was judged."""

    def __init__(self, rings: Rings) -> None:
        self._rings = rings
        self._scratch: Index = np.zeros(0, np.int32)
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
        single = self._all_different(batch.series)
        if not single:
            batch = _grouped(batch)
        series, time = batch.series, batch.time
        starts = np.arange(len(series)) if single else _starts(series)
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

    def _all_different(self, series: Index) -> bool:
        """Whether no series stands twice: each row leaves its number, and finds it again."""
        numbers = np.arange(len(series), dtype=np.int32)
        self._scratch[series] = numbers
        return bool((self._scratch[series] == numbers).all())

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


def _usable(batch: Batch) -> Batch:
    bad = ~np.isfinite(batch.value)
    if batch.quality.any():
        bad |= (batch.quality & _ARTEFACT) != 0
    return batch.take(~bad) if bad.any() else batch


def _grouped(batch: Batch) -> Batch:
    """Sorted by series, then time; of readings with the same series and time the first."""
    if (batch.series[1:] < batch.series[:-1]).any():
        batch = batch.take(np.argsort(batch.series, kind="stable"))
    same = batch.series[1:] == batch.series[:-1]
    if (same & (batch.time[1:] < batch.time[:-1])).any():
        batch = batch.take(np.lexsort((batch.time, batch.series)))
        same = batch.series[1:] == batch.series[:-1]
    twin = same & (batch.time[1:] == batch.time[:-1])
    return batch.take(np.concatenate([[True], ~twin])) if twin.any() else batch


def _starts(series: Index) -> Index:
    return np.concatenate([[0], np.flatnonzero(series[1:] != series[:-1]) + 1])
