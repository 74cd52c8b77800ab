"""The ledger's transactions: reads that block nobody, writes one after the other, faults as this house speaks."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from store.ledger import engine as engines
from store.ledger import migrate
from store.ledger.attendance import Locks
from store.ledger.attendance_files import FileLocks
from store.ledger.attendance_session import SessionLocks
from store.ledger.errors import answering, repeatable, shown
from store.ledger.gate import Gate
from store.ledger.writer import SqliteWriter

T = TypeVar("T")
_TRIES = 4


class Database:
    """One database and its connections; ``address`` is how it may be shown."""

    def __init__(self, url: str, *, upgrade: bool = True, durable: bool = True) -> None:
        parsed = engines.parsed(url)
        self._folder = tempfile.TemporaryDirectory(prefix="ledger-") if engines.temporary(parsed) else None
        if self._folder is not None:
            parsed = parsed.set(database=f"{self._folder.name}/ledger.db")
        self.address = shown(parsed)
        self._engine = engines.open_engine(parsed, durable=durable)
        self._writing = self._engine.execution_options(writes=True)
        self._snapshots = self._engine
        self._gate: AbstractContextManager[None] = Gate()
        self._writer = SqliteWriter(self._writing) if parsed.get_backend_name() == "sqlite" else None
        if parsed.get_backend_name() == "postgresql":
            self._snapshots, self._gate = (
                self._engine.execution_options(isolation_level="REPEATABLE READ"),
                nullcontext(),
            )
        self._prepare(upgrade=upgrade)

    def _prepare(self, *, upgrade: bool) -> None:
        try:
            with answering(self.address), (self._writing if upgrade else self._engine).begin() as connection:
                (migrate.upgrade if upgrade else migrate.require_current)(connection)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the connections back; a temporary database is removed."""
        if self._writer is not None:
            with self._gate:
                self._writer.close()
        self._engine.dispose()
        if self._folder is not None:
            self._folder.cleanup()

    def locks(self, patience: float) -> Locks:
        """Locks that go with the process that holds them; ``patience`` as in :class:`SessionLocks`."""
        if self._writer is not None:
            return FileLocks(Path(f"{self._engine.url.database}-workers"))
        return SessionLocks(self._own_session, patience)

    def _own_session(self) -> Connection:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()
        return connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A writing transaction: durable as the block ends, undone when it raises."""
        with self._gate, answering(self.address), self._begin() as connection:
            yield connection

    def read(self, query: Callable[[Connection], T]) -> T:
        """What ``query`` reads; on PostgreSQL each of its statements sees what is committed by then."""
        with answering(self.address), self._engine.connect() as connection:
            return query(connection)

    def snapshot(self, query: Callable[[Connection], T]) -> T:
        """What several statements read of one and the same moment."""
        with answering(self.address), self._snapshots.connect() as connection:
            return query(connection)

    def write(self, change: Callable[[Connection], T]) -> T:
        """``change`` as one transaction; repeated when PostgreSQL gave way to another one (a deadlock)."""
        with self._gate, answering(self.address):
            for _ in range(_TRIES - 1):
                try:
                    return self._once(change)
                except DBAPIError as error:
                    if not repeatable(error):
                        raise
            return self._once(change)

    def _once(self, change: Callable[[Connection], T]) -> T:
        with self._begin() as connection:
            return change(connection)

    def _begin(self) -> AbstractContextManager[Connection]:
        return self._writing.begin() if self._writer is None else self._writer.begin()
