"""The same ledger twice: on SQLite, and on a PostgreSQL of this run's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.ledger import SqlLedger, attendance_session, open_ledger
from tests.ledger.attendance_kit import Seconds
from tests.ledger.ledger_samples import alert, delivery


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return request.getfixturevalue("postgresql").new()


@pytest.fixture
def ledger(url: str) -> Iterator[SqlLedger]:
    with open_ledger(url) as opened:
        yield opened


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    by_hand = Seconds()
    monkeypatch.setattr(attendance_session, "elapsed", by_hand)
    return by_hand


@pytest.fixture
def other(url: str, ledger: SqlLedger) -> Iterator[SqlLedger]:
    """Another process's ledger, as far as the database can tell; it attends."""
    with ledger.write() as tx:
        tx.add_deliveries([delivery(alert(n), due=0) for n in range(3)])
    with open_ledger(url, migrate=False) as opened:
        opened.attend("other")
        yield opened
