"""Columns of series and times in order: who sorts them, and how little of it is needed."""

import numpy as np

from detectors.columns import Index, Ints
from detectors.masks import all_of, any_of

_RUN = 16
"""Readings in a row of ascending series, on average, from which on merging is quicker than counting digits."""


def sorted_rows(series: Index, time: Ints) -> Index | None:
    """Rows in the order of series, then time, equal ones as they stand; None when they stand so.

    >>> sorted_rows(np.array([3, 5, 3]), np.array([2, 1, 1])).tolist()
    [2, 0, 1]
    """
    order = None
    if turns := int(np.count_nonzero(series[1:] < series[:-1])):
        order = _by_digits(series, turns)
        series, time = series.take(order), time.take(order)
    if any_of((series[1:] == series[:-1]) & (time[1:] < time[:-1])):
        again = np.lexsort((time, series))
        return again if order is None else order.take(again)
    return order


def starts_of(series: Index) -> Index:
    """Where each series of a sorted column begins.

    >>> starts_of(np.array([3, 3, 5])).tolist()
    [0, 2]
    """
    begins = np.empty(len(series), bool)
    begins[:1] = True
    np.not_equal(series[1:], series[:-1], out=begins[1:])
    return begins.nonzero()[0]


def rising(series: Index) -> bool:
    """Whether each is greater than the one before it.

    >>> rising(np.array([3, 5, 5])), rising(np.array([3, 5, 6]))
    (False, True)
    """
    return all_of(series[1:] > series[:-1])


def once_each(series: Index, time: Ints, rows: Index | None) -> tuple[Index | None, Index]:
    """The rows sorted by series, then time, and their series; of readings with the same series and time the first.

    ``rows`` (None: all) are those of the batch that ``series`` is of; ``time`` is of the whole batch.

    >>> rows, series = once_each(np.array([5, 3, 5]), np.array([1, 1, 1]), None)
    >>> rows.tolist(), series.tolist()
    ([1, 0], [3, 5])
    """
    order = sorted_rows(series, time if rows is None else time.take(rows))
    if order is not None:
        rows, series = order if rows is None else rows.take(order), series.take(order)
    at = time if rows is None else time.take(rows)
    twin = (series[1:] == series[:-1]) & (at[1:] == at[:-1])
    if any_of(twin):
        kept = np.concatenate([[True], ~twin])
        rows, series = kept.nonzero()[0] if rows is None else rows[kept], series[kept]
    return rows, series


def _by_digits(series: Index, turns: int) -> Index:
    """Stable. NumPy sorts numbers of 16 bits by their digits, others by merging runs: quick where they are long."""
    if turns * _RUN < len(series):
        return np.argsort(series, kind="stable")
    number = series - series.min()
    order = np.argsort(number.astype(np.uint16), kind="stable")
    high = number >> 16
    return order.take(np.argsort(high.take(order).astype(np.uint16), kind="stable")) if any_of(high) else order
