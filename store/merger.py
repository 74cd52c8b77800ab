"""The thread that moves sealed runs into DuckDB, and retention, which must not run beside it."""

import threading

import structlog

from store.backlog import Backlog
from store.database import Database
from store.merge import fold_late, insert_series, merge, replace_latest
from store.sql import COLUMNS, number
from store.tail import Latest, Run
from vitals.batch import Batch
from vitals.errors import UnavailableError
from vitals.series import SeriesTable
from vitals.signals import BY_NAME

_LONGEST_PAUSE_S = 5.0  # less than the patience of an append: it goes on as soon as the disk does
log = structlog.get_logger(__name__)


class Merger:
    """Merges from ``start`` to ``stop``, and at once when asked. ``merged`` is never behind what DuckDB holds."""

    def __init__(self, database: Database, backlog: Backlog, table: SeriesTable, merged: Latest) -> None:
        self._database, self._backlog, self._table = database, backlog, table
        self._alone = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="readings-merge", daemon=True)
        self.merged = merged

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Wait for the thread, after the backlog was closed."""
        self._thread.join()

    def flush(self) -> None:
        """Merge everything that was appended until now; UnavailableError if DuckDB or the disk refuses."""
        self._backlog.seal()
        with self._alone:
            self._merge_sealed()

    def retain(self, before: int) -> int:
        """Delete the readings before a time; returns how many."""
        self._backlog.seal()
        with self._alone:
            self._merge_sealed()
            kept = self.merged.copy()
            kept.forget(before)
            with self._database.transaction() as cursor:
                deleted = number(cursor, "DELETE FROM readings WHERE time < ?", [before])
                deleted += number(cursor, "DELETE FROM late WHERE time < ?", [before])
                replace_latest(cursor, kept)
            self.merged = kept
            self._backlog.restart_latest(kept)
            self._database.checkpoint()
        log.info("readings_deleted", before=before, count=deleted)
        return deleted

    def _work(self) -> None:
        pause = 1.0
        while self._backlog.wait():
            try:
                with self._alone:
                    self._merge_sealed()
                pause = 1.0
            except UnavailableError as error:
                log.warning("merge_failed", error=str(error), again_in_s=pause)
                self._backlog.pause(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)

    def _merge_sealed(self) -> None:
        for run in self._backlog.sealed():
            self._merge(run)

    def _merge(self, run: Run) -> None:
        with self._database.transaction() as cursor:
            written = number(cursor, "SELECT count(*) FROM series")
            insert_series(cursor, written, self._table.keys[written:])
            merge(cursor, run.all(), run.number, self.merged, self._publish)
        self._backlog.drop(run, self.merged)
        with self._database.transaction() as cursor:
            fold_late(cursor)
        self._database.checkpoint()

    def _publish(self, ahead: Latest) -> None:
        self.merged = ahead


def load_series(database: Database) -> SeriesTable:
    """The series table as DuckDB keeps it."""
    with database.cursor() as cursor:
        rows = cursor.execute("SELECT patient, device, signal FROM series ORDER BY code").fetchall()
    table = SeriesTable()
    for patient, device, signal in rows:
        table.code(patient, device, BY_NAME[signal].code)
    return table


def load_latest(database: Database) -> Latest:
    """The newest merged reading of each series as DuckDB keeps it."""
    latest = Latest()
    with database.cursor() as cursor:
        found = cursor.execute("SELECT * FROM latest").fetchnumpy()
    latest.advance(Batch.of(*(found[name] for name in COLUMNS)))
    return latest
