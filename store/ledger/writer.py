"""SQLite's writing connection: kept open, its transactions begun and ended at the driver.

Through a pool and a transaction object the same takes twice as long, and an alert waits for it
(docs/adr/0003-alert-path.md).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine


class SqliteWriter:
    """One connection for all writing. Whoever uses it holds the gate: one at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its first moment; durable as the block ends."""
        connection = self._connection = self._connection or self._engine.connect()
        driver: Any = connection.connection.dbapi_connection
        try:
            driver.execute("BEGIN IMMEDIATE")
            yield connection
            if connection.in_transaction():  # a statement of SQLAlchemy's was among them
                connection.commit()
            else:
                driver.commit()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Undo what is not committed and give the connection back; the next transaction takes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            driver: Any = connection.connection.dbapi_connection
            driver.rollback()
            connection.close()
