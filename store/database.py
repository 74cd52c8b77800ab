"""The DuckDB file of the readings store: opened with clear errors, its tables, its cursors."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from store.sql import number
from vitals.errors import BadDataError, UnavailableError

FORMAT = 1
_COLUMNS = (
    "(series INTEGER NOT NULL, time BIGINT NOT NULL, value DOUBLE NOT NULL, "
    "received BIGINT NOT NULL, quality UTINYINT NOT NULL)"
)
# `late` holds rows far older than those they arrived with, until there are enough to be worth a place of
# their own in `readings`: one of them in a row group would widen that group's time range by years, and every
# window in between would have to read the group.
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS about (format INTEGER NOT NULL, merged BIGINT NOT NULL);
INSERT INTO about SELECT {FORMAT}, 0 WHERE NOT EXISTS (FROM about);
CREATE TABLE IF NOT EXISTS series (code INTEGER NOT NULL, patient VARCHAR NOT NULL,
                                   device VARCHAR NOT NULL, signal VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS readings {_COLUMNS};
CREATE TABLE IF NOT EXISTS late {_COLUMNS};
CREATE TABLE IF NOT EXISTS latest {_COLUMNS};
CREATE OR REPLACE VIEW stored AS SELECT * FROM readings UNION ALL SELECT * FROM late;
"""  # noqa: S608  (constants of this module)


class Database:
    """A pool of cursors on one file; a cursor is one thread's at a time.

    DuckDB's own errors leave as UnavailableError, so that callers need not know it; after one that makes DuckDB
    refuse all further work the file is opened anew.
    """

    def __init__(self, path: Path, *, memory_limit: str, threads: int) -> None:
        self._path = path
        # Checkpoints are ours to time: inside a commit they would make the readers behind it wait.
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "threads": threads,
            "checkpoint_threshold": "1TB",
        }
        self._lock = threading.Lock()
        self._connection = self._open()
        self._idle: list[duckdb.DuckDBPyConnection] = []

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that goes back to the pool; what an error left of a transaction is rolled back."""
        with self._translated():
            with self._lock:
                owner = self._connection
                cursor = self._idle.pop() if self._idle else owner.cursor()
            yield cursor
            with self._lock:
                if owner is self._connection:  # else it was opened anew meanwhile
                    self._idle.append(cursor)

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor inside a transaction, committed at the end, rolled back at an error."""
        with self.cursor() as cursor:
            cursor.begin()
            try:
                yield cursor
                cursor.commit()
            except BaseException:
                with suppress(duckdb.Error):
                    cursor.rollback()
                raise

    def checkpoint(self) -> bool:
        """Move DuckDB's log into its file; False where a reader is in the way, which the next one mends."""
        try:
            with self.cursor() as cursor:
                cursor.execute("CHECKPOINT")
        except UnavailableError as error:
            if isinstance(error.__cause__, duckdb.TransactionException):
                return False
            raise
        return True

    def close(self) -> None:
        with self._lock, suppress(duckdb.Error):
            self._idle.clear()
            self._connection.close()

    def _open(self) -> duckdb.DuckDBPyConnection:
        try:
            connection = duckdb.connect(str(self._path), config=self._config)
            connection.execute(_SCHEMA)
            found = number(connection, "SELECT format FROM about")
        except (duckdb.Error, UnicodeDecodeError, ValueError) as error:
            raise BadDataError(
                f"readings store {self._path} cannot be opened: {_first_line(error)} "
                "(restore the file from a backup, or move it away to start an empty store)"
            ) from error
        if found != FORMAT:
            connection.close()
            raise BadDataError(
                f"readings store {self._path} has format {found}, this version reads {FORMAT} "
                "(use the version that wrote it)"
            )
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            if isinstance(error, (duckdb.FatalException, duckdb.InternalException, duckdb.ConnectionException)):
                self._reopen()
            raise UnavailableError(f"readings store {self._path}: {_first_line(error)}") from error

    def _reopen(self) -> None:
        self.close()
        with self._lock, suppress(BadDataError):
            self._connection = self._open()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
