"""What the desk writes: whole, once, and readable as it was written."""

import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from store.ledger import ConflictError, SqlLedger, open_ledger
from store.ledger.engine import parsed
from tests.ledger.ledger_samples import alert, delivery, leased, transition
from vitals.alert import AlertState, DeliveryState
from vitals.finding import FindingKey, Kind, Severity
from vitals.intake import DeviceStatus, Reject, RejectReason


def test_an_alert_is_opened_only_where_neither_its_id_nor_a_live_one_of_its_key_is_there(ledger: SqlLedger):
    with ledger.write() as tx:
        assert tx.open_alerts([alert(1), alert(2)])
    key = alert(3).key
    for known in ([alert(3), replace(alert(1), key=key._replace(patient="q"))], [replace(alert(3), key=alert(2).key)]):
        with suppress(KeyError), ledger.write() as tx:
            assert not tx.open_alerts(known)
            raise KeyError  # as the desk does: the transaction is undone
    assert [a.id for a in ledger.live()] == ["a1", "a2"]


def test_everything_written_together_is_read_back_as_it_was(ledger: SqlLedger):
    first = alert(
        evidence={"value": 86.5, "parts": [1, None, "é"]}, next_step_at=5_000, policy={"high": [{"after": "3m"}]}
    )
    change = transition(first, evidence={"value": 86.5}, note="told", actor="ana")
    notices = [delivery(first), leased(first, "ben")]
    reject = Reject(7, "homevigil/v1/x", b"\x00\xff{", RejectReason.MALFORMED, "field 'time'", "p1", "d1")
    status = DeviceStatus("p1", "d1", 5, 6, online=True, battery=0.42)
    with ledger.write() as tx:
        tx.put_alerts([first])
        tx.add_transitions([change])
        tx.add_deliveries(notices)
        tx.add_rejects([reject])
        tx.put_statuses([status])
    assert ledger.live() == ledger.alerts() == [first]
    assert ledger.alert(first.id) == first
    assert ledger.transitions() == [change]
    assert ledger.deliveries() == notices
    assert ledger.rejects() == [reject]
    assert ledger.devices() == [status]


def test_aware_of_an_alert_is_who_was_handed_a_notice_or_has_answered_it(ledger: SqlLedger):
    first, other = alert(1), alert(2)
    handed = replace(delivery(first), key="handed", recipient="ana", state=DeliveryState.SENT, sent_at=2_000)
    waiting = replace(delivery(first), key="waiting", recipient="ben")
    elsewhere = replace(delivery(other), key="elsewhere", recipient="zoe", state=DeliveryState.SENT, sent_at=2_000)
    with ledger.write() as tx:
        tx.put_alerts([first, other])
        tx.add_deliveries([handed, waiting, elsewhere])
        tx.add_transitions([transition(first, actor="noor")])
        assert tx.aware(first.id) == {"ana", "noor"}
        assert tx.aware("unknown") == frozenset()


def fails(ledger: SqlLedger) -> None:
    with ledger.write() as tx:
        tx.put_alerts([alert()])
        tx.add_transitions([transition(alert())])
        raise LookupError


def test_nothing_of_a_block_that_raises_is_kept(ledger: SqlLedger):
    with pytest.raises(LookupError):
        fails(ledger)
    assert ledger.live() == []
    assert ledger.transitions() == []


def test_what_is_there_already_is_left_as_it_is(ledger: SqlLedger):
    first = alert()
    for note, body in (("first", "first"), ("second", "second")):
        with ledger.write() as tx:
            tx.add_transitions([transition(first, note=note)])
            tx.add_deliveries([delivery(first, body=body)])
    assert [t.note for t in ledger.transitions()] == ["first"]
    assert [d.body for d in ledger.deliveries()] == ["first"]


def test_put_alerts_replaces_by_id(ledger: SqlLedger):
    for change in ({}, {"state": AlertState.ACKNOWLEDGED, "seq": 2, "acknowledged_by": "ana", "holds": False}):
        with ledger.write() as tx:
            tx.put_alerts([replace(alert(), **change)])
    assert ledger.alerts() == [alert(state=AlertState.ACKNOWLEDGED, seq=2, acknowledged_by="ana", holds=False)]


def test_live_alerts_are_found_by_key_and_no_others(ledger: SqlLedger):
    key = FindingKey("limit.low", "p1", "spo2", "oximeter-1")
    other = replace(alert(2), key=key._replace(signal="heart_rate"))
    over = replace(alert(3), key=key, state=AlertState.RESOLVED)
    elsewhere = alert(4)
    with ledger.write() as tx:
        tx.put_alerts([alert(), other, over, elsewhere])
    with ledger.write() as tx:
        assert tx.live_alerts([key]) == {key: alert()}
        assert tx.live_alerts([key, elsewhere.key]) == {key: alert(), elsewhere.key: elsewhere}
        assert tx.live_alerts([FindingKey("gap", "p9")]) == {}
        assert tx.live_alerts([]) == {}
        assert tx.alert(over.id) == over
        assert tx.alert("a9") is None


