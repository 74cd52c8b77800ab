"""What every readings store shares: the columns of an aggregate, and rows sorted and told apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.columns import Columns
from vitals.batch import Batch


@dataclass(frozen=True, slots=True, eq=False)
class Aggregates(Columns):
    """Columns of n buckets, sorted by (series, time), read-only.

    ``series`` int32; ``time`` int64, the bucket's start in ms UTC, a multiple of ``every`` since 1970 (so the
    first may begin before the asked range); ``count`` int64, never 0: a bucket without readings is absent;
    ``mean``, ``min``, ``max`` float64 in the signal's unit.

    >>> Aggregates.empty().mean.tolist()
    []
    """

    types = (np.int32, np.int64, np.int64, np.float64, np.float64, np.float64)
    series: NDArray[np.int32]
    time: NDArray[np.int64]
    count: NDArray[np.int64]
    mean: NDArray[np.float64]
    min: NDArray[np.float64]
    max: NDArray[np.float64]


def distinct(batch: Batch) -> Batch:
    """The rows sorted by (series, time); of several with one identity the first in the batch stays.

    >>> distinct(Batch.of([1, 0, 1], [5, 9, 5], [70.0, 97.0, 71.0], [6, 9, 8])).value.tolist()
    [97.0, 70.0]
    """
    return batch if len(batch) < 2 else batch.take(first_of_each(batch.series, batch.time))


def first_of_each(*columns: NDArray[Any]) -> NDArray[np.intp]:
    """Row numbers in the order of the columns (the leftmost counts most), the first row of each equal set only.

    >>> first_of_each(np.array([1, 0, 1, 0]), np.array([5, 9, 5, 2])).tolist()
    [3, 1, 0]
    """
    key = _packed(columns)
    if key is None:
        order = np.lexsort(columns[::-1])
        return order[changes(*(column[order] for column in columns))]
    order = np.argsort(key)
    first = changes(key[order])
    if first.all():  # the quick sort forgets who came first, which matters only where there are equals
        return order
    return np.argsort(key, kind="stable")[first]


def _packed(columns: Sequence[NDArray[Any]]) -> NDArray[np.int64] | None:
    """One integer a row that sorts as the columns do; None where 62 bits do not hold it."""
    key, room = np.zeros(len(columns[0]), np.int64), 1 << 62
    for column in columns:
        low = int(column.min())
        width = int(column.max()) - low + 1
        room //= width
        if room == 0:
            return None
        key *= width
        key += column - low
    return key


def changes(*columns: NDArray[Any]) -> NDArray[np.bool_]:
    """Which rows of sorted columns (at least one row) differ from the row before; the first does.

    >>> changes(np.array([4, 4, 7])).tolist()
    [True, False, True]
    """
    found = np.ones(len(columns[0]), np.bool_)
    np.not_equal(columns[0][1:], columns[0][:-1], out=found[1:])
    for column in columns[1:]:
        found[1:] |= column[1:] != column[:-1]
    return found
