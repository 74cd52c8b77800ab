"""Rows of hours, a few hundred a track, all in one pool of NumPy columns: the newest KEPT of each, oldest first."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detectors.columns import Bools, Index, Ints, room
from detectors.hour_lot import KEPT, Lot
from detectors.hour_tally import FRESH, NOBODYS, first_fresh, more, room_for, said, tallies
from detectors.masks import all_of, any_of

PAGE: Final = 24
"""Hours are given room a page at a time, as they come: most people are measured a few times a day."""
_NONE: Final = -(1 << 31)


class HourRows:
    """Rings of rows by track number, in pages: appending to a full one forgets its oldest hour. A row is two numbers
    side by side, its total and all the rest, so that counting a reading touches one cache line.

    >>> rows = HourRows()
    >>> rows.grow(1)
    >>> one = np.array([1])
    >>> rows.add(Lot(np.array([0]), np.array([490_000]), one * 970_000, one, one * 0, one > 0))
    >>> rows.column("hour", rows.slots(np.array([0]), 490_000, 2)[:, 1:]).tolist()
    [[490000]]
    """

    def __init__(self) -> None:
        self.size = 0
        self.newest: Index = np.zeros(0, np.int32)
        """Each track's newest hour."""
        self.filled: Index = np.zeros(0, np.int16)
        """How many it has."""
        self._first: Index = np.zeros(0, np.int16)
        self._open: Ints = np.zeros(0, np.int64)  # the newest row of each track, side by side with other tracks'
        self._pages: Index = np.zeros((KEPT // PAGE, 0), np.int32)
        self._used = 1  # the first page is nobody's: it is where -1 points
        self._pool: Ints = np.zeros(2 * PAGE, np.int64)

    def grow(self, tracks: int) -> None:
        """Make room for tracks up to ``tracks``."""
        self.newest, self.filled = room(self.newest, tracks, _NONE), room(self.filled, tracks, 0)
        self._first, self._open = room(self._first, tracks, 0), room(self._open, 2 * tracks, NOBODYS)
        self._pages = room(self._pages, tracks, -1)
        self.size = max(self.size, tracks)

    def add(self, lot: Lot) -> None:
        """Count readings, each row its own or sums of many, in any order."""
        if not len(lot.track):
            return
        place = 2 * lot.track + 1
        tally = self._open.take(place)
        current = said("hour", tally) == lot.hour
        if all_of(current):
            self._count(lot, place, tally)
            return
        if any_of(current):
            self._count(lot.take(current), place[current], tally[current])
        rest = lot.take(~current).summed()
        ahead = rest.hour > self.newest[rest.track]
        self._merge(rest.take(~ahead), renew=False)
        self._append(rest.take(ahead))

    def renew(self, lot: Lot) -> None:
        """Put hours in the place of what is there, where they count at least as many readings."""
        self._merge(lot.summed(), renew=True)

    def slots(self, tracks: Index, at: int, wide: int) -> Index:
        """[m, wide]: where the newest hours not after ``at`` of each track are, right-aligned; -1 where none."""
        self._settle(tracks)
        filled = self.filled[tracks].astype(np.int64)
        late = np.flatnonzero(self.newest[tracks] > at)
        while len(late):
            filled[late] -= 1
            late = late[filled[late] > 0]
            back = self.filled[tracks[late]] - filled[late] + 1
            late = late[self.nth_newest(tracks[late], back)[0] > at]
        number = filled[:, None] - wide + np.arange(wide)
        return np.where(number >= 0, self._slot(tracks[:, None], number), -1)

    def nth_newest(self, tracks: Index, back: Index) -> tuple[Index, Bools]:
        """The hour that is ``back`` (1: the newest) from the end of each track that has so many, and whether fresh."""
        self._settle(tracks)
        slot = self._slot(tracks, self.filled[tracks] - back)
        return self.column("hour", slot), self.column("fresh", slot)

    def column(self, name: str, slots: Index) -> NDArray[Any]:
        """A column's values in those slots: hour, total, count, below or fresh."""
        if name == "total":
            found: NDArray[Any] = self._pool[2 * slots]
            return found
        return said(name, self._pool[2 * slots + 1])

    @property
    def nbytes(self) -> int:
        """Memory of all columns, bytes."""
        return sum(x.nbytes for x in (self.newest, self.filled, self._first, self._open, self._pages, self._pool))

    def _slot(self, tracks: Index, number: Index) -> Index:
        """Where a track's row is, 0 its oldest."""
        page, line = np.divmod((self._first[tracks] + number) % KEPT, PAGE)
        slot: Index = self._pages[page, tracks].astype(np.int64) * PAGE + line
        return slot

    def _count(self, lot: Lot, place: Index, tally: Ints) -> None:
        """Into the newest hour of each track, the way of nearly all readings; ``tally`` stands at ``place``."""
        if not room_for(lot, tally):
            self._merge(lot.summed(), renew=False)
            return
        np.add.at(self._open, place - 1, lot.total)
        np.add.at(self._open, place, more(lot))
        if not np.bitwise_and.reduce(tally) & FRESH:
            np.bitwise_or.at(self._open, place[first_fresh(lot, tally)], FRESH)

    def _append(self, lot: Lot) -> None:
        """Hours newer than what is there, sorted by (track, hour)."""
        if not len(lot.track):
            return
        starts = np.flatnonzero(np.diff(lot.track, prepend=-1))
        sizes = np.diff(starts, append=len(lot.track))
        tracks = lot.track[starts]
        self._settle(tracks)
        wanted = self.filled[tracks] + sizes
        self._give_pages(tracks, np.minimum(wanted, KEPT))
        number = self.filled[lot.track] + np.arange(len(lot.track)) - np.repeat(starts, sizes)
        kept = number >= np.repeat(wanted, sizes) - KEPT
        self._write(self._slot(lot.track[kept], number[kept]), lot.take(kept))
        self._first[tracks] = (self._first[tracks] + np.maximum(wanted - KEPT, 0)) % KEPT
        self.filled[tracks] = np.minimum(wanted, KEPT)
        self.newest[tracks] = lot.hour[starts + sizes - 1]
        slot = self._slot(tracks, self.filled[tracks] - 1)
        self._open[2 * tracks], self._open[2 * tracks + 1] = self._pool[2 * slot], self._pool[2 * slot + 1]

    def _settle(self, tracks: Index) -> None:
        """Write the newest hour, which is counted apart, where it belongs."""
        tracks = tracks[self.filled[tracks] > 0].astype(np.intp)
        slot = self._slot(tracks, self.filled[tracks] - 1)
        self._pool[2 * slot], self._pool[2 * slot + 1] = self._open[2 * tracks], self._open[2 * tracks + 1]

    def _merge(self, lot: Lot, *, renew: bool) -> None:
        """Hours among those that are there: each track's rows are written anew."""
        if not len(lot.track):
            return
        tracks = np.unique(lot.track)
        both = self._rows(tracks).beside(lot)
        self._first[tracks] = self.filled[tracks] = 0
        self._append(both.fullest() if renew else both.summed())

    def _rows(self, tracks: Index) -> Lot:
        slots = self.slots(tracks, 1 << 31, max(1, int(self.filled[tracks].max(initial=0))))
        row, _ = np.nonzero(slots >= 0)
        slots = slots[slots >= 0]
        return Lot(tracks[row], *(self.column(name, slots) for name in ("hour", "total", "count", "below", "fresh")))

    def _write(self, slot: Index, lot: Lot) -> None:
        self._pool[2 * slot], self._pool[2 * slot + 1] = tallies(lot)

    def _give_pages(self, tracks: Index, rows: Index) -> None:
        """See that the first ``rows`` of each track have pages."""
        needed = np.arange(len(self._pages))[:, None] * PAGE < rows
        page, which = np.nonzero(needed & (self._pages[:, tracks] < 0))
        if not len(page):
            return
        self._pages[page, tracks[which]] = self._used + np.arange(len(page))
        self._used += len(page)
        self._pool = _grown(self._pool, 2 * self._used * PAGE)


def _grown(column: NDArray[Any], size: int) -> NDArray[Any]:
    """Room for ``size``, of zeros that take no memory until they are written to."""
    if size <= len(column):
        return column
    grown = np.zeros(max(size, len(column) * 3 // 2), column.dtype)
    grown[: len(column)] = column
    return grown
