"""Silences in both databases: kept over a restart, read back as they were set, each change with its act."""

from dataclasses import replace

import pytest
from sqlalchemy import inspect

from store.ledger import ConflictError, SqlLedger, migrate, open_ledger
from store.ledger.engine import open_engine, parsed
from tests.ledger.ledger_samples import Try, alert, delivery
from vitals.alert import NOT_WANTED
from vitals.silence import Silence

ONE = Silence("S1", "p1", 1_000, 5_000, "physio\0therapy", "ana", rule="limit.high")
TWO = Silence("S2", "p2", 1_000, 9_000, "é", "noor", signal="spo2")


def put(ledger: SqlLedger, *silences: Silence) -> None:
    with ledger.write() as tx:
        for silence in silences:
            tx.add_silence(silence)


def test_what_was_set_and_lifted_is_read_back_until_it_was_to_end(url: str):
    with open_ledger(url) as ledger:
        put(ledger, TWO, ONE)
        with ledger.write() as tx:
            tx.lift_silence(TWO, "olga", 2_000)
    lifted = replace(TWO, lifted=2_000, lifted_by="olga")
    with open_ledger(url) as ledger:
        shown = replace(ONE, reason=r"physio\x00therapy")
        assert ledger.silences(4_999) == [shown, lifted]
        assert ledger.silences(5_000) == [lifted]
        assert [(act.actor, act.what, act.subject) for act in ledger.acts()] == [
            ("olga", "unsilence", "p2"),
            ("ana", "silence", "p1"),
            ("noor", "silence", "p2"),
        ]


def test_a_transaction_that_fails_sets_none_and_writes_no_act(ledger: SqlLedger):
    with pytest.raises(ConflictError):
        put(ledger, ONE, ONE)
    assert (ledger.silences(0), ledger.acts()) == ([], [])


def test_going_back_forgets_silences_and_nothing_else(url: str):
    with open_ledger(url) as ledger:
        put(ledger, ONE)
        with ledger.write() as tx:
            tx.put_alerts([alert()])
    engine = open_engine(parsed(url))
    with engine.begin() as connection:
        migrate.downgrade(connection, "0008")
    assert "silences" not in inspect(engine).get_table_names()
    engine.dispose()
    with open_ledger(url) as ledger:
        assert (ledger.silences(0), ledger.live()) == ([], [alert()])
        assert [act.what for act in ledger.acts()] == ["silence"], "the audit trail keeps it"
        put(ledger, ONE)
        assert len(ledger.silences(0)) == 1


def test_a_notice_that_is_silenced_is_no_sign_of_a_dead_channel(ledger: SqlLedger):
    with ledger.write() as tx:
        tx.put_alerts([alert()])
        tx.add_deliveries([delivery(alert(), due=0)])
    (notice,) = ledger.lease("me", 10, 60_010, 1)
    ledger.mark([Try(notice.key, 100, ok=False, result=NOT_WANTED)])
    assert ledger.untold_since() is None
