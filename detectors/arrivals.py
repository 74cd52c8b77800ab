"""What a batch brings: usable readings grouped by series, and the windows around them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detectors.base import Bools, Floats, Index, Ints, Windows
from detectors.rings import FIRST, Rings


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
            rows, sizes = self._rows(runs)
            self.rings.extend(self.codes[runs], sizes.cumsum() - sizes, self.time[rows], self.value[rows])

    def _rows(self, chosen: Index) -> tuple[Index, Index]:
        """The rows of the groups ``chosen``, and how many each has."""
        if self.single:
            return chosen, np.ones(len(chosen), np.intp)
        sizes = self.sizes()[chosen]
        return _runs(self.starts[chosen], sizes), sizes


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
