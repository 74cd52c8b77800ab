"""Bringing a database to the tables of this version, and refusing one that is ahead of it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from vitals.errors import ConfigError, Fault

_HERE = Path(__file__).parent / "migrations"
_TURN = 0x56495453
"""The advisory lock under which PostgreSQL's tables are changed: of two programs starting at once one waits."""


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Apply what is missing, within the caller's transaction; ConfigError if the database is newer than we are."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
    if not _check(connection):
        command.upgrade(config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Go back to an older revision (``base``: no tables, no data)."""
    command.downgrade(config(connection), revision)


def require_current(connection: Connection) -> None:
    """ConfigError unless the tables are those of this version."""
    if not _check(connection):
        raise _refused(
            "its tables are of an older version", "open it with migrate=True, as the service does when it starts"
        )


def config(connection: Connection) -> Config:
    """Alembic's configuration for one connection: no file of its own is needed."""
    settings = Config()
    settings.set_main_option("script_location", str(_HERE))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def _check(connection: Connection) -> bool:
    """Whether nothing is missing."""
    scripts = ScriptDirectory.from_config(config(connection))
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise _refused(f"its tables are of revision {current!r}, which this version does not know", _AHEAD)
    return current == scripts.get_current_head()


_AHEAD = "it was written by a newer homevigil: install that version, or restore a backup"


def _refused(problem: str, remedy: str) -> ConfigError:
    return ConfigError([Fault("ledger", "schema", problem, remedy)])
