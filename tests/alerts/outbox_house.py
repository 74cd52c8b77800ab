"""A house with a desk, an outbox and a channel whose answers a test writes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from alerts.attempt import Sender
from alerts.channels.base import Sent
from alerts.desk import Desk
from alerts.outbox import Outbox
from tests.alerts.house import NO_INTAKE, NOON, USUAL, found
from tests.alerts.memory_ledger import MemoryLedger
from vitals.agency import Agency
from vitals.alert import Delivery
from vitals.clock import ManualClock
from vitals.finding import FindingKey, Severity

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
        self.sent = list[Delivery]()
        self.dead = list[Delivery]()
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
