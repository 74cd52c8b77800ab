"""Rows of hours, a few hundred a track, all in one pool of NumPy columns: the newest KEPT of each, oldest first."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detectors.base import Bools, Index, room
from detectors.hour_lot import Lot
from detectors.slow import KEPT

MOST: Final = 65_535
"""Readings that an hour counts at most (18 a second)."""
PAGE: Final = 24
"""Hours are given room a page at a time, as they come: most people are measured a few times a day."""
_COLUMNS: Final = {"hour": np.int32, "total": np.int64, "count": np.uint16, "below": np.uint16, "fresh": np.bool_}
_NONE: Final = -(1 << 31)


class HourRows:
    """Rings of rows by track number, in pages: appending to a full one forgets its oldest hour.

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
        self._pages: Index = np.zeros((KEPT // PAGE, 0), np.int32)
        self._used = 1  # the first page is nobody's: it is where -1 points
        self._pool: dict[str, NDArray[Any]] = {name: np.zeros(PAGE, kind) for name, kind in _COLUMNS.items()}

    def grow(self, tracks: int) -> None:
        """Make room for tracks up to ``tracks``."""
        self.newest, self.filled = room(self.newest, tracks, _NONE), room(self.filled, tracks, 0)
        self._first, self._pages = room(self._first, tracks, 0), room(self._pages, tracks, -1)
        self.size = max(self.size, tracks)

    def add(self, lot: Lot) -> None:
        """Count readings, each row its own or sums of many, in any order."""
        current = lot.hour == self.newest[lot.track]
        if current.any():
            self._count(lot if current.all() else lot.take(current))
        if not current.all():
            rest = lot.take(~current).summed()
            ahead = rest.hour > self.newest[rest.track]
            self._merge(rest.take(~ahead), renew=False)
            self._append(rest.take(ahead))

    def renew(self, lot: Lot) -> None:
        """Put hours in the place of what is there, where they count at least as many readings."""
        self._merge(lot.summed(), renew=True)

    def slots(self, tracks: Index, at: int, wide: int) -> Index:
        """[m, wide]: where the newest hours not after ``at`` of each track are, right-aligned; -1 where none."""
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
        slot = self._slot(tracks, self.filled[tracks] - back)
        return self._pool["hour"][slot], self._pool["fresh"][slot]

    def column(self, name: str, slots: Index) -> NDArray[Any]:
        """A column's values in those slots."""
        return self._pool[name][slots]

    @property
    def nbytes(self) -> int:
        """Memory of all columns, bytes."""
        tracks = (self.newest, self.filled, self._first, self._pages)
        return sum(column.nbytes for column in (*tracks, *self._pool.values()))

    def _slot(self, tracks: Index, number: Index) -> Index:
        """Where a track's row is, 0 its oldest."""
        page, line = np.divmod((self._first[tracks] + number) % KEPT, PAGE)
        slot: Index = self._pages[page, tracks].astype(np.int64) * PAGE + line
        return slot

    def _count(self, lot: Lot) -> None:
        """Into the newest hour of each track, the way of nearly all readings."""
        slot = self._slot(lot.track, self.filled[lot.track] - 1)
        if (self._pool["count"][slot] > MOST - int(lot.count.sum())).any():  # more would begin again from zero
            self._merge(lot.summed(), renew=False)
            return
        np.add.at(self._pool["total"], slot, lot.total)
        np.add.at(self._pool["count"], slot, lot.count.astype(np.uint16))
        np.add.at(self._pool["below"], slot, lot.below.astype(np.uint16))
        self._pool["fresh"][slot[lot.fresh]] = True

    def _append(self, lot: Lot) -> None:
        """Hours newer than what is there, sorted by (track, hour)."""
        if not len(lot.track):
            return
        starts = np.flatnonzero(np.diff(lot.track, prepend=-1))
        sizes = np.diff(starts, append=len(lot.track))
        tracks = lot.track[starts]
        wanted = self.filled[tracks] + sizes
        self._give_pages(tracks, np.minimum(wanted, KEPT))
        number = self.filled[lot.track] + np.arange(len(lot.track)) - np.repeat(starts, sizes)
        kept = number >= np.repeat(wanted, sizes) - KEPT
        self._write(self._slot(lot.track[kept], number[kept]), lot.take(kept))
        self._first[tracks] = (self._first[tracks] + np.maximum(wanted - KEPT, 0)) % KEPT
        self.filled[tracks] = np.minimum(wanted, KEPT)
        self.newest[tracks] = lot.hour[starts + sizes - 1]

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
        hour, total, count, below = (self._pool[n][slots].astype(np.int64) for n in ("hour", "total", "count", "below"))
        return Lot(tracks[row], hour, total, count, below, self._pool["fresh"][slots])

    def _write(self, slot: Index, lot: Lot) -> None:
        share = np.minimum(1.0, MOST / np.maximum(lot.count, 1))  # an overfull hour keeps its mean
        for name, column in (("total", lot.total), ("count", lot.count), ("below", lot.below)):
            self._pool[name][slot] = column if (share == 1).all() else np.rint(column * share).astype(np.int64)
        self._pool["hour"][slot], self._pool["fresh"][slot] = lot.hour, lot.fresh

    def _give_pages(self, tracks: Index, rows: Index) -> None:
        """See that the first ``rows`` of each track have pages."""
        needed = np.arange(len(self._pages))[:, None] * PAGE < rows
        page, which = np.nonzero(needed & (self._pages[:, tracks] < 0))
        if not len(page):
            return
        self._pages[page, tracks[which]] = self._used + np.arange(len(page))
        self._used += len(page)
        self._pool = {name: _grown(column, self._used * PAGE) for name, column in self._pool.items()}


def _grown(column: NDArray[Any], size: int) -> NDArray[Any]:
    """Room for ``size``, of zeros that take no memory until they are written to."""
    if size <= len(column):
        return column
    grown = np.zeros(max(size, len(column) * 3 // 2), column.dtype)
    grown[: len(column)] = column
    return grown
