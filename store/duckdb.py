"""The embedded readings store: a journal that makes an append durable at once, and DuckDB that keeps and answers.

Appends go to the journal and to memory; a thread merges sealed journal segments into DuckDB. Queries look at
both. Why, and what it costs: docs/adr/0002-readings-journal.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from store import queries
from store.backlog import Backlog, Tuning
from store.database import Database
from store.hourly import Hourly, low_marks, of_readings, span, summed
from store.journal import Journal, sync_folder
from store.lock import FileLock
from store.merge import unknown
from store.merger import Merger, load_latest, load_series
from store.readings import Aggregates, distinct
from store.sql import Cursor, number
from store.tail import Run
from vitals.batch import Batch
from vitals.errors import UnavailableError

Series = Sequence[int] | NDArray[Any]


class DuckDBReadings:
    """Readings in one DuckDB file, with the journal in a folder beside it; one process at a time, any thread.

    A reading is known by its series and time: appended again, even months later, it changes nothing.
    UnavailableError when another process holds the file, or the disk refuses (the store goes on when the disk
    does); BadDataError when the file is damaged.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, DuckDBReadings(Path(folder) / "readings.duckdb") as store:
    ...     code = store.series.code("p1", "oximeter-1", 1)
    ...     store.append(Batch.of([code, code], [1000, 1000], [97.0, 99.0], [1001, 1002]))
    ...     store.window(0, 2000).value.tolist(), store.count()
    ([97.0], 1)
    """

    def __init__(self, path: Path, tuning: Tuning | None = None) -> None:
        tuning = tuning or Tuning()
        folder = path.with_name(path.name + ".journal")
        _make_folder(folder)
        self._lock = FileLock(folder / "lock")
        try:
            self._database = Database(path, memory_limit=tuning.memory_limit, threads=tuning.threads)
            self.series = load_series(self._database)
            merged = load_latest(self._database)
            self._backlog = Backlog(Journal(folder, tuning.segment_bytes), self.series, tuning)
            self._backlog.recover(self._merged_segment(), merged)
        except BaseException:
            self._lock.release()
            raise
        self._merger = Merger(self._database, self._backlog, self.series, merged)
        self._merger.start()

    def append(self, batch: Batch) -> None:
        """Store readings; they are on disk when this returns. UnavailableError: store them again later."""
        self._backlog.append(batch)

    def window(self, start: int, end: int, series: Series | None = None) -> Batch:
        """The readings of [start, end) ms UTC, sorted by (series, time)."""
        asked = queries.asked_series(series)
        if end <= start or (asked is not None and not len(asked)):
            return Batch.empty()
        runs = self._backlog.runs  # before DuckDB is asked: what is merged meanwhile is found twice, never missed
        with self._database.cursor() as cursor:
            merged = queries.window(cursor, start, end, asked)
        return distinct(Batch.concat([merged, *(queries.pick(run.within(start, end), asked) for run in runs)]))

    def latest(self, series: Series | None = None) -> Batch:
        """The newest reading of each series that has one, sorted by series; from memory."""
        return queries.pick(self._backlog.latest(), queries.asked_series(series))

    def aggregate(self, start: int, end: int, every: int, series: Series | None = None) -> Aggregates:
        """Count, mean, min and max of [start, end) in buckets of ``every`` ms (see Aggregates)."""
        if every <= 0:
            raise ValueError(f"every {every} ms must be greater than 0")
        asked = queries.asked_series(series)
        if end <= start or (asked is not None and not len(asked)):
            return Aggregates.empty()
        with self._snapshot() as (cursor, runs):
            waiting = Batch.concat([queries.pick(run.within(start, end), asked) for run in runs])
            fresh = queries.single(self._fresh(cursor, waiting), every)
            return queries.finished([queries.aggregate(cursor, start, end, every, asked), fresh])

    def hourly(self, first: int, last: int, marks: Mapping[str, float], series: Series | None = None) -> Hourly:
        """The hours ``first`` to ``last`` without artefacts (see Hourly); ``marks`` by signal, in their units."""
        asked = queries.asked_series(series)
        if last < first or (asked is not None and not len(asked)):
            return Hourly.empty()
        window = span(first, last)
        with self._snapshot() as (cursor, runs):
            waiting = Batch.concat([queries.pick(run.within(*window), asked) for run in runs])
            fresh = of_readings(self._fresh(cursor, waiting), marks, self.series)
            merged, counts = queries.hourly(cursor, window, marks, asked)
        low = low_marks(marks, self.series, merged.series)
        below = sum((np.where(low == mark, count, 0) for mark, count in counts.items()), start=np.zeros(len(merged)))
        return summed([replace(merged, below=below.astype(np.int64)), fresh])

    def retain(self, before: int) -> int:
        """Delete the readings before a time (ms UTC); returns how many. DuckDB uses their space for later
        readings; the file itself grows no smaller.
        """
        return self._merger.retain(before)

    def count(self) -> int:
        """How many readings there are, each counted once."""
        with self._snapshot() as (cursor, runs):
            fresh = self._fresh(cursor, Batch.concat([run.all() for run in runs]))
            return number(cursor, "SELECT count(*) FROM stored") + len(fresh)

    def flush(self) -> None:
        """Merge what has been appended into DuckDB now: for exports and tests; durability needs no flush."""
        self._merger.flush()

    def close(self) -> None:
        """Merge, stop and let go of the file. What cannot be merged stays in the journal. Twice is harmless."""
        if self._closed:
            return
        self._closed = True
        self._backlog.close()
        self._merger.stop()
        with suppress(UnavailableError):
            self._merger.flush()
        self._database.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    _closed = False

    @contextmanager
    def _snapshot(self) -> Iterator[tuple[Cursor, list[Run]]]:
        """DuckDB as of one moment, and exactly the runs that were not merged at that moment."""
        runs = self._backlog.runs
        with self._database.transaction() as cursor:
            merged = _merged(cursor)
            yield cursor, [run for run in runs if run.number > merged]

    def _fresh(self, cursor: Cursor, rows: Batch) -> Batch:
        """The distinct rows among unmerged ones that DuckDB does not hold."""
        rows = distinct(rows)
        return rows.take(np.flatnonzero(unknown(cursor, rows, self._merger.merged)))

    def _merged_segment(self) -> int:
        with self._database.cursor() as cursor:
            return _merged(cursor)


def _merged(cursor: Cursor) -> int:
    return number(cursor, "SELECT merged FROM about")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)
    except OSError as error:
        raise UnavailableError(f"{folder}: cannot be made: {error.strerror} (choose another path)") from error
