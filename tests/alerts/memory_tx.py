"""A transaction on the ledger in memory."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace

from vitals.alert import Alert, Delivery, DeliveryState, Transition
from vitals.finding import FindingKey
from vitals.identity import alert_id
from vitals.intake import DeviceStatus, PatientEvent, Reject
from vitals.presence import worth_keeping
from vitals.silence import Silence


class Kept:
    """What is kept, by its names."""

    def __init__(self) -> None:
        self.alerts: dict[str, Alert] = {}
        self.names: dict[str, str] = {}
        self.transitions: dict[tuple[str, int], Transition] = {}
        self.deliveries: dict[str, Delivery] = {}
        self.rejects: list[Reject] = []
        self.statuses: list[DeviceStatus] = []
        self.happenings: list[PatientEvent] = []
        self.hushed: dict[str, Silence] = {}
        self.acts: list[tuple[str, str]] = []


def held(alert: Alert) -> set[FindingKey]:
    """The conditions of a live alert; a latched one keeps its own."""
    return {alert.key, *(it.key for it in alert.reasons if it.holds)}


class MemoryTx:
    """Works on copies; the ledger takes them over when all went well."""

    def __init__(self, ledger: "Kept") -> None:
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

    def aware(self, alert_id: str) -> set[str]:
        sent = {d.recipient for d in self.deliveries.values() if d.alert == alert_id and d.sent_at is not None}
        return sent | {line.actor for line in self.transitions.values() if line.alert == alert_id}

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
