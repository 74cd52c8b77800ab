"""After a crash, a ledger that is down, a stop: every notice is told, and told once."""

import pytest

from alerts.outbox import Outbox
from tests.alerts.house import found
from tests.alerts.memory_ledger import MemoryLedger
from tests.alerts.outbox_house import Dropped, House, a_house, many_of
from vitals.alert import STOPPED, DeliveryState
from vitals.clock import ManualClock
from vitals.finding import FindingKey
from vitals.times import MINUTE, SECOND


def test_after_a_crash_between_commit_and_send_the_lease_runs_out_and_it_is_sent_once():
    house = House()
    house.desk.connect(Dropped(house.outbox))
    house.find()
    assert house.ledger.having(DeliveryState.LEASED)
    with house.outbox:
        house.clock.advance(59 * SECOND)
        house.outbox.wake()
        assert not house.channel.begun.acquire(timeout=0.1)
        house.clock.advance(2 * SECOND)
        house.ledger.wait_until(DeliveryState.SENT, 1)
    assert len(house.channel.sent) == 1


def test_a_ledger_that_is_down_delays_marks_and_nothing_is_told_twice():
    with a_house() as house:
        gate = house.channel.hold("console://ana")
        house.find()
        assert house.channel.begun.acquire(timeout=10)
        house.ledger.down = True
        gate.set()
        house.channel.wait_sent(1)
        house.clock.advance(2 * MINUTE)
        house.ledger.down = False
        house.outbox.wake()
        house.ledger.wait_until(DeliveryState.SENT, 1)
        assert len(house.channel.sent) == 1


def test_marks_are_written_together():
    with a_house() as house:
        gate = house.channel.hold("console://ana")
        house.find(*(found(key=FindingKey("limit.low", f"q{n}", "spo2")) for n in range(200)))
        gate.set()
        house.ledger.wait_until(DeliveryState.SENT, 200)
        assert len(house.ledger.marks) < 200


def test_stopping_sends_what_is_left_and_gives_back_what_it_cannot():
    house = House()
    house.outbox.start()
    house.find()
    house.outbox.stop(10)
    assert len(house.ledger.having(DeliveryState.SENT)) == 1

    stuck = House()
    gate = stuck.channel.hold("console://ana")
    stuck.outbox.start()
    stuck.find(*(found(key=FindingKey("limit.low", f"q{n}", "spo2")) for n in range(3)), *many_of("p1"))
    stuck.outbox.stop(0)
    given_back = stuck.ledger.having(DeliveryState.PENDING)
    assert given_back, "so that the next process need not wait"
    assert {(d.attempts, d.result) for d in given_back} == {(0, STOPPED)}, "no channel was tried"
    gate.set()


def test_a_lease_must_outlast_a_send():
    with pytest.raises(ValueError, match="at least twice"):
        Outbox(MemoryLedger(), ManualClock(), None, worker="w", lease=10, time_limit=20)  # type: ignore[arg-type]
