"""What waits together for one phone is told together, each notice with an account of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from alerts.attempt import Sender
from alerts.bundle import Bundler
from alerts.channels.base import Failure, Sent
from alerts.desk import Desk
from alerts.gsm import LIMIT, septets
from alerts.outbox import Outbox
from alerts.throttle import Rate, Throttle
from alerts.words_bundle import Part, together
from tests.alerts.house import ANA, NO_INTAKE, NOON, NOOR, OPS, TECH, agency, found, patient, person
from tests.alerts.memory_ledger import MemoryLedger
from tests.alerts.test_alerts_throttle import notice
from vitals.agency import Agency
from vitals.alert import DeliveryState
from vitals.clock import ManualClock
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.people import Role
from vitals.times import MINUTE

LOW, MEDIUM, HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
MANY = tuple(patient(f"p{n}") for n in range(40))
HOUSE = agency(TECH, OPS, patients=MANY)


class Phone:
    """A channel that keeps what it is given, and may be told to fail or to wait."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, str, Severity, str]] = []
        self.failing, self.open = False, threading.Event()
        self.open.set()

    def send(self, url: str, title: str, body: str, severity: Severity, key: str = "") -> Sent:
        self.open.wait(10)
        if self.failing:
            return Sent(ok=False, text="busy", failure=Failure.BUSY)
        self.got.append((url.removeprefix("console://"), title, body, severity, key))
        return Sent(ok=True, text="taken")

    def titles(self, who: str) -> list[str]:
        return [title for whom, title, *_ in self.got if whom == who]


class Flooded:
    def __init__(self, house: Agency, rate: Rate) -> None:
        self.clock, self.ledger, self.phone = ManualClock(NOON), MemoryLedger(house), Phone()
        self.desk = Desk(self.ledger, self.clock)
        sender = Sender(
            self.phone,
            self.desk.address,
            self.desk.renew,
            self.clock,
            np.random.default_rng(1),
            throttle=Throttle(rate),
            bundle=Bundler(self.ledger, lambda: self.desk.roster),
        )
        self.outbox = Outbox(self.ledger, self.clock, sender, worker="w1")
        self.desk.connect(self.outbox)

    def find(self, *findings: Finding) -> None:
        self.desk.record(NO_INTAKE, findings, self.clock.now())

    def later(self, ms: int) -> None:
        self.clock.advance(ms)
        self.outbox.wake()


@contextmanager
def flooded(house: Agency = HOUSE, rate: Rate | None = None) -> Iterator[Flooded]:
    it = Flooded(house, rate or Rate())
    with it.outbox:
        yield it
        it.phone.open.set()


def silent(number: int, severity: Severity = MEDIUM, time: int = NOON) -> Finding:
    key = FindingKey("gap.silent", f"p{number}", "", "hub")
    return found(severity, key=key, kind=Kind.TECHNICAL, time=time, silent_for=20 * MINUTE)


def low_saturation(number: int, time: int = NOON) -> Finding:
    return found(HIGH, key=FindingKey("limit.low", f"p{number}", "spo2"), time=time)


def test_what_is_found_at_once_is_one_message_and_each_notice_says_so():
    with flooded() as it:
        it.find(*(silent(n) for n in range(40)))
        sent = it.ledger.wait_until(DeliveryState.SENT, 40)
        ((who, title, body, severity, key),) = it.phone.got
        assert (who, title, severity) == ("tom", "Act soon: 40 technical alerts", MEDIUM)
        assert body.count("Device silent") == 20
        assert "and 20 more" in body
        assert key.startswith("bundle:")
        (leader,) = [d for d in sent if d.result == "taken"]
        assert {d.result for d in sent} == {"taken", f"bundled with {leader.key}"}
        assert sorted(a.key for a in it.ledger.attempts) == sorted(d.key for d in sent)


def test_a_trickle_is_throttled_and_the_rest_told_together_when_the_window_ends():
    with flooded(rate=Rate(6, 10 * MINUTE)) as it:
        for n in range(40):
            it.find(silent(n, MEDIUM))
            it.ledger.wait_until(DeliveryState.SENT, min(n + 1, 6))
        waiting = it.ledger.wait_until(DeliveryState.PENDING, 34)
        assert len(it.phone.got) == 6
        assert {d.attempts for d in waiting} == {0}, "no channel was tried"
        assert {(d.result, d.due) for d in waiting} == {("throttled", NOON + 10 * MINUTE)}
        it.later(10 * MINUTE)
        it.ledger.wait_until(DeliveryState.SENT, 40)
        assert len(it.phone.got) <= 8
        assert "34 technical alerts" in it.phone.titles("tom")[-1]


