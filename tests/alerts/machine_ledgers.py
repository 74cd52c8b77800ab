"""The ledgers that the desk's machine runs on: in memory, and SQLite in a temporary file."""

import shutil
import tempfile
from pathlib import Path
from typing import Any, Protocol

from store.ledger import open_ledger
from tests.alerts.memory_ledger import MemoryLedger
from vitals.agency import Agency
from vitals.alert import Alert, Delivery, Transition


class Records(Protocol):
    """A ledger, and all that it holds; for looking at from outside."""

    agency: Agency
    ledger: Any

    def alerts(self) -> dict[str, Alert]: ...
    def deliveries(self) -> dict[str, Delivery]: ...
    def lines(self) -> list[Transition]: ...
    def release(self, worker: str, now: int) -> None: ...
    def employ(self, agency: Agency, now: int) -> None: ...
    def close(self) -> None: ...


class InMemory:
    def __init__(self, agency: Agency) -> None:
        self.agency, self.ledger = agency, MemoryLedger(agency)

    def alerts(self) -> dict[str, Alert]:
        return dict(self.ledger.alerts)

    def deliveries(self) -> dict[str, Delivery]:
        return dict(self.ledger.deliveries)

    def lines(self) -> list[Transition]:
        return list(self.ledger.transitions.values())

    def release(self, worker: str, now: int) -> None:
        """Its leases run out."""

    def employ(self, agency: Agency, now: int) -> None:
        self.ledger._agency = agency  # as an import would

    def close(self) -> None: ...


class OnDisk:
    """A copy of an empty database: building its tables takes longer than all that follows."""

    _empty: Path | None = None

    def __init__(self, agency: Agency) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="machine-")
        path = Path(self._folder.name) / "ledger.db"
        shutil.copy(self._template(), path)
        self.agency, self.ledger = agency, open_ledger(f"sqlite:///{path}", migrate=False, durable=False)
        self.employ(agency, 0)

    @classmethod
    def _template(cls) -> Path:
        if cls._empty is None:
            cls._kept = tempfile.TemporaryDirectory(prefix="machine-")
            cls._empty = Path(cls._kept.name) / "empty.db"
            open_ledger(f"sqlite:///{cls._empty}", durable=False).close()
        return cls._empty

    def alerts(self) -> dict[str, Alert]:
        return {alert.id: alert for alert in self.ledger.alerts(limit=None)}

    def deliveries(self) -> dict[str, Delivery]:
        return {delivery.key: delivery for delivery in self.ledger.deliveries(limit=None)}

    def lines(self) -> list[Transition]:
        return self.ledger.transitions()

    def release(self, worker: str, now: int) -> None:
        self.ledger.release(worker, now)

    def employ(self, agency: Agency, now: int) -> None:
        self.ledger.import_agency(agency, now)

    def close(self) -> None:
        self.ledger.close()
        self._folder.cleanup()
