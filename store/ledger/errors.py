"""The database's errors as this house speaks: what happened, what to do, and never a secret or a row's content."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from vitals.errors import BadDataError, HomevigilError, UnavailableError

_REMEDIES = (
    ("locked", "another program holds the ledger: close it, or try again"),
    ("full", "the disk is full: free some space"),
    ("unable to open", "check that the folder exists and that this user may write there"),
    ("readonly", "give this user the right to write the ledger's file and folder"),
    ("malformed", "the file is damaged: restore it from a backup"),
    ("not a database", "the file is no ledger: check the address"),
    ("password", "check the user name and the password"),
    ("does not exist", "create the database or check its name"),
    ("connection", "check that the server runs at that address"),
)


class ConflictError(HomevigilError):
    """A second live alert for the same key, or another row that must be the only one: nothing was written."""


def shown(url: URL) -> str:
    """The database's address without password or parameters, which may hold secrets too.

    >>> from sqlalchemy import make_url
    >>> shown(make_url("postgresql+psycopg://ledger:hunter2@db.example:5432/homevigil?sslkey=k"))
    'postgresql://ledger@db.example:5432/homevigil'
    """
    host = url.query.get("host")
    plain = url.set(drivername=url.get_backend_name(), query={"host": host} if host else {})
    return URL.create(
        plain.drivername,
        username=plain.username,
        host=plain.host,
        port=plain.port,
        database=plain.database,
        query=plain.query,
    ).render_as_string()


@contextmanager
def answering(where: str) -> Iterator[None]:
    """Database errors inside leave as a HomevigilError that names ``where``; others leave as they are."""
    try:
        yield
    except PoolTimeoutError:
        raise UnavailableError(f"ledger {where}: every connection is busy: try again") from None
    except DBAPIError as error:
        raise translated(error.orig, where) from None
    except sqlite3.Error as error:  # a transaction's beginning goes straight to the driver
        raise translated(error, where) from None


def translated(error: BaseException | None, where: str) -> HomevigilError:
    """What a driver's error means to a person; its SQL, parameters and row details stay out of it."""
    said, kind = reason(error), {cause.__name__ for cause in type(error).__mro__}
    if "IntegrityError" in kind:
        return ConflictError(f"ledger {where}: {said}: nothing was written; read the alert again and repeat")
    if "DataError" in kind:
        return BadDataError(f"ledger {where}: a value does not fit its column: {said}")
    remedy = next((remedy for word, remedy in _REMEDIES if word in said.lower()), "try again")
    return UnavailableError(f"ledger {where}: {said}: {remedy}")


def reason(error: BaseException | None) -> str:
    """The first line of what the driver said; of PostgreSQL only the primary message (its detail quotes rows)."""
    diagnosis = getattr(error, "diag", None)
    primary = getattr(diagnosis, "message_primary", None) or str(error)
    return primary.strip().splitlines()[0] if primary.strip() else type(error).__name__


def repeatable(error: DBAPIError) -> bool:
    """Whether two transactions merely stood in each other's way (PostgreSQL deadlock or serialisation failure)."""
    return getattr(error.orig, "sqlstate", None) in ("40P01", "40001")
