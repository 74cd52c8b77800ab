"""The ledger Protocol in memory: what a test needs to see, and faults that a test may ask for."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from alerts.ports import Attempt
from tests.alerts.memory_tx import Kept, MemoryTx
from vitals.agency import Agency
from vitals.alert import UNTRIED, Alert, AlertState, Delivery, DeliveryState
from vitals.intake import PatientEvent
from vitals.silence import Silence

_WAITING = (DeliveryState.PENDING, DeliveryState.LEASED)


class MemoryLedger(Kept):
    """All of it in dictionaries; ``down`` makes every call fail, ``writes`` counts transactions."""

    def __init__(self, agency: Agency | None = None) -> None:
        super().__init__()
        self.attempts: list[Attempt] = []
        self.marks: list[int] = []
        self.writes, self.down, self.last_calls = 0, False, []
        self._agency = agency
        self._lock = threading.RLock()
        self.changed = threading.Condition(self._lock)

    @contextmanager
    def write(self) -> Iterator[MemoryTx]:
        with self._lock:
            self._up()
            tx = MemoryTx(self)
            yield tx
            self._up()
            self.alerts, self.transitions, self.deliveries = tx.alerts, tx.transitions, tx.deliveries
            self.names = tx.names
            self.rejects, self.statuses, self.last_calls = tx.rejects, tx.statuses, tx.calls
            self.happenings = tx.happenings
            self.hushed, self.acts = tx.hushed, tx.acts
            self.writes += 1

    def live(self) -> list[Alert]:
        return [a for a in self.alerts.values() if a.state.live]

    def resolved(self, since: int) -> list[Alert]:
        return [a for a in self.alerts.values() if a.state is AlertState.RESOLVED and a.updated >= since]

    def due(self, now: int) -> list[Alert]:
        self._up()
        return [a for a in self.live() if any(t is not None and t <= now for t in (a.next_step_at, a.follow_up_at))]

    def agency(self) -> Agency | None:
        return self._agency

    def events(self, since: int) -> list[PatientEvent]:
        return [event for event in self.happenings if event.time >= since]

    def silences(self, now: int) -> list[Silence]:
        return MemoryTx(self).silences(now)

    def agency_version(self) -> int:
        return 1

    def lease(self, worker: str, now: int, until: int, limit: int) -> list[Delivery]:
        with self._lock:
            self._up()
            due = sorted(
                (d for d in self.deliveries.values() if d.state in _WAITING and _attention(d) <= now),
                key=lambda d: (-d.severity, d.due, d.created, d.key),
            )[:limit]
            taken = [replace(d, state=DeliveryState.LEASED, lease_until=until, leased_by=worker) for d in due]
            self.deliveries.update({d.key: d for d in taken})
            return taken

    def forsaken(self, now: int) -> int:
        """Its workers are threads: none dies alone."""
        return 0

    def next_due(self) -> int | None:
        with self._lock:
            self._up()
            return min((_attention(d) for d in self.deliveries.values() if d.state in _WAITING), default=None)

    def mark(self, attempts: Sequence[Attempt]) -> None:
        with self.changed:
            self._up()
            self.marks.append(len(attempts))
            for attempt in attempts:
                self.attempts.append(attempt)
                self.deliveries[attempt.key] = _after(self.deliveries[attempt.key], attempt)
            self.changed.notify_all()

    def wait_until(self, state: DeliveryState, count: int, seconds: float = 10.0) -> list[Delivery]:
        """Block until that many deliveries have come to ``state``."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.having(state)) >= count, seconds), self.deliveries
            return self.having(state)

    def having(self, state: DeliveryState) -> list[Delivery]:
        return [d for d in self.deliveries.values() if d.state is state]

    def _up(self) -> None:
        if self.down:
            raise ConnectionError("the ledger is down")


def _attention(delivery: Delivery) -> int:
    if delivery.state is DeliveryState.LEASED and delivery.lease_until is not None:
        return delivery.lease_until
    return delivery.due


def _after(delivery: Delivery, attempt: Attempt) -> Delivery:
    tries = delivery.attempts + (attempt.result not in UNTRIED)
    tried = replace(delivery, attempts=tries, result=attempt.result, lease_until=None, leased_by="")
    if attempt.ok:
        return replace(tried, state=DeliveryState.SENT, sent_at=attempt.time)
    if delivery.state not in _WAITING:
        return delivery
    if attempt.retry_at is None:
        return replace(tried, state=DeliveryState.DEAD)
    return replace(tried, state=DeliveryState.PENDING, due=attempt.retry_at)
