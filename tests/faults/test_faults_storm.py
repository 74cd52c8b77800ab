"""Several service processes on one ledger: none of their deaths loses or hides an alert, and no step is told twice."""

import threading
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from alerts.attempt import Sender
from alerts.channels.base import Sent
from alerts.desk import Desk
from alerts.outbox import Outbox
from bench.storm import Weather, storm
from bench.storm_worker import NO_INTAKE, finding
from store.ledger import SqlLedger, open_ledger
from tests.alerts.house import ANA, NOON, NOOR, OPS, agency, patient
from tests.faults.kit import until
from vitals.clock import ManualClock
from vitals.finding import Severity
from vitals.times import MINUTE

PATIENTS = 10


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return request.getfixturevalue("postgresql").with_tables()


def test_a_storm_with_kills_loses_nothing_and_repeats_only_what_a_kill_interrupted(url: str) -> None:
    weather = Weather(alerts=60, patients=12, kills=12, seconds=1.5, nurse_after=0.3)
    found = storm(url, weather)
    print(f"\n{found}")
    assert not found.broken, found
    assert (found.alerts, found.notices) == (60, 2 * 48 + 12)


class Book:
    """A channel that notes which notice it was given."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def send(self, url: str, title: str, body: str, severity: Severity, key: str = "") -> Sent:
        self.keys.append(key)
        return Sent(ok=True, text="taken")


class Service:
    """A desk and an outbox with connections of its own, as in another process."""

    def __init__(self, url: str, clock: ManualClock, book: Book, name: str, stack: ExitStack) -> None:
        self.ledger: SqlLedger = stack.enter_context(open_ledger(url, migrate=False))
        self.desk = Desk(self.ledger, clock)
        sender = Sender(book, self.desk.address, self.desk.renew, clock, np.random.default_rng(1))
        self.desk.connect(stack.enter_context(Outbox(self.ledger, clock, sender, worker=name)))


def together(*acts: threading.Thread) -> None:
    for act in acts:
        act.start()
    for act in acts:
        act.join(30)


def both(services: list[Service], act: str, *arguments: object) -> None:
    """Each service does the same at the same moment."""
    gate, failed = threading.Barrier(len(services)), []

    def run(service: Service) -> None:
        gate.wait(10)
        try:
            getattr(service.desk, act)(*arguments)
        except Exception as error:  # noqa: BLE001  (shown by the test's own thread)
            failed.append(error)

    together(*(threading.Thread(target=run, args=(service,)) for service in services))
    assert not failed


def all_marked(ledger: SqlLedger) -> bool:
    counted = ledger.counts()["deliveries"]
    return counted.get("pending", 0) + counted.get("leased", 0) == 0


def test_two_services_at_the_same_moment_tell_each_step_once(url: str) -> None:
    clock, book = ManualClock(NOON), Book()
    with open_ledger(url) as ledger, ExitStack() as stack:
        house = agency(ANA, NOOR, OPS, patients=tuple(patient(f"p{number:03d}") for number in range(PATIENTS)))
        ledger.import_agency(house, NOON)
        services = [Service(url, clock, book, name, stack) for name in ("w1", "w2")]
        for number in range(2 * PATIENTS):
            both(services, "record", NO_INTAKE, [finding(number, PATIENTS, NOON)], NOON)
        for _ in range(25):
            until(lambda: all_marked(ledger), 20, "all is sent")  # the clock must not outrun their leases
            both(services, "tick", clock.advance(MINUTE))
        until(lambda: all_marked(ledger), 20, "all is sent")
        transitions, queued = ledger.transitions(), ledger.deliveries(limit=None)
    assert Counter(book.keys) == {notice.key: 1 for notice in queued}
    moments = Counter((line.alert, line.time, line.cause) for line in transitions)
    assert set(moments.values()) == {1}
    told = Counter((notice.alert, notice.created, notice.recipient) for notice in queued)
    assert len(told) >= 2 * PATIENTS * 4
    assert set(told.values()) == {1}
