"""The database behind the ledger: SQLite in WAL, or PostgreSQL, set up to be durable on commit."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from store.ledger.columns import dumps, loads
from vitals.errors import ConfigError, Fault

_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "sqlite": "sqlite+pysqlite"}
_BUSY_S = 10
"""How long to wait for another process's write before giving up, s."""


def parsed(url: str) -> URL:
    """The URL with our driver named; ConfigError (without the URL, it may hold a password) if it is none of ours."""
    scheme, colon, rest = url.partition("://")
    driver = _DRIVERS.get(scheme.lower(), scheme)
    try:
        result = make_url(f"{driver}{colon}{rest}")
    except (ArgumentError, ValueError):
        raise _refused("is no database URL") from None
    if result.get_backend_name() not in ("sqlite", "postgresql"):
        raise _refused(f"names the database {result.get_backend_name()!r}")
    return result


def _refused(problem: str) -> ConfigError:
    remedy = "write for example sqlite:///data/ledger.db or postgresql://user@host/homevigil"
    return ConfigError([Fault("ledger", "url", problem, remedy)])


def temporary(url: URL) -> bool:
    """Whether the URL is that of a ledger in memory.

    It becomes a temporary file, for several connections to one database in memory get in each other's way.
    """
    return url.get_backend_name() == "sqlite" and (url.database or ":memory:") == ":memory:"


def open_engine(url: URL, *, durable: bool = True) -> Engine:
    """An engine whose writing connections (execution option ``writes``) take the write lock as they begin."""
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite:
        _private_file(url.database or "")
    options = _sqlite_options() if sqlite else _postgresql_options(url, durable=durable)
    try:
        engine = create_engine(url, json_serializer=dumps, json_deserializer=loads, hide_parameters=True, **options)
    except ModuleNotFoundError as error:
        remedy = "install homevigil[postgresql]"
        raise ConfigError([Fault("ledger", "url", f"the driver {error.name} is not installed", remedy)]) from None
    if sqlite:
        _prepare_sqlite(engine, "FULL" if durable else "OFF")
    return engine


def _sqlite_options() -> dict[str, Any]:
    return {"connect_args": {"timeout": _BUSY_S}, "pool_size": 8, "max_overflow": 56}


def _postgresql_options(url: URL, *, durable: bool) -> dict[str, Any]:
    """A server that hangs is noticed within seconds; what the URL itself says has precedence."""
    settings = "-c lock_timeout=10s" + ("" if durable else " -c synchronous_commit=off")
    wanted = {"connect_timeout": 5, "keepalives_idle": 30, "tcp_user_timeout": 10_000, "options": settings}
    given = {name: value for name, value in wanted.items() if name not in url.query}
    return {"connect_args": given, "pool_size": 8, "max_overflow": 24, "pool_pre_ping": True}


def _private_file(path: str) -> None:
    """Make the file, for its owner's eyes only: it holds channel URLs. SQLite's side files take over its mode."""
    if not Path(path).exists():
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        except OSError as error:
            remedy = "name a folder that this user may write to"
            raise ConfigError([Fault("ledger", "url", f"{path}: {error.strerror}", remedy)]) from None


def _prepare_sqlite(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves: the driver would begin too late
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        driver: Any = connection.connection.dbapi_connection
        if not driver.in_transaction:  # the writer began one already
            driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")  # straight to the driver: half the time
