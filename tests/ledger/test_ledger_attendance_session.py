"""On PostgreSQL a session may end while its worker lives: only whose lock stays free is dead."""

import pytest
from sqlalchemy import text

from store.ledger import SqlLedger
from store.ledger.attendance import number_of
from store.ledger.attendance_session import PATIENCE
from tests.ledger.attendance_kit import LEASE, SOON, Seconds, taken_over


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("postgresql").with_tables()


def end_sessions(ledger: SqlLedger, holder: str) -> None:
    """Somebody ends the session that holds the worker's lock."""
    number = number_of(holder)
    ends = text("SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND objid = :number")
    ledger._database.write(lambda c: c.execute(ends, {"number": number}).all())


def test_who_loses_its_session_and_comes_back_is_not_taken_for_dead(
    ledger: SqlLedger, other: SqlLedger, seconds: Seconds
):
    name = ledger.attend("w")
    ledger.lease(name, SOON, SOON + LEASE, 9)
    end_sessions(other, name)
    assert taken_over(other, seconds, looks=2) == 0, "not yet"
    ledger.forsaken(SOON)
    ledger.forsaken(SOON)
    assert taken_over(other, seconds, looks=10) == 0
    assert taken_over(ledger, seconds) == 0


def test_who_does_not_come_back_is_dead_after_a_while(ledger: SqlLedger, other: SqlLedger, seconds: Seconds):
    name = ledger.attend("w")
    ledger.lease(name, SOON, SOON + LEASE, 9)
    end_sessions(other, name)
    assert taken_over(other, seconds, looks=round(PATIENCE) + 1) == 3


def test_whose_own_session_broke_judges_nobody_for_a_while(ledger: SqlLedger, other: SqlLedger, seconds: Seconds):
    name, mine = ledger.attend("w"), other.attend("judge")
    ledger.lease(name, SOON, SOON + LEASE, 9)
    end_sessions(ledger, mine)
    end_sessions(other, name)
    assert taken_over(other, seconds, looks=14) == 0
    assert taken_over(other, seconds, looks=5) == 3
