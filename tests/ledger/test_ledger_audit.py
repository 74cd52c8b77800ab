"""The audit trail: whole when nobody touched it, and whoever did is named; on both databases."""

import threading

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from store.ledger import SqlLedger, open_ledger
from store.ledger.audit import Act
from store.ledger.engine import open_engine, parsed
from tests.ledger.ledger_samples import Try, agency, alert, delivery, transition
from vitals.alert import AlertState
from vitals.times import HOUR

CHANGES = (
    "UPDATE transitions SET note = 'nobody was told' WHERE alert = 'a1' AND seq = 1",
    "UPDATE transitions SET severity = 1 WHERE alert = 'a1'",
    "DELETE FROM transitions WHERE alert = 'a1'",
    "DELETE FROM attempts",
    "UPDATE attempts SET ok = true, result = 'accepted'",
    "UPDATE deliveries SET recipient = 'ben' WHERE alert = 'a2'",
    "DELETE FROM deliveries WHERE alert = 'a2'",
    "UPDATE acts SET actor = 'ben'",
    "DELETE FROM acts WHERE what = 'look'",
    "DELETE FROM seals WHERE number = 2",
    "UPDATE seals SET digest = chain WHERE number = 3",
    (
        "INSERT INTO transitions (alert, seq, time, state, severity, cause, actor, note, evidence) "
        "VALUES ('a1', 9, 5, 'acknowledged', 3, 'acknowledged', 'ana', '', '{}')"
    ),
)


def fill(ledger: SqlLedger, since: int = 10_000_000) -> None:
    """Two alerts, told, tried, looked at, and an agency."""
    ledger.import_agency(agency(), since)
    with ledger.write() as tx:
        for n in (1, 2):
            opened = alert(n, opened=since + n)
            tx.put_alerts([opened])
            tx.add_transitions([transition(opened)])
            tx.add_deliveries([delivery(opened)])
    ledger.mark([Try("a1/1/ana", since + 5, ok=False, result="refused", retry_at=None)])
    ledger.note(Act(since + 6, "ana", "look", "a1", {"by": "link"}))


def sealed(ledger: SqlLedger) -> int:
    return sum(iter(ledger.seal, 0))


def tampered(url: str, statement: str) -> None:
    """What somebody with the database's password can do: the triggers are switched off first."""
    engine = open_engine(parsed(url))
    with engine.execution_options(writes=True).begin() as c:
        if c.dialect.name == "postgresql":
            c.execute(sa.text("SET session_replication_role = replica"))
        else:
            names = c.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in names:
                c.execute(sa.text(f"DROP TRIGGER {name}"))
        c.execute(sa.text(statement))
    engine.dispose()


def test_an_untouched_trail_is_whole_and_grows(ledger: SqlLedger) -> None:
    fill(ledger)
    assert sealed(ledger) == 2 + 2 + 1 + 2  # transitions, notices, attempts, acts
    first = ledger.verify()
    assert (first.seals, first.unsealed, first.faults) == (7, 0, ())
    with ledger.write() as tx:
        tx.add_transitions([transition(alert(1, opened=10_000_099), seq=2)])
    assert ledger.verify().unsealed == 1
    assert sealed(ledger) == 1
    assert ledger.verify(head=first.head).faults == ()


def test_an_import_writes_down_what_changed_and_no_names(ledger: SqlLedger) -> None:
    ledger.import_agency(agency(), 5, by="ops")
    (act,) = ledger.acts()
    assert (act.time, act.actor, act.what, act.subject) == (5, "ops", "import", "north")
    assert act.detail["changes"]["patients"] == {"added": 2, "changed": 0, "removed": 0}
    assert "Patient" not in str(act)


@pytest.mark.parametrize("change", CHANGES)
def test_whoever_touched_it_is_found_out(url: str, change: str) -> None:
    with open_ledger(url) as ledger:
        fill(ledger)
        sealed(ledger)
    tampered(url, change)
    with open_ledger(url) as ledger:
        assert ledger.verify().faults


def test_a_chain_whose_end_was_cut_off_is_known_by_a_head_noted_elsewhere(url: str) -> None:
    with open_ledger(url) as ledger:
        fill(ledger)
        sealed(ledger)
        head = ledger.verify().head
    tampered(url, "DELETE FROM seals WHERE number = 7")
    tampered(url, "DELETE FROM acts WHERE what = 'look'")
    with open_ledger(url) as ledger:
        assert ledger.verify().faults == ()
        assert "cut off" in ledger.verify(head=head).faults[0]


@pytest.mark.parametrize("table", ["acts", "seals", "transitions"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET time = 1", "DELETE FROM {}"])
def test_the_database_itself_refuses_changes(url: str, table: str, statement: str) -> None:
    with open_ledger(url) as ledger:
        fill(ledger)
        sealed(ledger)
    engine = open_engine(parsed(url))
    with (
        pytest.raises(sa.exc.DBAPIError, match="never changed"),
        engine.execution_options(writes=True).begin() as c,
    ):
        c.execute(sa.text(statement.format(table)))
    engine.dispose()


def test_retention_writes_down_what_it_lets_go(ledger: SqlLedger) -> None:
    fill(ledger)
    sealed(ledger)
    with ledger.write() as tx:
        tx.put_alerts([alert(n, AlertState.RESOLVED, opened=10_000_000 + n) for n in (1, 2)])
    ledger.prune(before=10_000_000 + HOUR, now=10_000_000 + 2 * HOUR)
    assert ledger.attempts() == []
    found = ledger.verify()
    assert found.faults == ()
    assert found.gone == 2  # one notice was given up, and its attempt


def test_two_sealers_make_one_chain(url: str) -> None:
    with open_ledger(url) as ledger:
        fill(ledger)
        for n in range(300):
            ledger.note(Act(10_000_100 + n, "ana", "look", f"a{n}"))
    with open_ledger(url) as one, open_ledger(url) as other:
        threads = [threading.Thread(target=sealed, args=(of,)) for of in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = one.verify()
        assert (found.seals, found.unsealed, found.faults) == (307, 0, ())


@settings(max_examples=8)
@given(st.lists(st.tuples(st.sampled_from("lits"), st.integers(0, 5 * HOUR)), max_size=25))
def test_whatever_happens_in_whatever_order_is_sealed_once(steps: list[tuple[str, int]]) -> None:
    with open_ledger("sqlite://") as ledger:
        now, count = 10_000_000, 0
        for what, passed in steps:
            now += passed
            if what == "l":
                ledger.note(Act(now, "ana", "look", "a"))
            elif what == "t":
                count += 1
                with ledger.write() as tx:
                    tx.add_transitions([transition(alert(count, opened=now))])
            elif what == "i":
                ledger.import_agency(agency(), now)
            else:
                sealed(ledger)
        sealed(ledger)
        found = ledger.verify()
        assert (found.unsealed, found.faults) == (0, ())
        assert found.seals == sum(what != "s" for what, _ in steps)
