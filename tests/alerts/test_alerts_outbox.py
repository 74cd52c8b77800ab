import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import structlog

from alerts.attempt import Sender
from alerts.channels.base import Failure, Sent
from alerts.desk import Desk
from alerts.outbox import Outbox
from tests.alerts.house import NIGHT, NO_INTAKE, NOON, PULSE, USUAL, agency, found, person
from tests.alerts.memory_ledger import MemoryLedger
from vitals.agency import Agency
from vitals.alert import Delivery, DeliveryState
from vitals.clock import ManualClock
from vitals.finding import FindingKey, Severity
from vitals.people import QuietHours, Role
from vitals.plan import EscalationPolicy
from vitals.times import HOUR, MINUTE, SECOND

OK = Sent(ok=True, text="taken")


class Puppet:
    """A channel whose answers a test writes; ``held`` URLs do not answer until they are let go."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, Severity]] = []
        self.answers: dict[str, list[Sent]] = {}
        self.held: dict[str, threading.Event] = {}
        self.started: list[Severity] = []
        self.begun = threading.Semaphore(0)
        self.news = threading.Condition()

    def hold(self, url: str) -> threading.Event:
        return self.held.setdefault(url, threading.Event())

    def send(self, url: str, title: str, body: str, severity: Severity, key: str = "") -> Sent:
        self.started.append(severity)
        self.begun.release()
        if url in self.held:
            self.held[url].wait(30)
        with self.news:
            self.sent.append((url, title, severity))
            self.news.notify_all()
            answers = self.answers.get(url)
            return answers.pop(0) if answers else OK

    def wait_sent(self, count: int) -> list[str]:
        with self.news:
            assert self.news.wait_for(lambda: len(self.sent) >= count, 10), self.sent
            return [url for url, _, _ in self.sent]


class House:
    def __init__(self, house: Agency = USUAL, now: int = NOON, **options: Any) -> None:
        self.clock = ManualClock(now)
        self.ledger, self.channel = MemoryLedger(house), Puppet()
        self.desk = Desk(self.ledger, self.clock)
        self.sent: list[Delivery] = []
        self.dead: list[Delivery] = []
        sender = Sender(
            self.channel,
            self.desk.address,
            self.desk.renew,
            self.clock,
            np.random.default_rng(1),
            on_sent=lambda d, _: self.sent.append(d),
            on_dead=lambda d, _: self.dead.append(d),
        )
        self.outbox = Outbox(self.ledger, self.clock, sender, worker="w1", **options)
        self.desk.connect(self.outbox)

    def find(self, *findings: Any) -> None:
        self.desk.record(NO_INTAKE, findings or [found(time=self.clock.now())], self.clock.now())


@contextmanager
def a_house(*args: Any, **options: Any) -> Iterator[House]:
    house = House(*args, **options)
    with house.outbox:
        yield house
        for event in house.channel.held.values():
            event.set()


def test_what_is_found_is_sent_and_marked():
    with a_house() as house:
        house.find()
        (sent,) = house.ledger.wait_until(DeliveryState.SENT, 1)
        assert (sent.recipient, sent.attempts, sent.result) == ("ana", 1, "taken")
        assert [d.key for d in house.sent] == [sent.key]


def test_a_channel_that_fails_is_tried_again_later_and_recovers():
    with a_house() as house:
        house.channel.answers["console://ana"] = [Sent(ok=False, text="busy", failure=Failure.BUSY)] * 2
        house.find()
        for tries in (1, 2):
            (waiting,) = house.ledger.wait_until(DeliveryState.PENDING, 1)
            assert (waiting.attempts, waiting.result) == (tries, "busy")
            assert waiting.due > house.clock.now()
            house.clock.set(waiting.due)
            house.outbox.wake()
            house.channel.wait_sent(tries + 1)
        (sent,) = house.ledger.wait_until(DeliveryState.SENT, 1)
        assert sent.attempts == 3


def test_what_only_a_person_can_mend_is_given_up_loudly():
    with structlog.testing.capture_logs() as logs, a_house() as house:
        refusal = Sent(ok=False, text="no such service", failure=Failure.MISCONFIGURED)
        house.channel.answers["console://ana"] = [refusal]
        house.find()
        (dead,) = house.ledger.wait_until(DeliveryState.DEAD, 1)
        assert (dead.result, [d.key for d in house.dead]) == ("no such service", [dead.key])
    assert [line["log_level"] for line in logs if line["event"] == "notice_given_up"] == ["error"]


def test_a_channel_that_raises_is_a_failure_like_any_other():
    with a_house() as house:
        house.channel.send = lambda *_: 1 / 0  # type: ignore[method-assign,assignment,return-value]
        house.find()
        (waiting,) = house.ledger.wait_until(DeliveryState.PENDING, 1)
        assert "ZeroDivisionError" in waiting.result


def test_a_hanging_channel_does_not_stall_another():
    house = agency(person("ana", Role.CNA), person("ben", Role.HMA))
    with a_house(house) as house:
        gate = house.channel.hold("console://ana")
        house.find(*(found(Severity.HIGH, key=alone(n)) for n in range(4)))
        sent = house.ledger.wait_until(DeliveryState.SENT, 4)
        assert {d.recipient for d in sent} == {"ben"}
        gate.set()
        assert len(house.ledger.wait_until(DeliveryState.SENT, 8)) == 8


def test_a_high_one_does_not_stand_behind_a_queue_of_low_ones():
    with a_house(agency(person("ana", Role.CNA), policy=EscalationPolicy(low_at_once=True))) as house:
        gate = house.channel.hold("console://ana")
        low = [found(Severity.LOW, key=alone(n)) for n in range(20)]
        house.find(*low)
        for _ in range(2):
            assert house.channel.begun.acquire(timeout=10)
        house.find(found(Severity.HIGH))
        assert house.channel.begun.acquire(timeout=10), "the slot kept for high notices was not used"
        assert not house.channel.begun.acquire(blocking=False)
        assert house.channel.started == [Severity.LOW, Severity.LOW, Severity.HIGH]
        gate.set()
        house.ledger.wait_until(DeliveryState.SENT, 21)


def test_a_send_that_never_answers_is_reported_and_tried_again():
    with a_house(time_limit=0.05, lease=60.0) as house:
        house.channel.hold("console://ana")
        house.find()
        (waiting,) = house.ledger.wait_until(DeliveryState.PENDING, 1)
        assert "no answer within" in waiting.result


def test_a_late_success_of_an_abandoned_send_is_marked_so_that_it_is_not_told_twice():
    with a_house(time_limit=0.05, lease=60.0) as house:
        gate = house.channel.hold("console://ana")
        house.find()
        house.ledger.wait_until(DeliveryState.PENDING, 1)
        gate.set()
        house.ledger.wait_until(DeliveryState.SENT, 1)


def test_what_was_acknowledged_meanwhile_is_not_sent():
    with a_house() as house:
        house.channel.answers["console://ana"] = [Sent(ok=False, text="busy", failure=Failure.BUSY)]
        house.find()
        (waiting,) = house.ledger.wait_until(DeliveryState.PENDING, 1)
        house.desk.acknowledge(waiting.alert, "noor", house.clock.now())
        house.clock.advance(HOUR)
        house.outbox.wake()
        (dead,) = house.ledger.wait_until(DeliveryState.DEAD, 1)
        assert dead.result == "acknowledged by noor"
        assert len(house.channel.sent) == 1


def test_what_quiet_hours_held_back_is_told_in_todays_words_when_they_end_if_it_still_holds():
    ana = person("ana", Role.CNA, quiet=QuietHours(start="22:00", end="07:00"))
    with a_house(agency(ana), NIGHT) as house:
        house.find(
            found(Severity.MEDIUM, time=NIGHT),
            found(Severity.MEDIUM, key=PULSE, time=NIGHT),
            found(Severity.MEDIUM, key=FindingKey("limit.low", "p1", "glucose"), time=NIGHT),
        )
        later = NIGHT + HOUR
        house.clock.set(later)
        house.find(found(Severity.CLEAR, key=PULSE, time=later), found(Severity.LOW, time=later))
        house.clock.set(NIGHT + 4 * HOUR)
        house.outbox.wake()
        sent = house.ledger.wait_until(DeliveryState.SENT, 2)
        assert len(sent) == 2
        titles = sorted(title for _, title, _ in house.channel.sent)
        assert [title.split(":")[0] for title in titles] == ["Act soon", "For your next visit"]


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
    assert stuck.ledger.having(DeliveryState.PENDING), "given back, so that the next process need not wait"
    gate.set()


def test_a_lease_must_outlast_a_send():
    with pytest.raises(ValueError, match="at least twice"):
        Outbox(MemoryLedger(), ManualClock(), None, worker="w", lease=10, time_limit=20)  # type: ignore[arg-type]


class Dropped:
    """An outbox that dies before it is handed anything."""

    def __init__(self, outbox: Outbox) -> None:
        self.lease = outbox.lease

    def push(self, deliveries: object) -> None:
        pass

    def wake(self) -> None:
        pass


def many_of(patient: str) -> list[Any]:
    return [found(key=alone(n, patient)) for n in range(10)]


def alone(number: int, patient: str = "p1") -> FindingKey:
    """Conditions that share no alert."""
    return FindingKey(f"watch.n{number}", patient)