def test_one_key_has_at_most_one_live_alert(ledger: SqlLedger):
    with ledger.write() as tx:
        tx.put_alerts([alert()])
    with pytest.raises(ConflictError, match="read the alert again"), ledger.write() as tx:
        tx.put_alerts([replace(alert(2), key=alert().key)])
    assert ledger.live() == [alert()]


def test_a_key_may_open_again_in_the_transaction_that_ends_it(ledger: SqlLedger):
    with ledger.write() as tx:
        tx.put_alerts([alert()])
    again = replace(alert(2), key=alert().key)
    with ledger.write() as tx:
        tx.put_alerts([again, alert(state=AlertState.RESOLVED)])
    assert ledger.live() == [again]


def test_due_names_live_alerts_whose_step_or_follow_up_has_come(ledger: SqlLedger):
    with ledger.write() as tx:
        tx.put_alerts(
            [
                alert(1, next_step_at=100),
                alert(2, next_step_at=101),
                alert(3, AlertState.ACKNOWLEDGED, follow_up_at=50),
                alert(4, AlertState.RESOLVED, next_step_at=10),
                alert(5),
            ]
        )
    assert [a.id for a in ledger.due(100)] == ["a1", "a3"]


def test_cancelling_gives_up_only_what_is_pending_for_that_alert(ledger: SqlLedger):
    with ledger.write() as tx:
        tx.add_deliveries([delivery(alert()), leased(alert(), "ben"), delivery(alert(2))])
    with ledger.write() as tx:
        assert tx.cancel_deliveries("a1", 3_000, "acknowledged") == 1
        assert tx.cancel_deliveries("a1", 3_000, "acknowledged") == 0
    states = {d.key: (d.state, d.result) for d in ledger.deliveries()}
    assert states["a1/1/ana"] == (DeliveryState.DEAD, "acknowledged")
    assert states["a1/1/ben"] == (DeliveryState.LEASED, "")
    assert states["a2/1/ana"] == (DeliveryState.PENDING, "")


def test_an_older_status_changes_nothing(ledger: SqlLedger):
    newest = DeviceStatus("p1", "d1", 10, 10, online=False)
    other = DeviceStatus("p1", "d2", 1, 1, online=True, battery=0.5, retained=True)
    with ledger.write() as tx:
        tx.put_statuses([replace(newest, time=8, online=True), newest, other])
        tx.put_statuses([replace(newest, time=9, received=11, online=True, battery=1.0)])
    assert ledger.devices() == [newest, other]


def test_odd_text_from_outside_never_stops_the_line(ledger: SqlLedger):
    odd = "nul \x00 and lone \ud800 surrogate"
    first = alert(evidence={odd: odd, "value": float("nan"), "limit": float("inf")})
    with ledger.write() as tx:
        tx.put_alerts([first])
        tx.add_transitions([transition(first, note=odd)])
        tx.add_deliveries([delivery(first, body=odd)])
        tx.add_rejects([Reject(1, odd, b"", RejectReason.MALFORMED, odd, odd)])
    assert ledger.rejects()[0].detail == "nul \\x00 and lone \\ud800 surrogate"
    assert ledger.live()[0].evidence == {odd: odd, "value": None, "limit": None}


def test_history_cannot_be_rewritten_even_from_outside(ledger: SqlLedger, url: str):
    with ledger.write() as tx:
        tx.add_transitions([transition(alert())])
    engine = create_engine(parsed(url))
    for statement in ("UPDATE transitions SET note = 'x'", "DELETE FROM transitions"):
        with pytest.raises(DBAPIError, match="never changed"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()
    assert ledger.transitions() == [transition(alert())]


def test_a_transaction_inside_a_transaction_is_refused_rather_than_hung(tmp_path: Path):
    with SqlLedger(f"sqlite:///{tmp_path}/l.db") as ledger:
        inner = ledger.write()
        with ledger.write(), pytest.raises(RuntimeError, match="already open in this thread"):
            inner.__enter__()


def test_severity_and_kind_keep_their_types(ledger: SqlLedger):
    technical = replace(alert(), kind=Kind.TECHNICAL, severity=Severity.LOW)
    with ledger.write() as tx:
        tx.put_alerts([technical])
    read = ledger.live()[0]
    assert (read.kind, read.severity, read.state, read.key) == (
        Kind.TECHNICAL,
        Severity.LOW,
        AlertState.OPEN,
        technical.key,
    )
    assert isinstance(read.key, FindingKey)


def test_two_that_judge_one_patient_take_turns(ledger: SqlLedger, url: str):
    """Each looks before it writes; were both let in at once, both would open the alert."""
    opened: list[str] = []

    def judge(number: int) -> None:
        with open_ledger(url, migrate=False) as own:
            mine = replace(alert(number), key=alert().key)
            started.wait()
            with own.write() as tx:
                if not tx.live_alerts([mine.key, FindingKey("gap", "p7")]):
                    tx.put_alerts([mine])
                    opened.append(mine.id)

    started = threading.Barrier(4)
    threads = [threading.Thread(target=judge, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a.id for a in ledger.live()] == opened
    assert len(opened) == 1
