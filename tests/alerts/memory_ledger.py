"""The ledger Protocol in memory: what a test needs to see, and faults that a test may ask for."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace

from alerts.ports import Attempt
from vitals.agency import Agency
from vitals.alert import UNTRIED, Alert, AlertState, Delivery, DeliveryState, Transition
from vitals.finding import FindingKey
from vitals.identity import alert_id
from vitals.intake import DeviceStatus, PatientEvent, Reject
from vitals.presence import worth_keeping
from vitals.silence import Silence

_WAITING = (DeliveryState.PENDING, DeliveryState.LEASED)


def held(alert: Alert) -> set[FindingKey]:
    """The conditions of a live alert; a latched one keeps its own."""
    return {alert.key, *(it.key for it in alert.reasons if it.holds)}


class MemoryTx:
    """Works on copies; the ledger takes them over when all went well."""

    def __init__(self, ledger: "MemoryLedger") -> None:
        self.alerts, self.names = copy(ledger.alerts), copy(ledger.names)
        self.transitions = copy(ledger.transitions)
        self.deliveries = copy(ledger.deliveries)
        self.rejects = copy(ledger.rejects)
        self.statuses = copy(ledger.statuses)
        self.happenings = copy(ledger.happenings)
        self.hushed, self.acts = copy(ledger.hushed), copy(ledger.acts)
        self.calls: list[str] = []

    def live_alerts(self, keys: Iterable[FindingKey]) -> dict[FindingKey, Alert]:
        wanted = set(keys)
        return {key: a for a in self._live() for key in wanted & held(a)}

    def live_episodes(self, slots: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Alert]:
        wanted = set(slots)
        return {slot: a for a in self._live() if (slot := (a.key.patient, a.episode)) in wanted}

    def alert(self, name: str) -> Alert | None:
        self.calls.append("alert")
        return self.alerts.get(name) or self.alerts.get(self.names.get(name, ""))

    def open_alerts(self, alerts: Sequence[Alert]) -> bool:
        self.calls.append("open_alerts")
        known = {key for a in self._live() for key in held(a)}
        slots = {(a.key.patient, a.episode) for a in self._live() if a.episode}
        for a in alerts:
            names = {alert_id(it.key, it.since) for it in a.reasons} | {a.id}
            taken = (a.key.patient, a.episode) in slots
            if taken or names & (self.alerts.keys() | self.names.keys()) or held(a) & known:
                return False
        self._put(alerts)
        return True

    def put_alerts(self, alerts: Sequence[Alert]) -> None:
        self.calls.append("put_alerts")
        self._put(alerts)

    def _put(self, alerts: Sequence[Alert]) -> None:
        self.alerts.update({a.id: a for a in alerts})
        self.names.update({alert_id(it.key, it.since): a.id for a in alerts for it in a.reasons})
        live = [key for a in self._live() for key in held(a)]
        assert len(live) == len(set(live)), "two live alerts hold one condition"
        slots = [(a.key.patient, a.episode) for a in self._live() if a.episode]
        assert len(slots) == len(set(slots)), "two live alerts share an episode"

    def _live(self) -> list[Alert]:
        return [a for a in self.alerts.values() if a.state.live]

    def add_transitions(self, transitions: Sequence[Transition]) -> None:
        self.calls.append("add_transitions")
        for line in transitions:
            self.transitions.setdefault((line.alert, line.seq), line)

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        self.calls.append("add_deliveries")
        for delivery in deliveries:
            self.deliveries.setdefault(delivery.key, delivery)

    def cancel_deliveries(self, alert_id: str, now: int, why: str) -> int:
        waiting = [d for d in self.deliveries.values() if d.alert == alert_id and d.state is DeliveryState.PENDING]
        self.deliveries.update({d.key: replace(d, state=DeliveryState.DEAD, result=why) for d in waiting})
        return len(waiting)

    def add_rejects(self, rejects: Sequence[Reject]) -> None:
        self.rejects += rejects

    def put_statuses(self, statuses: Sequence[DeviceStatus]) -> None:
        self.statuses += statuses

    def add_events(self, events: Sequence[PatientEvent]) -> None:
        self.happenings += [e for e in events if worth_keeping(e) and e not in self.happenings]

    def silences(self, now: int) -> list[Silence]:
        return sorted((it for it in self.hushed.values() if it.end > now), key=lambda it: it.id)

    def add_silence(self, silence: Silence) -> None:
        self.hushed[silence.id] = silence
        self.acts.append(("silence", silence.by))

    def lift_silence(self, silence: Silence, by: str, now: int) -> None:
        self.hushed[silence.id] = replace(silence, lifted=now, lifted_by=by)
        self.acts.append(("unsilence", by))


class MemoryLedger:
    """All of it in dictionaries; ``down`` makes every call fail, ``writes`` counts transactions."""

    def __init__(self, agency: Agency | None = None) -> None:
        self.alerts: dict[str, Alert] = {}
        self.names: dict[str, str] = {}
        self.transitions: dict[tuple[str, int], Transition] = {}
        self.deliveries: dict[str, Delivery] = {}
        self.rejects: list[Reject] = []
        self.statuses: list[DeviceStatus] = []
        self.happenings: list[PatientEvent] = []
        self.hushed: dict[str, Silence] = {}
        self.acts: list[tuple[str, str]] = []
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
