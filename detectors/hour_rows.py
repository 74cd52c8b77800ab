"""Rows of hours, a few hundred a track, all in one pool of NumPy columns: the newest KEPT of each, oldest first."""

from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from detectors.base import Bools, Index, Ints, room
from detectors.slow import KEPT

SCALE: Final = 10_000
"""Sums are whole numbers of this part of a unit: adding those in any order gives the same, adding floats does not."""
MOST: Final = 65_535
"""Readings that an hour counts at most (18 a second)."""
_FIRST: Final = 24
"""Hours that a track has room for at first; the next step is all, for blocks that are left behind are waste."""
_COLUMNS: Final = {"hour": np.int32, "total": np.int64, "count": np.uint16, "below": np.uint16, "fresh": np.bool_}
_NONE: Final = -(1 << 31)


@dataclass(frozen=True, slots=True, eq=False)
class Lot:
    """Columns of n rows: ``track``, ``hour`` int64; ``total`` int64 (SCALE), ``count`` and ``below`` int64 readings,
    ``fresh`` bool: one of them at least was not stale.
    """

    track: Index
    hour: Ints
    total: Ints
    count: Ints
    below: Ints
    fresh: Bools

    def take(self, rows: Any) -> Self:
        return type(self)(*(getattr(self, f.name)[rows] for f in fields(self)))

    def beside(self, other: "Lot") -> "Lot":
        return Lot(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))

    def summed(self) -> "Lot":
        """One row for each (track, hour), sorted, readings added up.

        >>> ones = np.ones(3, np.int64)
        >>> lot = Lot(ones, np.array([7, 5, 7]), ones * 10, ones, ones * 0, ones > 0)
        >>> lot.summed().hour.tolist(), lot.summed().total.tolist()
        ([5, 7], [10, 20])
        """
        if not len(self.track):
            return self
        lot = self.take(np.argsort((self.track.astype(np.int64) << 32) + self.hour, kind="stable"))
        first = np.flatnonzero(_first_of_hour(lot))
        total, count, below = (np.add.reduceat(column, first) for column in (lot.total, lot.count, lot.below))
        fresh = np.logical_or.reduceat(lot.fresh, first)
        return Lot(lot.track[first], lot.hour[first], total, count, below, fresh)

    def fullest(self) -> "Lot":
        """One row for each (track, hour), sorted: that which counts most readings, of equal ones the last."""
        lot = self.take(np.lexsort((self.count, self.hour, self.track)))
        return lot.take(np.append(_first_of_hour(lot)[1:], True))


def _first_of_hour(lot: Lot) -> Bools:
    first = np.ones(len(lot.track), bool)
    first[1:] = (lot.track[1:] != lot.track[:-1]) | (lot.hour[1:] != lot.hour[:-1])
    return first


class HourRows:
    """Blocks of rows by track number; a block is a ring, so that appending to a full one forgets its oldest hour."""

    def __init__(self) -> None:
        self.size = 0
        self.newest: Index = np.zeros(0, np.int32)
        """Each track's newest hour."""
        self.filled: Index = np.zeros(0, np.int16)
        self._base: Ints = np.zeros(0, np.int64)
        self._first: Index = np.zeros(0, np.int16)
        self._room: Index = np.zeros(0, np.int16)
        self._free: list[int] = []
        self._top = 0
        self._pool: dict[str, NDArray[Any]] = {name: np.zeros(0, kind) for name, kind in _COLUMNS.items()}

    def grow(self, tracks: int) -> None:
        """Make blocks for tracks up to ``tracks``."""
        more = tracks - self.size
        if more <= 0:
            return
        self.newest, self.filled = room(self.newest, tracks, _NONE), room(self.filled, tracks, 0)
        self._base, self._first = room(self._base, tracks, 0), room(self._first, tracks, 0)
        self._room = room(self._room, tracks, _FIRST)
        self._base[self.size : tracks] = self._allot(_FIRST, more)
        self.size = tracks

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
        base, start, size = (c[tracks].astype(np.int64)[:, None] for c in (self._base, self._first, self._room))
        return np.where(number >= 0, base + (start + number) % size, -1)

    def nth_newest(self, tracks: Index, back: Index) -> tuple[Index, Bools]:
        """The hour that is ``back`` (1: the newest) from the end of each track, and whether it is a fresh one."""
        number = np.maximum(self.filled[tracks] - back, 0)
        slot = self._base[tracks] + (self._first[tracks] + number) % self._room[tracks]
        return self._pool["hour"][slot], self._pool["fresh"][slot] & (self.filled[tracks] >= back)

    def column(self, name: str, slots: Index) -> NDArray[Any]:
        """A column's values in those slots."""
        return self._pool[name][slots]

    @property
    def nbytes(self) -> int:
        """Memory of all columns, bytes."""
        tracks = (self.newest, self.filled, self._base, self._first, self._room)
        return sum(column.nbytes for column in (*tracks, *self._pool.values()))

    def _count(self, lot: Lot) -> None:
        """Into the newest hour of each track, the way of nearly all readings."""
        turn = (self._first[lot.track] + self.filled[lot.track] - 1) % self._room[lot.track]
        slot = self._base[lot.track] + turn
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
        self._make_room(tracks[self.filled[tracks] + sizes > self._room[tracks]])
        number = self.filled[lot.track] + np.arange(len(lot.track)) - np.repeat(starts, sizes)
        kept = number >= (self.filled[tracks] + sizes).repeat(sizes) - self._room[lot.track]
        of = lot.track[kept]
        slot = self._base[of] + (self._first[of] + number[kept]) % self._room[of]
        self._write(slot, lot.take(kept))
        over = np.maximum(self.filled[tracks] + sizes - self._room[tracks], 0)
        self._first[tracks] = (self._first[tracks] + over) % self._room[tracks]
        self.filled[tracks] = np.minimum(self.filled[tracks] + sizes, self._room[tracks])
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

    def _make_room(self, tracks: Index) -> None:
        tracks = tracks[self._room[tracks] < KEPT]
        if not len(tracks):
            return
        rows, left = self._rows(tracks), self._base[tracks].tolist()
        self._base[tracks] = self._allot(KEPT, len(tracks))
        self._room[tracks], self._first[tracks], self.filled[tracks] = KEPT, 0, 0
        self._free += left
        self._append(rows)

    def _allot(self, size: int, count: int) -> Ints:
        reused = [self._free.pop() for _ in range(min(count, len(self._free)))] if size == _FIRST else []
        fresh = self._top + np.arange(count - len(reused), dtype=np.int64) * size
        self._top += len(fresh) * size
        if self._top > len(self._pool["hour"]):
            self._pool = {name: _grown(column, self._top) for name, column in self._pool.items()}
        return np.concatenate([np.array(reused, np.int64), fresh])


def _grown(column: NDArray[Any], size: int) -> NDArray[Any]:
    """Zeros that were never written to take no memory yet."""
    grown = np.zeros(max(size, len(column) * 5 // 4), column.dtype)
    grown[: len(column)] = column
    return grown
