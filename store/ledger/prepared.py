"""Statements of many rows as the driver takes them: SQLAlchemy writes the SQL once, each write hands over plain rows.

On SQLite they go straight to the driver, inside the transaction that its writer began.

Measured: two deliveries take 31 µs this way and 75 µs as a statement that is looked up in the cache of compiled ones.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable

Statement = Callable[[str], Executable]
"""Gives the statement in a dialect's own words."""


class Prepared:
    """One insert of columns ``names``, or an update that binds them; rows hold what the driver takes (JSON as text)."""

    def __init__(self, statement: Statement, names: Sequence[str], dialect: Dialect) -> None:
        written: Any = statement(dialect.name)
        compiled = written.compile(dialect=dialect, column_keys=list(names) if written.is_insert else None)
        self._sql = str(compiled)
        self._places: list[str] | None = compiled.positiontup if compiled.positional else None

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Insert the rows; returns how many there are then that were not, or were changed."""
        if self._places is None:
            return connection.exec_driver_sql(self._sql, rows[0] if len(rows) == 1 else rows).rowcount
        values = [tuple([row[name] for name in self._places]) for row in rows]
        driver: Any = connection.connection.dbapi_connection
        cursor = driver.execute(self._sql, values[0]) if len(values) == 1 else driver.executemany(self._sql, values)
        return int(cursor.rowcount)


@cache
def _prepared(statement: Statement, names: tuple[str, ...], dialect: Dialect) -> Prepared:
    return Prepared(statement, names, dialect)


def run(connection: Connection, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows by a statement that is compiled on its first use on a database; returns how many went in."""
    return _prepared(statement, tuple(rows[0]), connection.dialect).run(connection, rows) if rows else 0