def test_a_new_high_in_the_middle_of_the_flood_goes_at_once_and_by_itself():
    with flooded(agency(ANA, TECH, patients=MANY), Rate(1, 10 * MINUTE)) as it:
        it.find(*(found(MEDIUM, key=FindingKey("limit.high", f"p{n}", "glucose")) for n in range(10)))
        it.ledger.wait_until(DeliveryState.SENT, 10)
        it.find(*(found(MEDIUM, key=FindingKey("limit.high", f"p{n}", "glucose")) for n in range(10, 20)))
        it.ledger.wait_until(DeliveryState.PENDING, 10)
        it.find(low_saturation(30), silent(31))
        it.ledger.wait_until(DeliveryState.SENT, 11)
        (told,) = [title for title in it.phone.titles("ana") if title.startswith("Act now")]
        assert "alerts" not in told


def test_a_call_for_help_about_something_mild_goes_through_a_full_window_and_by_itself():
    with flooded(rate=Rate(1, 10 * MINUTE)) as it:
        it.find(*(silent(n) for n in range(10)))
        told = it.ledger.wait_until(DeliveryState.SENT, 10)
        it.desk.call_for_help(told[0].alert, "tom", it.clock.now())
        (urgent,) = [d for d in it.ledger.wait_until(DeliveryState.SENT, 11) if d.urgent]
        assert (urgent.severity, urgent.result) == (MEDIUM, "taken")


def test_what_was_answered_meanwhile_is_not_in_the_message():
    with flooded(rate=Rate(1, 10 * MINUTE)) as it:
        it.find(silent(0))
        it.ledger.wait_until(DeliveryState.SENT, 1)
        it.find(*(silent(n) for n in range(1, 6)))
        first = it.ledger.wait_until(DeliveryState.PENDING, 5)[0]
        it.desk.acknowledge(first.alert, "olga", it.clock.now())
        it.later(10 * MINUTE)
        it.ledger.wait_until(DeliveryState.SENT, 5)
        assert it.phone.titles("tom")[-1] == "Act soon: 4 technical alerts"


def test_two_that_wait_are_told_one_by_one():
    with flooded(rate=Rate(2, 10 * MINUTE)) as it:
        it.find(silent(0), silent(1))
        it.ledger.wait_until(DeliveryState.SENT, 2)
        assert len(it.phone.got) == 2
        assert not any("alerts" in title for title in it.phone.titles("tom"))


def test_a_message_that_fails_is_tried_again_as_one():
    with flooded() as it:
        it.phone.failing = True
        it.find(*(silent(n) for n in range(10)))
        waiting = it.ledger.wait_until(DeliveryState.PENDING, 10)
        (due,) = {d.due for d in waiting}
        it.phone.failing = False
        it.later(due - it.clock.now())
        it.ledger.wait_until(DeliveryState.SENT, 10)
        assert it.phone.titles("tom") == ["Act soon: 10 technical alerts"]


def test_a_private_phone_gets_codes_and_counts_only():
    tom = person("tom", Role.DEVICE_SUPPORT, private=True)
    with flooded(agency(tom, NOOR, patients=MANY)) as it:
        it.find(*(silent(n) for n in range(12)))
        it.ledger.wait_until(DeliveryState.SENT, 12)
        ((_, title, body, *_),) = it.phone.got
        assert title == ""
        assert body == "12 technical alerts: patient C17 (12). Act soon. See your board."


def test_a_ledger_that_is_down_still_lets_them_be_told():
    def down(*_: Any) -> Any:
        raise ConnectionError

    with flooded() as it:
        it.ledger.write = down  # type: ignore[method-assign]
        said = Bundler(it.ledger, lambda: it.desk.roster)(_notices(3))
    assert said.body == "3 alerts. See your board."


@pytest.mark.parametrize("code", ["en", "es", "xx"])
@pytest.mark.parametrize("count", [3, 30, 400])
def test_a_private_message_is_one_text_message(code: str, count: int):
    parts = [
        Part(patient(f"patient-{n}").model_copy(update={"code": f"X{n}-é"}), HIGH, False, "The Person")
        for n in range(count)
    ]
    body = together(parts, code, private=True).body
    assert septets(body) <= LIMIT
    assert str(count) in body
    assert "Person" not in body


def _notices(count: int) -> list[Any]:
    return [notice(str(n), to="tom") for n in range(count)]
