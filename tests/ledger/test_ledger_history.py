"""What people read, and what is let go of."""

from dataclasses import replace

from store.ledger import SqlLedger
from tests.ledger.ledger_samples import Try, alert, delivery, leased, transition
from vitals.alert import AlertState, DeliveryState
from vitals.intake import Reject, RejectReason


def filled(ledger: SqlLedger) -> None:
    over = alert(3, AlertState.CLOSED, opened=30)
    shown = [alert(1, opened=10), alert(2, AlertState.ACKNOWLEDGED, opened=20), over]
    with ledger.write() as tx:
        tx.put_alerts(shown)
        tx.add_transitions([transition(a, time=a.opened) for a in shown])
        tx.add_transitions([transition(over, 2, time=35)])
        tx.add_deliveries([delivery(a, created=a.opened) for a in shown])
        tx.add_rejects(
            [
                Reject(t, f"t/{t}", b"x", reason, "d")
                for t, reason in ((1, RejectReason.MALFORMED), (2, RejectReason.BAD_TIME), (3, RejectReason.MALFORMED))
            ]
        )


def test_alerts_are_chosen_by_state_patient_and_number(ledger: SqlLedger):
    filled(ledger)
    assert [a.id for a in ledger.alerts()] == ["a3", "a2", "a1"]
    assert [a.id for a in ledger.alerts(AlertState.CLOSED)] == ["a3"]
    assert [a.id for a in ledger.alerts([s for s in AlertState if s.live], limit=1)] == ["a2"]
    assert [a.id for a in ledger.alerts(patient="p1")] == ["a1"]
    assert ledger.alerts([], limit=None) == []


def test_history_comes_in_the_order_it_happened(ledger: SqlLedger):
    filled(ledger)
    assert [(t.alert, t.seq) for t in ledger.transitions()] == [("a1", 1), ("a2", 1), ("a3", 1), ("a3", 2)]
    assert [(t.alert, t.seq) for t in ledger.transitions(since=30, limit=1)] == [("a3", 1)]
    assert [t.seq for t in ledger.transitions("a3")] == [1, 2]


def test_rejects_come_newest_first_and_by_reason(ledger: SqlLedger):
    filled(ledger)
    assert [r.received for r in ledger.rejects()] == [3, 2, 1]
    assert [r.received for r in ledger.rejects(limit=1, since=2)] == [3]
    assert [r.received for r in ledger.rejects(reason=RejectReason.BAD_TIME)] == [2]


def test_counts_name_every_state(ledger: SqlLedger):
    filled(ledger)
    assert ledger.counts() == {
        "alerts": {"open": 1, "escalated": 0, "acknowledged": 1, "resolved": 0, "closed": 1},
        "deliveries": {"pending": 3, "leased": 0, "sent": 0, "dead": 0},
        "rejects": {"malformed": 2, "bad_time": 1},
    }


def test_deliveries_are_chosen_by_alert_and_state(ledger: SqlLedger):
    filled(ledger)
    ledger.mark([Try("a2/1/ana", 50, ok=True, result="ok")])
    assert [d.alert for d in ledger.deliveries()] == ["a3", "a2", "a1"]
    assert [d.alert for d in ledger.deliveries(state=DeliveryState.SENT)] == ["a2"]
    assert [d.alert for d in ledger.deliveries("a1")] == ["a1"]


def test_pruning_takes_rejects_and_finished_notices_and_never_history(ledger: SqlLedger):
    filled(ledger)
    ledger.mark([Try(f"a{n}/1/ana", 50, ok=True, result="ok") for n in (1, 3)])
    before = ledger.alerts(), ledger.transitions()
    assert ledger.prune(before=3, now=200) == {"rejects": 2, "deliveries": 0, "attempts": 0}
    assert ledger.prune(before=100, now=200) == {"rejects": 1, "deliveries": 1, "attempts": 1}
    assert (ledger.alerts(), ledger.transitions()) == before
    assert [d.alert for d in ledger.deliveries()] == ["a2", "a1"]
    assert [t.key for t in ledger.attempts()] == ["a1/1/ana"]


def test_pruning_goes_on_until_nothing_old_is_left(ledger: SqlLedger):
    with ledger.write() as tx:
        tx.add_rejects([Reject(1, "t", b"x", RejectReason.MALFORMED, "d")] * 10_001)
    assert ledger.prune(before=2, now=200)["rejects"] == 10_001
    assert ledger.rejects() == []


def test_a_long_replay_is_kept_whole(ledger: SqlLedger):
    seen = [alert(n, AlertState.RESOLVED, seq=2) for n in range(2_000)]
    for start in range(0, len(seen), 200):
        with ledger.write() as tx:
            part = seen[start : start + 200]
            tx.put_alerts(part)
            tx.add_transitions([transition(a, seq) for a in part for seq in (1, 2)])
            tx.add_deliveries([leased(a) for a in part])
            assert len(tx.live_alerts([a.key for a in part])) == 0
    assert len(ledger.transitions()) == 4_000
    assert len(ledger.deliveries(limit=None)) == 2_000
    assert ledger.alert("a7") == replace(seen[7])
