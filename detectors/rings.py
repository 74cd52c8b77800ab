"""The newest samples of every series, in memory: one ring a series, all in one pool of NumPy columns."""

from typing import Final

import numpy as np

from detectors.columns import NEVER, Bools, Floats, Index, Ints, room
from detectors.masks import any_of
from detectors.ring_pool import RingPool

FIRST: Final = 16
"""Samples a ring begins with: a quarter of an hour at one a minute."""
CAP: Final = 4096
"""Samples a ring grows to at most; ``full`` says which rings have reached it."""
_BLOCKS: Final = FIRST << np.arange(8, dtype=np.int32)[:, None]
"""So many of a ring's newest samples are read where all are not needed."""
_PART: Final = 8_192
"""Samples added at once: what is looked at before it is overwritten is then still in the processor's cache."""


class Rings:
    """Rings by series code; a ring doubles (up to CAP) rather than lose a sample within its series' ``need``.

    >>> rings = Rings()
    >>> rings.grow(2)
    >>> rings.push(np.array([1]), np.array([1000]), np.array([97.0]))
    >>> [column.tolist() for column in rings.context(np.array([0, 1]))]
    [[0, 1], [1000], [97.0]]
    """

    def __init__(self) -> None:
        self.size = 0
        """How many series there are; columns may be longer."""
        self.last: Ints = np.zeros(0, np.int64)
        """Time of each series' newest sample."""
        self.need: Ints = np.zeros(0, np.int64)
        """Context, ms, that each series' ring must span."""
        self._base: Ints = np.zeros(0, np.int64)
        self._mask: Index = np.zeros(0, np.int32)
        self._count: Index = np.zeros(0, np.int32)
        self._pool = RingPool()

    def grow(self, series: int) -> None:
        """Make rings for codes up to ``series``."""
        more = series - self.size
        if more <= 0:
            return
        self.last, self.need = room(self.last, series, NEVER), room(self.need, series, 0)
        self._base, self._mask = room(self._base, series, 0), room(self._mask, series, FIRST - 1)
        self._count = room(self._count, series, 0)
        self._base[self.size : series] = self._pool.blocks(FIRST, more)
        self.size = series

    def push(self, codes: Index, time: Ints, value: Floats) -> None:
        """Add one sample to each of ``codes`` (all different), newer than what is there."""
        for first in range(0, len(codes), _PART):
            part = slice(first, first + _PART)
            self._push(codes[part], time[part], value[part])

    def _push(self, codes: Index, time: Ints, value: Floats) -> None:
        count, mask = self._count.take(codes), self._mask.take(codes)
        slot = self._base.take(codes) + (count & mask)
        # The sample about to be overwritten is still needed: make room instead.
        short = (count > mask) & (time - self._pool.time[slot] < self.need.take(codes))
        if any_of(short) and any_of(short := short & (mask < CAP - 1)):
            self._double(codes[short])
            count, mask = self._count[codes], self._mask[codes]  # a doubled ring counts anew
            slot = self._base[codes] + (count & mask)
        self._pool.put(slot, time, value)
        self._count[codes] = count + 1
        self.last[codes] = time

    def extend(self, codes: Index, starts: Index, time: Ints, value: Floats) -> None:
        """Add runs of samples, each newer than what is there: run i of ``codes[i]`` begins at ``starts[i]``."""
        if not len(codes):
            return
        sizes = np.diff(starts, append=len(time))
        self._make_room(codes, starts, sizes, time)
        count, mask = self._count[codes], self._mask[codes]
        number = np.arange(len(time)) + (count - starts).repeat(sizes)
        slot = self._base[codes].repeat(sizes) + (number & mask.repeat(sizes))
        if any_of(sizes > mask + 1):  # only the end of a run longer than its ring
            kept = number >= (count + sizes - mask - 1).repeat(sizes)
            self._pool.put(slot[kept], time[kept], value[kept])
        else:
            self._pool.put(slot, time, value)
        self._count[codes] = count + sizes.astype(np.int32)
        self.last[codes] = time[starts + sizes - 1]

    def rewrite(self, codes: Index, starts: Index, time: Ints, value: Floats) -> None:
        """Put runs of samples in the place of what is there."""
        self._count[codes] = 0
        self.extend(codes, starts, time, value)

    def context(self, codes: Index, filled: Index | None = None) -> tuple[Index, Ints, Floats]:
        """Samples kept of each of ``codes``: how many, then times and values, oldest first; ``filled``: the newest so
        many only.
        """
        filled, slots = self._slots(codes, filled)
        return filled, self._pool.time[slots], self._pool.value[slots]

    def tail(self, code: int, most: int) -> tuple[Ints, Floats]:
        """Times and values of one series' newest samples, oldest first: cheaper than ``context`` for one."""
        count, mask, base = int(self._count[code]), int(self._mask[code]), int(self._base[code])
        first, end = base + ((count - min(count, mask + 1, most)) & mask), base + (count & mask)
        if first < end or not count:
            return self._pool.time[first:end], self._pool.value[first:end]
        parts = slice(first, base + mask + 1), slice(base, end)
        time, value = (
            np.concatenate([column[part] for part in parts]) for column in (self._pool.time, self._pool.value)
        )
        return time, value

    def ends(self, codes: Index, most: int) -> tuple[Ints, Floats]:
        """[k, most] times and values of each series' newest samples, oldest first; their rings must hold so many."""
        number = self._count[codes, None] + np.arange(-most, 0)
        slots = self._base[codes, None] + (number & self._mask[codes, None])
        return self._pool.time[slots], self._pool.value[slots]

    def filled(self, codes: Index) -> Index:
        """How many samples each one's ring holds."""
        held: Index = np.minimum(self._count[codes], self._mask[codes] + 1)
        return held

    def recent(self, codes: Index, after: Ints) -> Index:
        """How many of each one's newest samples surely hold all since ``after`` (ms) and two before: some doubling of
        FIRST, or all.
        """
        count, mask = self._count[codes], self._mask[codes]
        older = self._pool.time[self._base[codes] + ((count - _BLOCKS + 2) & mask)]
        enough = (older <= after) & (np.minimum(count - 1, mask) >= _BLOCKS)
        recent: Index = np.where(enough.any(axis=0), FIRST << enough.argmax(axis=0), np.minimum(count, mask + 1))
        return recent

    def newest(self, codes: Index) -> tuple[Ints, Floats]:
        """Time and value of the newest sample of each of ``codes`` that has one; NEVER and NaN where none."""
        slots = self._base[codes] + ((self._count[codes] - 1) & self._mask[codes])
        return self.last[codes], np.where(self._count[codes] > 0, self._pool.value[slots], np.nan)

    def full(self, codes: Index) -> Bools:
        """Which rings are as large as they get, and hold no more than that."""
        full: Bools = (self._mask[codes] == CAP - 1) & (self._count[codes] >= CAP)
        return full

    def largest(self, codes: Index) -> Bools:
        """Which rings grow no more: what is needed of them may be lost."""
        largest: Bools = self._mask[codes] == CAP - 1
        return largest

    @property
    def nbytes(self) -> int:
        """Memory of all columns, bytes."""
        columns = (self.last, self.need, self._base, self._mask, self._count, self._pool)
        return sum(column.nbytes for column in columns)

    def _slots(self, codes: Index, filled: Index | None = None) -> tuple[Index, Index]:
        count, mask, base = self._count[codes], self._mask[codes], self._base[codes]
        filled = np.minimum(count, mask + 1) if filled is None else filled
        ends = np.cumsum(filled)
        # Logical number of each sample since its ring began; the oldest kept is count - filled.
        number = np.arange(ends[-1] if len(ends) else 0) + np.repeat(count - ends, filled)
        return filled, np.repeat(base, filled) + (number & np.repeat(mask, filled))

    def _make_room(self, codes: Index, starts: Index, sizes: Index, time: Ints) -> None:
        while len(codes):
            count, mask = self._count.take(codes), self._mask.take(codes)
            ahead = sizes - mask - 2  # of the newest sample that would be lost, counted from the first that comes
            lost = count + ahead
            at = self._pool.time[self._base.take(codes) + (lost & mask)]
            if any_of(ahead >= 0):
                at = np.where(ahead >= 0, time[starts + np.maximum(ahead, 0)], at)
            short = (lost >= 0) & (time[starts + sizes - 1] - at < self.need.take(codes)) & (mask < CAP - 1)
            codes, starts, sizes = codes[short], starts[short], sizes[short]
            self._double(codes)

    def _double(self, codes: Index) -> None:
        for mask in np.unique(self._mask[codes]).tolist():
            chosen = codes[self._mask[codes] == mask]
            filled, time, value = self.context(chosen)
            old = self._base[chosen].tolist()
            self._base[chosen] = self._pool.blocks(2 * (mask + 1), len(chosen))
            self._mask[chosen] = 2 * mask + 1
            self._count[chosen] = 0
            self._pool.give_back(mask + 1, old)
            starts = np.cumsum(filled) - filled
            has = filled > 0
            slot = np.repeat(self._base[chosen] - starts, filled) + np.arange(len(time))
            self._pool.time[slot], self._pool.value[slot] = time, value
            self._count[chosen[has]] = filled[has]
