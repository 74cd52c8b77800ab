"""Hourly statistics of series, as detectors of trends want them: artefacts left out, hours that end on the stroke."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from store.columns import Columns
from store.readings import changes
from vitals.batch import STALE, Batch, Quality
from vitals.series import SeriesTable
from vitals.signals import BY_NAME
from vitals.times import HOUR

PARTS: Final = 10_000
"""Values count in whole parts of this size of a unit: sums are then the same in whichever order they are made."""
ARTEFACT: Final = int(Quality.ARTEFACT)
STALE_BITS: Final = int(STALE)


@dataclass(frozen=True, slots=True, eq=False)
class Hourly(Columns):
    """Columns of n series' hours, sorted by (series, hour), read-only.

    ``series`` int32; ``hour`` int64: hour h holds ``(h - 1) * HOUR < time <= h * HOUR``; ``count`` int64 of readings
    that are no artefacts, never 0; ``mean`` float64 of them in the signal's unit, to 1e-4; ``below`` int64: how many
    lie under the signal's mark; ``fresh`` int64: how many are neither late nor retained.

    >>> Hourly.empty().mean.tolist()
    []
    """

    types = (np.int32, np.int64, np.int64, np.float64, np.int64, np.int64)
    series: NDArray[np.int32]
    hour: NDArray[np.int64]
    count: NDArray[np.int64]
    mean: NDArray[np.float64]
    below: NDArray[np.int64]
    fresh: NDArray[np.int64]


def span(first: int, last: int) -> tuple[int, int]:
    """[start, end) in ms of the hours ``first`` to ``last``.

    >>> span(1, 1)
    (1, 3600001)
    """
    return (first - 1) * HOUR + 1, last * HOUR + 1


def low_marks(marks: Mapping[str, float], table: SeriesTable, series: NDArray[Any]) -> NDArray[np.float64]:
    """The mark of each series' signal, minus infinity where it has none. KeyError: a mark's signal is unknown."""
    of = np.full(max(signal.code for signal in BY_NAME.values()) + 1, -np.inf)
    for name, mark in marks.items():
        of[BY_NAME[name].code] = mark
    found: NDArray[np.float64] = of[table.signal_codes()[series]]
    return found


def of_readings(batch: Batch, marks: Mapping[str, float], table: SeriesTable) -> Hourly:
    """Each reading of a batch that is no artefact as an hour of its own."""
    batch = batch.take(np.flatnonzero((batch.quality & ARTEFACT) == 0))
    below = batch.value < low_marks(marks, table, batch.series)
    value = np.floor(batch.value * PARTS + 0.5) / PARTS
    fresh = (batch.quality & STALE_BITS) == 0
    return Hourly.of(batch.series, -(-batch.time // HOUR), np.ones(len(batch)), value, below, fresh)


def summed(parts: Sequence[Hourly]) -> Hourly:
    """Hours of disjoint sets of readings put together."""
    series, hour, count, mean, below, fresh = (np.concatenate(c) for c in zip(*(p.columns for p in parts), strict=True))
    if not len(series):
        return Hourly.empty()
    order = np.lexsort((hour, series))
    series, hour, count = series[order], hour[order], count[order]
    first = np.flatnonzero(changes(series, hour))
    total = np.add.reduceat(np.rint(mean[order] * count * PARTS), first)
    readings = np.add.reduceat(count, first)
    counted = (np.add.reduceat(column[order], first) for column in (below, fresh))
    return Hourly.of(series[first], hour[first], readings, total / PARTS / readings, *counted)


def days(first: int, last: int) -> Iterator[tuple[int, int]]:
    """The hours ``first`` to ``last`` in parts of at most a day.

    >>> list(days(1, 30))
    [(1, 24), (25, 30)]
    """
    for start in range(first, last + 1, 24):
        yield start, min(start + 23, last)
