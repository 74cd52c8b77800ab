"""A channel that hangs holds back nobody else's notices, however many of its own are queued."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from alerts import crew
from alerts.attempt import Sender
from alerts.channels.base import Sent
from alerts.outbox import Outbox
from alerts.waiting import Waiting
from tests.alerts.house import NOON, USUAL
from tests.alerts.memory_ledger import MemoryLedger
from vitals.alert import Delivery, DeliveryState
from vitals.clock import SystemClock
from vitals.finding import Severity

HANGS, WELL = "json://hangs/", "json://well/"


class Lines:
    """Two channels: one answers at once, one after a tenth of a second, which a test calls slow."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.over = threading.Event()

    def send(self, url: str, title: str, body: str, severity: Severity, key: str = "") -> Sent:
        if url == HANGS:
            self.over.wait(0.1)
        self.told.append(key)
        return Sent(ok=True, text="taken")


def notice(key: str, channel: str, severity: Severity) -> Delivery:
    return Delivery(key, "A", 1, "ana", channel, due=NOON, created=NOON, severity=severity)


def test_what_waits_in_the_ledger_behind_a_hanging_channel_is_told_over_one_that_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crew, "_SLOW", 0.05)
    ledger, lines, clock = MemoryLedger(USUAL), Lines(), SystemClock()
    with ledger.write() as tx:
        tx.add_deliveries([notice(f"h{n}", HANGS, Severity.MEDIUM) for n in range(1_200)])
        tx.add_deliveries([notice(f"w{n}", WELL, Severity.LOW) for n in range(20)])
    sender = Sender(lines, lambda d: d.channel, lambda d: d, clock, np.random.default_rng(1))
    outbox = Outbox(ledger, clock, sender, worker="w1")
    outbox.start()
    told = {d.key for d in ledger.wait_until(DeliveryState.SENT, 60)}
    outbox.stop(0)
    lines.over.set()
    assert {f"w{n}" for n in range(20)} <= told


def test_a_notice_that_is_leased_anew_while_it_waits_goes_under_its_new_lease() -> None:
    queue, first = Waiting(per_host=1), replace(notice("k", WELL, Severity.HIGH), lease_until=1)
    assert queue.put(WELL, first)
    assert not queue.put(WELL, replace(first, lease_until=2))
    taken = queue.take()
    assert taken is not None
    assert (taken[1].lease_until, len(queue), queue.count([WELL])) == (2, 0, 0)
