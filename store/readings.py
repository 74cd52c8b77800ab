"""What every readings store shares: the columns of an aggregate, and rows sorted and told apart."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from vitals.batch import Batch

_TYPES = (np.int32, np.int64, np.int64, np.float64, np.float64, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Aggregates:
    """Columns of n buckets, sorted by (series, time), read-only.

    ``series`` int32; ``time`` int64, the bucket's start in ms UTC, a multiple of ``every`` since 1970 (so the
    first may begin before the asked range); ``count`` int64, never 0: a bucket without readings is absent;
    ``mean``, ``min``, ``max`` float64 in the signal's unit.

    >>> Aggregates.empty().mean.tolist()
    []
    """

    series: NDArray[np.int32]
    time: NDArray[np.int64]
    count: NDArray[np.int64]
    mean: NDArray[np.float64]
    min: NDArray[np.float64]
    max: NDArray[np.float64]

    @classmethod
    def of(cls, *columns: Any) -> Self:
        """Make it from six sequences of equal length, in the order of the fields."""
        arrays = [np.asarray(column, kind) for column, kind in zip(columns, _TYPES, strict=True)]
        for array in arrays:
            array.flags.writeable = False
        return cls(*arrays)

    @classmethod
    def empty(cls) -> Self:
        return cls.of([], [], [], [], [], [])

    def __len__(self) -> int:
        return len(self.series)


def distinct(batch: Batch) -> Batch:
    """The rows sorted by (series, time); of several with one identity the first in the batch stays.

    >>> distinct(Batch.of([1, 0, 1], [5, 9, 5], [70.0, 97.0, 71.0], [6, 9, 8])).value.tolist()
    [97.0, 70.0]
    """
    if len(batch) < 2:
        return batch
    order = np.lexsort((batch.time, batch.series))
    series, time = batch.series[order], batch.time[order]
    first = np.empty(len(order), np.bool_)
    first[0] = True
    np.not_equal(series[1:], series[:-1], out=first[1:])
    first[1:] |= time[1:] != time[:-1]
    return batch.take(order if first.all() else order[first])
