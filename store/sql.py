"""Small helps around a DuckDB cursor."""

from collections.abc import Sequence
from typing import Any

import duckdb

Cursor = duckdb.DuckDBPyConnection
COLUMNS = ("series", "time", "value", "received", "quality")


def number(cursor: Cursor, statement: str, arguments: Sequence[Any] = ()) -> int:
    """The one integer that a statement yields, fetched to its end: DuckDB 2 refuses work behind an open result.

    >>> number(duckdb.connect(), "SELECT 6 * ?", [7])
    42
    """
    [(found,)] = cursor.execute(statement, list(arguments)).fetchall()
    return int(found)
