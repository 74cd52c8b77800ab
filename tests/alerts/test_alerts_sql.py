"""The desk and its outbox over the real ledger and a real web hook, before and after a crash."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from alerts.attempt import Sender
from alerts.channels.apprise import AppriseChannel
from alerts.desk import Desk
from alerts.outbox import Outbox
from alerts.ports import Ledger
from store.ledger import SqlLedger, open_ledger
from tests.alerts.house import GLUCOSE, NO_INTAKE, NOON, OPS, agency, found, person
from tests.alerts.sink import Sink, running
from vitals.agency import Agency
from vitals.alert import AlertState, Delivery
from vitals.clock import ManualClock
from vitals.finding import FindingKey, Severity
from vitals.people import Role
from vitals.times import MINUTE


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as it:
        yield it


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    it = open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    yield it
    it.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


def house(sink: Sink) -> Agency:
    return agency(person("ana", Role.CNA, url=sink.url()), OPS)


def open_desk(
    ledger: Ledger, clock: ManualClock, sink: Sink, worker: str = "w1"
) -> tuple[Desk, Outbox, threading.Semaphore]:
    desk, sent = Desk(ledger, clock, house(sink)), threading.Semaphore(0)

    def count(_delivery: Delivery, _now: int) -> None:
        sent.release()

    sender = Sender(AppriseChannel(), desk.address, desk.renew, clock, np.random.default_rng(1), on_sent=count)
    outbox = Outbox(ledger, clock, sender, worker=worker)
    desk.connect(outbox)
    return desk, outbox, sent


def test_found_committed_told_acknowledged_and_told_again(ledger: SqlLedger, clock: ManualClock, sink: Sink):
    desk, outbox, _ = open_desk(ledger, clock, sink)
    with outbox:
        desk.record(NO_INTAKE, [found(), found(key=GLUCOSE)], NOON)
        assert {said["title"].split(" – ")[0] for said in sink.wait_for(2)} == {
            "Act now: Oxygen saturation low",
            "Act now: Glucose high",
        }
        first, second = ledger.live()
        desk.acknowledge(first.id, "ana", NOON)
        clock.advance(3 * MINUTE)
        desk.tick(clock.now())
        assert second.id in sink.wait_for(3)[-1]["message"]
        clock.advance(27 * MINUTE)
        again = desk.tick(clock.now())
        assert "follow_up" in {line.cause for line in again.transitions}
    assert ledger.next_due() is None or ledger.next_due() > clock.now()


def test_a_restart_neither_repeats_nor_forgets(ledger: SqlLedger, clock: ManualClock, sink: Sink):
    desk, outbox, _ = open_desk(ledger, clock, sink)
    with outbox:
        desk.record(NO_INTAKE, [found()], NOON)
        sink.wait_for(1)
    lost, _unstarted, _ = open_desk(ledger, clock, sink, "w2")
    lost.record(NO_INTAKE, [found(), found(key=GLUCOSE)], clock.now())
    clock.advance(2 * MINUTE)
    third, outbox, sent = open_desk(ledger, clock, sink, "w3")
    third.record(NO_INTAKE, [found(), found(key=GLUCOSE)], clock.now())
    with outbox:
        assert sent.acquire(timeout=10)
    assert len(sink.heard) == 2
    assert len(set(sink.keys)) == 2


def test_what_resolved_waits_for_nobody(ledger: SqlLedger, clock: ManualClock, sink: Sink):
    desk, _unstarted, _ = open_desk(ledger, clock, sink)
    desk.record(NO_INTAKE, [found()], NOON)
    desk.record(NO_INTAKE, [found(Severity.CLEAR, time=NOON + MINUTE)], NOON + MINUTE)
    clock.advance(2 * MINUTE)
    _, outbox, _ = open_desk(ledger, clock, sink, "w2")
    with outbox:
        outbox.wake()
    assert sink.heard == []
    assert ledger.live() == []


def test_a_storm_is_told_to_the_last(ledger: SqlLedger, clock: ManualClock, sink: Sink):
    desk, outbox, _ = open_desk(ledger, clock, sink)
    with outbox:
        desk.record(NO_INTAKE, [found(key=FindingKey("limit.low", f"q{n}", "spo2")) for n in range(100)], NOON)
        desk.record(NO_INTAKE, [found(key=FindingKey(f"watch.n{n}", "p1")) for n in range(100)], NOON)
        sink.wait_for(100, 30)
    assert len(set(sink.keys)) == len(sink.keys)
    assert {alert.state for alert in ledger.live()} == {AlertState.OPEN}
