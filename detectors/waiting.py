"""Readings of streams that are in doubt, each as it came, until the next one of their series takes sides."""

import numpy as np

from detectors.columns import NEVER, Bools, Floats, Index, Ints, room
from vitals.batch import Batch


class Waiting:
    """At most one a series, in columns by series code.

    >>> waiting = Waiting()
    >>> waiting.grow(2)
    >>> waiting.put(Batch.of([1], [5], [84.0], [6]))
    >>> waiting.has(np.array([0, 1])).tolist(), waiting.of(np.array([1])).value.tolist()
    ([False, True], [84.0])
    """

    def __init__(self) -> None:
        self.time: Ints = np.zeros(0, np.int64)
        """NEVER where none waits."""
        self.value: Floats = np.zeros(0)
        self._received: Ints = np.zeros(0, np.int64)
        self._quality: Index = np.zeros(0, np.uint8)

    def grow(self, size: int) -> None:
        """Make room for series below ``size``."""
        self.time, self.value = room(self.time, size, NEVER), room(self.value, size, np.nan)
        self._received, self._quality = room(self._received, size, 0), room(self._quality, size, 0)

    def has(self, codes: Index) -> Bools:
        """Whether a reading of each waits."""
        return np.not_equal(self.time[codes], NEVER)

    def of(self, codes: Index) -> Batch:
        """What waits of these series."""
        return Batch.of(codes, self.time[codes], self.value[codes], self._received[codes], self._quality[codes])

    def put(self, doubted: Batch) -> None:
        """These wait from now on."""
        codes = doubted.series
        self.time[codes], self.value[codes] = doubted.time, doubted.value
        self._received[codes], self._quality[codes] = doubted.received, doubted.quality

    def drop(self, codes: Index) -> None:
        """None of these waits any more."""
        self.time[codes] = NEVER
