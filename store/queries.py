"""What is asked of DuckDB: windows and aggregates of the merged readings."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.hourly import ARTEFACT, PARTS, STALE_BITS, Hourly
from store.readings import Aggregates
from store.sql import COLUMNS, Cursor
from vitals.batch import Batch
from vitals.times import HOUR

_ONE, _RUN, _SOME = "series = ?", "series BETWEEN ? AND ?", "series IN (SELECT unnest(?::INTEGER[]))"


def asked_series(series: Sequence[int] | NDArray[Any] | None) -> NDArray[np.int32] | None:
    """The distinct codes asked for, or None for all."""
    return None if series is None else np.unique(np.asarray(series, np.int32))


def pick(batch: Batch, asked: NDArray[np.int32] | None) -> Batch:
    """The rows of the series asked for."""
    if asked is None:
        return batch
    if len(asked) == 1:
        return batch.take(np.flatnonzero(batch.series == asked[0]))
    return batch.take(np.flatnonzero(np.isin(batch.series, asked, kind="table" if len(asked) else None)))


def window(cursor: Cursor, start: int, end: int, asked: NDArray[np.int32] | None) -> Batch:
    """The merged rows of [start, end), in no order."""
    condition, arguments = _condition(asked)
    found = cursor.execute(
        f"SELECT * FROM stored WHERE time >= ? AND time < ?{condition}",  # noqa: S608  (constants of this module)
        [start, end, *arguments],
    ).fetchnumpy()
    return Batch.of(*(found[name] for name in COLUMNS))


def aggregate(cursor: Cursor, start: int, end: int, every: int, asked: NDArray[np.int32] | None) -> Aggregates:
    """The buckets of the merged rows of [start, end), in no order; ``mean`` still holds the sum."""
    condition, arguments = _condition(asked)
    found = cursor.execute(
        "SELECT series, time - ((time % ?) + ?) % ? AS bucket, count(*) AS n, sum(value) AS total, "  # noqa: S608
        f"min(value) AS low, max(value) AS high FROM stored WHERE time >= ? AND time < ?{condition} GROUP BY ALL",
        [every, every, every, start, end, *arguments],
    ).fetchnumpy()
    return Aggregates.of(*(found[name] for name in ("series", "bucket", "n", "total", "low", "high")))


def hourly(
    cursor: Cursor, window: tuple[int, int], marks: Mapping[str, float], asked: NDArray[np.int32] | None
) -> tuple[Hourly, dict[float, NDArray[np.int64]]]:
    """Hours of the merged rows of [start, end), in no order; ``below`` is 0, and how many lie under each mark apart,
    whatever the signal.
    """
    condition, arguments = _condition(asked)
    lows = sorted(set(marks.values()))
    below = "".join(f", count(*) FILTER (value < ?) AS below{i}" for i in range(len(lows)))
    found = cursor.execute(
        f"SELECT series, (time - 1) // {HOUR} + 1 AS hour, count(*) AS n, "  # noqa: S608  (constants of this module)
        f"sum(floor(value * {PARTS} + 0.5)) / {PARTS} / count(*) AS mean, "
        f"count(*) FILTER (quality & {STALE_BITS} = 0) AS fresh{below} FROM stored "
        f"WHERE time >= ? AND time < ? AND quality & {ARTEFACT} = 0{condition} GROUP BY ALL",
        [*lows, *window, *arguments],
    ).fetchnumpy()
    series, hour, n, mean, fresh = (found[name] for name in ("series", "hour", "n", "mean", "fresh"))
    counts = {low: np.asarray(found[f"below{i}"], np.int64) for i, low in enumerate(lows)}
    return Hourly.of(series, hour, n, mean, np.zeros(len(series)), fresh), counts


def finished(parts: Sequence[Aggregates]) -> Aggregates:
    """Buckets of several disjoint sets of readings put together, sums made into means, sorted."""
    series = np.concatenate([part.series for part in parts])
    time = np.concatenate([part.time for part in parts])
    if not len(series):
        return Aggregates.empty()
    order = np.lexsort((time, series))
    series, time = series[order], time[order]
    first = np.flatnonzero(np.r_[True, (series[1:] != series[:-1]) | (time[1:] != time[:-1])])
    count = np.add.reduceat(np.concatenate([part.count for part in parts])[order], first)
    total = np.add.reduceat(np.concatenate([part.mean for part in parts])[order], first)
    low = np.minimum.reduceat(np.concatenate([part.min for part in parts])[order], first)
    high = np.maximum.reduceat(np.concatenate([part.max for part in parts])[order], first)
    return Aggregates.of(series[first], time[first], count, total / count, low, high)


def single(batch: Batch, every: int) -> Aggregates:
    """Each reading as a bucket of one; ``mean`` holds the sum."""
    return Aggregates.of(
        batch.series, batch.time // every * every, np.ones(len(batch)), batch.value, batch.value, batch.value
    )


def _condition(asked: NDArray[np.int32] | None) -> tuple[str, list[Any]]:
    if asked is None:
        return "", []
    if len(asked) == 1:
        return f" AND {_ONE}", [int(asked[0])]
    if asked[-1] - asked[0] == len(asked) - 1:
        return f" AND {_RUN}", [int(asked[0]), int(asked[-1])]
    return f" AND {_SOME}", [asked.tolist()]
