"""The DuckDB file of the readings store: opened with clear errors, its tables, its cursors."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from store.sql import Cursor, number
from vitals.errors import BadDataError, HomevigilError, UnavailableError

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
_BROKEN = (duckdb.FatalException, duckdb.InternalException, duckdb.ConnectionException)
"""After these DuckDB refuses all further work on the connection."""
_PASSING = ("No space left", "Could not set lock", "Permission denied", "Input/output error", "Too many open files")
"""Reasons for not opening a file that say nothing against the file."""


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
        self._closed = False
        self._connection = self._open()
        self._idle: list[Cursor] = []

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        """A cursor that goes back to the pool, or is thrown away after an error."""
        with self._lock:
            if self._closed:
                raise UnavailableError(f"readings store {self._path}: it is closed (open it again)")
            owner = self._connection
        try:
            cursor = self._take(owner)
            yield cursor
        except duckdb.Error as error:
            if isinstance(error, _BROKEN):
                self._reopen(owner)
            raise UnavailableError(f"readings store {self._path}: {_first_line(error)}") from error
        with self._lock:
            if owner is self._connection and not self._closed:
                self._idle.append(cursor)

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
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
        with self._lock:
            self._closed = True
            self._disconnect()

    def _take(self, owner: Cursor) -> Cursor:
        with self._lock:
            if owner is self._connection and self._idle:
                return self._idle.pop()
        return owner.cursor()

    def _disconnect(self) -> None:
        self._idle.clear()
        with suppress(duckdb.Error):
            self._connection.close()

    def _reopen(self, broken: Cursor) -> None:
        """Once for each broken connection, whoever of its users comes first; a failure shows at the next use."""
        with self._lock, suppress(HomevigilError):
            if broken is self._connection and not self._closed:
                self._disconnect()
                self._connection = self._open()

    def _open(self) -> Cursor:
        try:
            connection = duckdb.connect(str(self._path), config=self._config)
            connection.execute(_SCHEMA)
            found = number(connection, "SELECT format FROM about")
        except (duckdb.Error, UnicodeDecodeError, ValueError) as error:
            raise _cannot_open(self._path, _first_line(error)) from error
        if found != FORMAT:
            connection.close()
            raise BadDataError(
                f"readings store {self._path} has format {found}, this version reads {FORMAT} "
                "(use the version that wrote it)"
            )
        return connection


def _cannot_open(path: Path, reason: str) -> HomevigilError:
    message = f"readings store {path} cannot be opened: {reason}"
    if any(sign in reason for sign in _PASSING):
        return UnavailableError(message)
    return BadDataError(f"{message} (restore the file from a backup, or move it away to start an empty store)")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
