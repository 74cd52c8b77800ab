"""Blocks of samples for rings, all in one pool of NumPy columns."""

from typing import Final

import numpy as np

from detectors.columns import Floats, Index, Ints

_SAMPLE: Final = np.dtype([("time", np.int64), ("value", np.float64)])
_NEAR: Final = 1_024
"""Samples written at once: when their values are, the lines of their times are still in the processor's cache."""


class RingPool:
    """Time and value lie side by side, so that writing a sample touches one cache line.

    >>> pool = RingPool()
    >>> pool.blocks(16, 2).tolist(), len(pool.time)
    ([0, 16], 32)
    >>> pool.give_back(16, [16])
    >>> pool.blocks(16, 2).tolist()
    [16, 32]
    """

    def __init__(self) -> None:
        self._pool = np.empty(0, _SAMPLE)
        self._top = 0
        self._free: dict[int, list[int]] = {}
        self._views()

    def put(self, slots: Index, time: Ints, value: Floats) -> None:
        """Write samples into those slots."""
        for first in range(0, len(slots), _NEAR):
            part = slice(first, first + _NEAR)
            self.time[slots[part]], self.value[slots[part]] = time[part], value[part]

    def _views(self) -> None:
        self.time: Ints = self._pool["time"]
        self.value: Floats = self._pool["value"]

    @property
    def nbytes(self) -> int:
        """Memory, bytes."""
        return self._pool.nbytes

    def blocks(self, size: int, count: int) -> Ints:
        """Where ``count`` blocks of ``size`` samples begin, from now on in use."""
        free = self._free.setdefault(size, [])
        used = [free.pop() for _ in range(min(count, len(free)))]
        left = count - len(used)
        fresh = (self._allot(left * size) + np.arange(left, dtype=np.int64) * size) if left else np.zeros(0, np.int64)
        return np.concatenate([np.array(used, np.int64), fresh])

    def give_back(self, size: int, begins: list[int]) -> None:
        """These blocks are in use no more."""
        self._free.setdefault(size, []).extend(begins)

    def _allot(self, samples: int) -> int:
        start, self._top = self._top, self._top + samples
        if self._top > len(self._pool):
            # A new array: NumPy asks for huge pages for it, which one made longer by the system would not have.
            pool = np.empty(max(self._top, len(self._pool) * 3 // 2), _SAMPLE)
            pool[:start] = self._pool[:start]
            self._pool = pool
            self._views()
        return start
