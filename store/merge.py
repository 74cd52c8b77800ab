"""Merging readings into DuckDB: told apart from what is there, laid out so that windows stay quick."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from store.readings import changes, first_of_each
from store.sql import COLUMNS, Cursor, number
from store.tail import Latest
from vitals.batch import Batch
from vitals.series import SeriesKey
from vitals.signals import SIGNALS
from vitals.times import DAY

DENSE = 4096
"""Rows of an older day that are worth a place of their own among the readings; fewer go to ``late``."""
FOLD = 1 << 20
"""Rows in ``late`` that are sorted into ``readings`` together."""
_RANGES = 32


def unknown(cursor: Cursor, batch: Batch, merged: Latest) -> NDArray[np.bool_]:
    """Which rows of a distinct batch DuckDB does not hold yet.

    A row newer than everything of its series is new; only the others are looked up, in the times they span.
    ``merged`` may be ahead of what the cursor sees, never behind.
    """
    new = np.ones(len(batch), np.bool_)
    old = np.flatnonzero(batch.time <= merged.times(batch.series))
    if len(old):
        times = batch.time[old]
        for low, high in ranges(times):
            rows = old[(times >= low) & (times <= high)]
            new[rows[_stored(cursor, batch.take(rows), low, high)]] = False
    return new


def ranges(times: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Closed ranges that cover the times, apart where whole days are empty; at most some dozens.

    >>> ranges(np.array([5 * DAY + 7, 3, 5 * DAY, 1]))
    [(1, 3), (432000000, 432000007)]
    """
    times = np.sort(times)
    gaps = np.diff(times)
    wide = np.flatnonzero(gaps > DAY)
    cuts = np.sort(wide[np.argsort(-gaps[wide], kind="stable")[: _RANGES - 1]])
    starts, ends = np.concatenate([[0], cuts + 1]), np.concatenate([cuts, [len(times) - 1]])
    return list(zip(times[starts].tolist(), times[ends].tolist(), strict=True))


def _stored(cursor: Cursor, batch: Batch, low: int, high: int) -> NDArray[np.int64]:
    """Row numbers of the batch that DuckDB holds between two times. The small side is hashed: its lowest and
    highest series and time then prune the scan of the large one.
    """
    keys = {"row": np.arange(len(batch)), "series": batch.series, "time": batch.time}
    cursor.register("asked", keys)
    found = cursor.execute(
        "SELECT asked.row FROM stored JOIN asked USING (series, time) WHERE stored.time BETWEEN ? AND ?", [low, high]
    ).fetchnumpy()["row"]
    cursor.unregister("asked")
    return np.asarray(found, np.int64)


def merge(cursor: Cursor, batch: Batch, segment: int, merged: Latest, publish: Callable[[Latest], None]) -> int:
    """Put the rows of a journal segment into DuckDB; returns how many were new. The caller commits.

    Rows are sorted by (day, series, time). ``publish`` is given the newest readings before they can be
    committed, so that nobody ever knows fewer than DuckDB holds.
    """
    fresh = batch.take(first_of_each(batch.time // DAY, batch.series, batch.time)) if len(batch) else batch
    fresh = _where(fresh, unknown(cursor, fresh, merged))
    if len(fresh):
        days = fresh.time // DAY
        ahead = merged.copy()
        ahead.advance(fresh.take(np.flatnonzero(np.r_[changes(fresh.series, days)[1:], True])))
        publish(ahead)
        late = _sparse(days)
        insert(cursor, "readings", _where(fresh, ~late))
        insert(cursor, "late", _where(fresh, late))
        replace_latest(cursor, ahead)
    cursor.execute("UPDATE about SET merged = ?", [segment])
    return len(fresh)


def _where(batch: Batch, mask: NDArray[np.bool_]) -> Batch:
    return batch if mask.all() else batch.take(np.flatnonzero(mask))


def _sparse(days: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rows, sorted by day, lie on older days with few rows. The last two days are never old."""
    starts = np.flatnonzero(changes(days))
    counts = np.diff(starts, append=len(days))
    return np.repeat((counts < DENSE) & (days[starts] < days[-1] - 1), counts)


def insert(cursor: Cursor, table: str, batch: Batch) -> None:
    """Append rows to a table in their order."""
    if len(batch):
        cursor.register("incoming", dict(zip(COLUMNS, batch.columns, strict=True)))
        cursor.execute(f"INSERT INTO {table} SELECT * FROM incoming")  # noqa: S608  (a constant of the caller)
        cursor.unregister("incoming")


def insert_series(cursor: Cursor, first: int, keys: Sequence[SeriesKey]) -> None:
    """Write the keys of the codes from ``first`` on."""
    if keys:
        patients, devices, signals = zip(*keys, strict=True)
        columns = {
            "code": np.arange(first, first + len(keys), dtype=np.int32),
            "patient": np.array(patients, np.object_),
            "device": np.array(devices, np.object_),
            "signal": np.array([SIGNALS[code].name for code in signals], np.object_),
        }
        cursor.register("incoming", columns)
        cursor.execute("INSERT INTO series SELECT * FROM incoming")
        cursor.unregister("incoming")


def replace_latest(cursor: Cursor, latest: Latest) -> None:
    """Write the newest readings anew: cheaper than finding the rows that changed."""
    cursor.execute("DELETE FROM latest")
    insert(cursor, "latest", latest.batch())


def fold_late(cursor: Cursor) -> None:
    """Sort the late rows into the readings, once there are many. The caller commits."""
    if number(cursor, "SELECT count(*) FROM late") >= FOLD:
        cursor.execute(f"INSERT INTO readings SELECT * FROM late ORDER BY time // {DAY}, series, time")  # noqa: S608
        cursor.execute("DELETE FROM late")
