"""Blocks of samples for rings, all in one pool of NumPy columns."""

from threading import Lock
from typing import Final

import numpy as np

from detectors.base import Floats, Index, Ints

_SAMPLE: Final = np.dtype([("time", np.int64), ("value", np.float64)])


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
        self._moving = Lock()
        self._views()

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

    def values(self, slots: Index) -> Floats:
        """The values there; any thread may ask."""
        with self._moving:
            return self.value[slots]

    def _allot(self, samples: int) -> int:
        start, self._top = self._top, self._top + samples
        if self._top > len(self._pool):
            with self._moving:
                self._enlarge(max(self._top, len(self._pool) * 5 // 4))
        return start

    def _enlarge(self, size: int) -> None:
        """Moving pages takes a sixth of the time of copying samples; but who holds a view must keep what it shows."""
        del self.time, self.value
        try:
            self._pool.resize(size)
        except ValueError:
            pool = np.empty(size, _SAMPLE)
            pool[: len(self._pool)] = self._pool
            self._pool = pool
        self._views()
