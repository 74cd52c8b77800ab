"""The ledger: durable truth about alerts, people and plans, in SQLite or PostgreSQL."""

from typing import Self

from store.ledger.database import Database
from store.ledger.part_agency import AgencyPart
from store.ledger.part_audit import AuditPart
from store.ledger.part_desk import DeskPart
from store.ledger.part_outbox import OutboxPart
from store.ledger.part_people import PeoplePart


def open_ledger(url: str, *, migrate: bool = True, durable: bool = True) -> "SqlLedger":
    """Open the ledger at ``sqlite:///path``, ``sqlite://`` (a temporary one) or ``postgresql://user@host/name``.

    ``migrate`` brings its tables up to date. ``durable=False`` gives up safety against a power cut (not against
    a crash of the program) for speed: for replay.

    Raises ConfigError for an address or tables that will not do, UnavailableError where nothing answers.

    >>> with open_ledger("sqlite://") as ledger:
    ...     ledger.agency_version(), ledger.live(), ledger.counts()["alerts"]["open"]
    (0, [], 0)
    """
    return SqlLedger(url, migrate=migrate, durable=durable)


class SqlLedger(DeskPart, OutboxPart, AgencyPart, PeoplePart, AuditPart):
    """Safe to use from several threads, and from several processes. Answers every fault of the database with a
    HomevigilError; the same object works again when the database is back.
    """

    def __init__(self, url: str, *, migrate: bool = True, durable: bool = True) -> None:
        super().__init__(Database(url, upgrade=migrate, durable=durable))
        self.address = self._database.address
        """Where it is, without password."""

    def __repr__(self) -> str:
        return f"SqlLedger({self.address})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Give connections back; a temporary ledger is gone."""
        self.let_go()
        self._database.close()
