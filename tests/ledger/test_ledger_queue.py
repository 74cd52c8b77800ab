"""The queue of notices: each to one worker, and every try kept."""

import threading
from collections import Counter

import pytest

from store.ledger import SqlLedger, Tried, open_ledger
from tests.ledger.ledger_samples import Try, alert, delivery, leased
from vitals.alert import UNTRIED, Delivery, DeliveryState
from vitals.finding import Severity


def queue(ledger: SqlLedger, *deliveries: Delivery) -> None:
    with ledger.write() as tx:
        tx.add_deliveries(deliveries)


def the(ledger: SqlLedger) -> Delivery:
    (only,) = ledger.deliveries()
    return only


def test_the_most_severe_and_oldest_go_first(ledger: SqlLedger):
    low, high = Severity.LOW, Severity.HIGH
    queue(
        ledger,
        delivery(alert(), "a", due=10, severity=low),
        delivery(alert(), "b", due=30, severity=high),
        delivery(alert(), "c", due=20, severity=high),
        delivery(alert(), "d", due=101, severity=high),
    )
    taken = ledger.lease("w1", now=100, until=200, limit=2)
    assert [(d.recipient, d.state, d.leased_by, d.lease_until) for d in taken] == [
        ("c", DeliveryState.LEASED, "w1", 200),
        ("b", DeliveryState.LEASED, "w1", 200),
    ]
    assert [d.recipient for d in ledger.lease("w2", 100, 200, 9)] == ["a"]
    assert ledger.lease("w3", 100, 200, 9) == []


def test_a_lease_that_ran_out_is_taken_again_and_a_running_one_is_not(ledger: SqlLedger):
    queue(ledger, leased(alert(), until=500))
    assert ledger.lease("w", 499, 900, 9) == []
    assert [d.leased_by for d in ledger.lease("w", 500, 900, 9)] == ["w"]


def test_next_due_is_the_earliest_of_what_waits_and_what_is_held(ledger: SqlLedger):
    assert ledger.next_due() is None
    queue(ledger, leased(alert(), until=500), delivery(alert(2), due=700))
    assert ledger.next_due() == 500
    ledger.mark([Try("a1/1/ana", 100, ok=True, result="200")])
    assert ledger.next_due() == 700


def test_sent_is_final(ledger: SqlLedger):
    queue(ledger, leased(alert()))
    ledger.mark([Try("a1/1/ana", 100, ok=True, result="accepted")])
    ledger.mark([Try("a1/1/ana", 150, ok=False, result="a worker that came late", retry_at=200)])
    sent = the(ledger)
    assert (sent.state, sent.sent_at, sent.attempts, sent.result) == (DeliveryState.SENT, 100, 1, "accepted")
    assert (sent.leased_by, sent.lease_until) == ("", None)
    assert ledger.lease("w", 10_000, 20_000, 9) == []


def test_a_failed_try_waits_for_the_next_and_the_last_one_gives_up(ledger: SqlLedger):
    queue(ledger, leased(alert()))
    ledger.mark([Try("a1/1/ana", 100, ok=False, result="timeout", retry_at=5_000)])
    waiting = the(ledger)
    assert (waiting.state, waiting.due, waiting.attempts) == (DeliveryState.PENDING, 5_000, 1)
    (again,) = ledger.lease("w", 5_000, 6_000, 1)
    ledger.mark([Try(again.key, 5_100, ok=False, result="refused")])
    dead = the(ledger)
    assert (dead.state, dead.attempts, dead.result, dead.due) == (DeliveryState.DEAD, 2, "refused", 5_000)
    assert ledger.attempts(again.key) == [
        Tried(again.key, 5_100, ok=False, result="refused"),
        Tried(again.key, 100, ok=False, result="timeout"),
    ]


@pytest.mark.parametrize("result", UNTRIED)
def test_a_try_that_did_not_take_place_is_kept_and_counts_for_nothing(ledger: SqlLedger, result: str):
    queue(ledger, leased(alert()))
    ledger.mark([Try("a1/1/ana", 100, ok=False, result=result, retry_at=5_000)])
    assert (the(ledger).state, the(ledger).attempts, the(ledger).result) == (DeliveryState.PENDING, 0, result)
    assert [tried.result for tried in ledger.attempts("a1/1/ana")] == [result]


def test_what_a_phone_has_got_of_late_is_known_to_every_process(ledger: SqlLedger, url: str):
    queue(ledger, *(leased(alert(n)) for n in range(4)), leased(alert(9), "ben"))
    ledger.mark([Try(f"a{n}/1/ana", 100 * n, ok=True, result="ok") for n in range(3)])
    ledger.mark([Try("a3/1/ana", 300, ok=False, result="no", retry_at=900), Try("a9/1/ben", 300, ok=True, result="ok")])
    with open_ledger(url, migrate=False) as other:
        assert [(d.alert, d.sent_at) for d in other.sent_to("ana", "phone", 100)] == [("a1", 100), ("a2", 200)]


def test_a_cancelled_notice_is_not_queued_again_by_a_failed_try(ledger: SqlLedger):
    queue(ledger, delivery(alert()))
    with ledger.write() as tx:
        tx.cancel_deliveries("a1", 1, "acknowledged")
    ledger.mark([Try("a1/1/ana", 100, ok=False, result="timeout", retry_at=200)])
    assert the(ledger).state is DeliveryState.DEAD


def test_many_tries_are_one_transaction(ledger: SqlLedger):
    queue(ledger, leased(alert()), leased(alert(2)))
    broken = Try("a2/1/ana", 100, ok=True, result=object())  # type: ignore[arg-type]
    with pytest.raises((TypeError, AttributeError)):
        ledger.mark([Try("a1/1/ana", 100, ok=True, result="ok"), broken])
    assert {d.state for d in ledger.deliveries()} == {DeliveryState.LEASED}
    assert ledger.attempts() == []


def test_each_notice_goes_to_exactly_one_of_four_threads(ledger: SqlLedger):
    queue(ledger, *(delivery(alert(n), due=1) for n in range(200)))
    taken: list[str] = []

    def work(name: str) -> None:
        while got := ledger.lease(name, 100, 10_000, 7):
            taken.extend(d.key for d in got)
            ledger.mark([Try(d.key, 100, ok=True, result="ok") for d in got])

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(Counter(taken).values()) == {1}
    assert len(taken) == 200
    assert ledger.counts()["deliveries"] == {"pending": 0, "leased": 0, "sent": 200, "dead": 0}


def test_a_reader_is_not_kept_waiting_by_a_writer(ledger: SqlLedger, url: str):
    queue(ledger, delivery(alert()))
    with open_ledger(url, migrate=False) as reader, ledger.write() as tx:
        tx.cancel_deliveries("a1", 1, "x")
        assert the(reader).state is DeliveryState.PENDING
        assert the(ledger).state is DeliveryState.PENDING


def test_what_a_dead_worker_held_is_given_back_at_once(ledger: SqlLedger):
    queue(ledger, *(delivery(alert(), name, due=0) for name in ("a", "b", "c")))
    ledger.lease("dead", 10, 60_010, 2)
    ledger.lease("alive", 10, 60_010, 1)
    assert sorted(ledger.holders()) == ["alive", "dead"]
    assert ledger.release("dead", 20) == 2
    assert len(ledger.lease("heir", 20, 60_020, 10)) == 2
    assert ledger.release("dead", 20) == 0
