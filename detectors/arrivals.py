"""What a batch brings: usable readings grouped by series, and the windows around them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from detectors.columns import Bools, Floats, Index, Ints
from detectors.masks import any_of
from detectors.rings import Rings
from detectors.windows import Windows


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """Readings of m different series, grouped by series and in time order within each; no time stands twice.

    ``codes`` [m] and ``starts`` [m]: which series, and where its readings begin; ``series``, ``time``, ``value`` [n].
    ``new`` [n]: to be judged: neither stale nor judged before. ``fresh`` [n]: not stale. ``single``: one reading a
    series, so that n = m; ``all_fresh``: surely none is stale. ``disordered`` [m]: has readings no newer than what is
    in its ring; ``renewed`` [m]: one of those was unknown and fresh, so that the series' newest sample must be judged
    anew. ``known`` [n]: stands in its ring; ``beyond`` [n]: older than what its ring holds whole, so that nobody here
    can tell whether it is new.
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
    all_fresh: bool = False
    disordered: Bools | None = None
    renewed: Bools | None = None
    known: Bools | None = None
    beyond: Bools | None = None
    memo: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)

    def windows(self, chosen: Index, plan: Mapping[str, Floats], after: Ints | None = None) -> Windows:
        """The windows of the groups ``chosen`` (int [k], ascending): what their rings hold, then what has arrived.

        ``after`` [k] ms: no more of the rings than what is later, and two samples before it, need be there.
        """
        codes = self.codes[chosen]
        torn = self.disordered is not None and any_of(self.disordered[chosen])
        recent = None if after is None or torn else self.rings.recent(codes, after)
        columns = self._columns(chosen, recent)
        if torn:
            columns = _merged(*columns)
            _renew(columns[0], columns[3], self.renewed, chosen)
        starts = columns[0].searchsorted(np.arange(len(codes)))
        full = self.rings.full(codes)
        if recent is None:
            return Windows(starts, *columns, plan, full)
        cut = recent < self.rings.filled(codes)
        return Windows(starts, *columns, plan, full & ~cut, cut=cut)

    def _columns(self, chosen: Index, recent: Index | None) -> tuple[Index, Ints, Floats, Bools]:
        """Segment, time, value, and whether it is new, of what the rings hold and of what has arrived."""
        rows, sizes = self.rows(chosen)
        filled, old_time, old_value = self.rings.context(self.codes[chosen], recent)
        segment = np.arange(len(chosen)).repeat(filled + sizes)
        held = np.arange(len(old_time)) + (sizes.cumsum() - sizes).repeat(filled)
        come = np.arange(len(rows)) + filled.cumsum().repeat(sizes)
        time, value, new = np.empty(len(segment), np.int64), np.empty(len(segment)), np.zeros(len(segment), bool)
        time[held], time[come] = old_time, self.time[rows]
        value[held], value[come] = old_value, self.value[rows]
        new[come] = self.new[rows]
        return segment, time, value, new

    def ends(self) -> Index:
        """[m] The last row of each series."""
        ends: Index = self.starts + self.sizes() - 1
        return ends

    def sizes(self) -> Index:
        """[m] How many rows each series has."""
        return sizes_of(self.starts, len(self.series))

    def keep(self) -> None:
        """Put what has arrived into the rings."""
        if self.disordered is None:
            self._append(None)
            return
        self._append((~self.disordered).nonzero()[0])
        chosen = self.disordered.nonzero()[0]
        merged = self.windows(chosen, {})
        self.rings.rewrite(self.codes[chosen], merged.starts, merged.time, merged.value)

    def _append(self, chosen: Index | None) -> None:
        """The groups ``chosen`` (None: all). A single reading is pushed, which costs less than a run."""
        if self.single:
            rows = slice(None) if chosen is None else chosen
            self.rings.push(self.codes[rows], self.time[rows], self.value[rows])
        elif chosen is None and 2 * len(self.codes) < len(self.time):
            self.rings.extend(self.codes, self.starts, self.time, self.value)
        else:
            chosen = np.arange(len(self.codes)) if chosen is None else chosen
            one = self.sizes().take(chosen) == 1
            ones, runs = chosen[one], chosen[~one]
            begins = self.starts.take(ones)
            self.rings.push(self.codes.take(ones), self.time.take(begins), self.value.take(begins))
            rows, sizes = self.rows(runs)
            self.rings.extend(self.codes[runs], sizes.cumsum() - sizes, self.time[rows], self.value[rows])

    def rows(self, chosen: Index) -> tuple[Index, Index]:
        """The rows of the groups ``chosen``, and how many each has."""
        if self.single:
            return chosen, np.ones(len(chosen), np.intp)
        sizes = self.sizes()[chosen]
        return _runs(self.starts[chosen], sizes), sizes

    def extremes(self) -> tuple[Floats, Floats]:
        """[m] The least and the greatest value of each series."""
        if "extremes" not in self.memo:
            self.memo["extremes"] = (
                np.minimum.reduceat(self.value, self.starts), np.maximum.reduceat(self.value, self.starts),
            )  # fmt: skip
        return self.memo["extremes"]


def _runs(begins: Index, sizes: Index) -> Index:
    """The numbers from each of ``begins`` on, so many each."""
    ends = sizes.cumsum()
    found: Index = np.arange(ends[-1] if len(ends) else 0) + (begins - ends + sizes).repeat(sizes)
    return found


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


def sizes_of(starts: Index, rows: int) -> Index:
    """How many rows there are from each start to the next."""
    sizes = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=sizes[:-1])
    sizes[-1:] = rows - starts[-1:]
    return sizes
