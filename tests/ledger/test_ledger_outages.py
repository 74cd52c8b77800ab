"""A database that does not answer is said so, without secrets, and the same ledger works when it is back."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.ledger import SqlLedger, open_ledger
from tests.ledger.ledger_samples import Try, alert, delivery, transition
from tests.postgresql import PostgreSQL
from vitals.errors import ConfigError, UnavailableError


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SqlLedger]:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        yield ledger


def write_one(ledger: SqlLedger, number: int) -> None:
    with ledger.write() as tx:
        tx.put_alerts([alert(number)])
        tx.add_transitions([transition(alert(number))])


def write_while_stopping(ledger: SqlLedger, server: PostgreSQL) -> None:
    with ledger.write() as tx:
        tx.put_alerts([alert()])
        server.stop()
        tx.add_transitions([transition(alert())])


def test_a_server_that_goes_away_is_named_and_found_again(postgresql: PostgreSQL):
    with open_ledger(postgresql.new()) as ledger:
        write_one(ledger, 1)
        postgresql.stop()
        try:
            for act in (
                lambda: write_one(ledger, 2),
                ledger.live,
                lambda: ledger.mark([Try("k", 1, ok=True, result="")]),
            ):
                with pytest.raises(UnavailableError, match="ledger postgresql://ledger@"):
                    act()
        finally:
            postgresql.start()
        write_one(ledger, 3)
        assert [a.id for a in ledger.live()] == ["a1", "a3"]


def test_a_server_that_goes_away_within_a_transaction_takes_it_along(postgresql: PostgreSQL):
    with open_ledger(postgresql.new()) as ledger:
        with pytest.raises(UnavailableError):
            write_while_stopping(ledger, postgresql)
        postgresql.start()
        assert ledger.live() == []
        write_one(ledger, 1)
        assert ledger.live() == [alert()]


def test_a_server_that_was_never_there_is_named_without_the_password():
    with pytest.raises(UnavailableError) as caught:
        open_ledger("postgresql://ledger:hunter2@127.0.0.1:1/homevigil?sslpassword=hunter2")
    assert "check that the server runs" in str(caught.value)
    assert "postgresql://ledger@127.0.0.1:1/homevigil" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("ledger.db", "is no database URL"),
        ("", "is no database URL"),
        ("mysql://me:hunter2@host/db", "names the database"),
        ("postgresql://me:hunter2@host:port/db", "is no database URL"),
        ("sqlite:////proc/nowhere/ledger.db", "/proc/nowhere/ledger.db"),
    ],
)
def test_an_address_that_will_not_do_is_refused(url: str, problem: str):
    with pytest.raises(ConfigError, match=problem) as caught:
        open_ledger(url)
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path):
    (tmp_path / "notes.db").write_text("shopping list\n" * 100)
    with pytest.raises(UnavailableError, match="not a database: the file is no ledger"):
        open_ledger(f"sqlite:///{tmp_path}/notes.db")


def test_a_full_disk_is_said_and_got_over(small: SqlLedger):
    write_one(small, 1)
    with small._database._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(most: int) -> None:
        small._database.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {most}"))

    limit(pages)
    with pytest.raises(UnavailableError, match="full: the disk is full: free some space"), small.write() as tx:
        tx.put_alerts([alert(2, evidence={"text": "x" * 100_000})])
    limit(1_000_000)
    write_one(small, 3)
    assert [a.id for a in small.live()] == ["a1", "a3"]


def test_a_lock_that_another_program_keeps_is_said_and_got_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("store.ledger.engine._BUSY_S", 0.05)
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError, match="locked: another program holds the ledger"):
            write_one(ledger, 1)
        assert ledger.live() == []
        other.execute("ROLLBACK")
        other.close()
        write_one(ledger, 1)
        assert ledger.live() == [alert()]


def test_writers_of_one_process_queue_instead_of_failing(small: SqlLedger):
    threads = [threading.Thread(target=write_one, args=(small, number)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(small.live()) == len(small.transitions()) == 40


def test_the_file_is_for_its_owner_only(tmp_path: Path, small: SqlLedger):
    write_one(small, 1)
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    assert modes == {"ledger.db": "0o600", "ledger.db-wal": "0o600", "ledger.db-shm": "0o600"}


def test_a_temporary_ledger_is_shared_by_threads_and_gone_after(small: SqlLedger):
    ledger = open_ledger("sqlite://", durable=False)
    threads = [threading.Thread(target=write_one, args=(ledger, number)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger.live()) == 5
    folder = Path(ledger.address.removeprefix("sqlite:///")).parent
    assert folder.exists()
    ledger.close()
    assert not folder.exists()


def test_sqlite_is_durable_on_commit_by_default_and_not_for_replay(small: SqlLedger):
    def setting(ledger: SqlLedger, name: str) -> object:
        with ledger._database._engine.connect() as connection:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()

    assert (setting(small, "journal_mode"), setting(small, "synchronous")) == ("wal", 2)
    with open_ledger("sqlite://", durable=False) as fast:
        assert setting(fast, "synchronous") == 0


def test_the_queue_and_the_desk_use_their_indexes(small: SqlLedger):
    from sqlalchemy.dialects import sqlite

    from store.ledger import queue, statements

    def plan(statement: object) -> str:
        sql = str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}))  # type: ignore[attr-defined]
        with small._database._engine.connect() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", tuple([1] * sql.count("?")))
            return " ".join(str(row[-1]) for row in rows)

    with small.write() as tx:
        tx.add_deliveries([delivery(alert())])
    assert "alerts_one_live_a_key (patient=?)" in plan(statements.LIVE_OF_PATIENTS.params(patients=["p1"]))
    assert "alerts_due" in plan(statements.DUE_STEPS)
    assert "deliveries_due" in plan(queue.ANY_DUE)
    for all_of in (queue.ANY_DUE, queue._NEXT, queue._OLDEST, queue._HOLDERS):
        assert "SCAN deliveries" not in plan(all_of).replace("SCAN deliveries USING COVERING INDEX", "")
