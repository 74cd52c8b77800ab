"""Rows and the vocabulary's objects, each from the other; the selects give columns in the objects' order.

Rows to be written hold what a driver takes: words for enums, JSON as text.
"""

from typing import Any

from sqlalchemy import Row, Select, Table, select

from store.ledger.columns import dumps, mend
from store.ledger.schema_alerts import alerts, transitions
from store.ledger.schema_deliveries import deliveries
from store.ledger.schema_devices import events, rejects, statuses
from vitals.alert import Alert, AlertState, Delivery, DeliveryState, Transition
from vitals.finding import FindingKey, Kind, Severity
from vitals.intake import DeviceStatus, EventType, PatientEvent, Reject, RejectReason
from vitals.presence import caregiver_of


def alert_row(alert: Alert) -> dict[str, Any]:
    """An alert as its columns."""
    return {
        "id": alert.id,
        "rule": mend(alert.key.rule),
        "patient": mend(alert.key.patient),
        "signal": alert.key.signal,
        "device": mend(alert.key.device),
        "kind": alert.kind.value,
        "severity": int(alert.severity),
        "state": alert.state.value,
        "onset": alert.onset,
        "opened": alert.opened,
        "updated": alert.updated,
        "evidence": dumps(alert.evidence),
        "holds": alert.holds,
        "latched": alert.latched,
        "seq": alert.seq,
        "step": alert.step,
        "next_step_at": alert.next_step_at,
        "acknowledged_by": mend(alert.acknowledged_by),
        "follow_up_at": alert.follow_up_at,
        "policy": dumps(alert.policy),
        "episode": mend(alert.episode),
        "told_at": alert.told_at,
    }


def alert_of(row: Row[*tuple[Any, ...]]) -> Alert:
    """The alert of a row of ``alerts``, columns in the table's order."""
    id_, rule, patient, signal, device, kind, severity, state, *rest = row
    onset, opened, updated, evidence, holds, latched, seq, step, next_step_at, by, follow_up_at, *last = rest
    policy, episode, told_at = last
    return Alert(
        id_,
        FindingKey(rule, patient, signal, device),
        Kind(kind),
        Severity(severity),
        AlertState(state),
        *(onset, opened, updated, evidence, holds, latched, seq, step),
        next_step_at=next_step_at,
        acknowledged_by=by,
        follow_up_at=follow_up_at,
        policy=policy,
        episode=episode,
        told_at=told_at,
    )


def transition_row(transition: Transition) -> dict[str, Any]:
    """A transition as its columns."""
    return {
        "alert": transition.alert,
        "seq": transition.seq,
        "time": transition.time,
        "state": transition.state.value,
        "severity": int(transition.severity),
        "cause": mend(transition.cause),
        "actor": mend(transition.actor),
        "note": mend(transition.note),
        "evidence": dumps(transition.evidence),
    }


def transition_of(row: Row[*tuple[Any, ...]]) -> Transition:
    """The transition of a row of ``transitions``."""
    alert, seq, time, state, severity, *rest = row
    return Transition(alert, seq, time, AlertState(state), Severity(severity), *rest)


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """A delivery as its columns, exactly as given: it may be leased already."""
    return {
        "key": mend(delivery.key),
        "alert": delivery.alert,
        "seq": delivery.seq,
        "recipient": mend(delivery.recipient),
        "channel": mend(delivery.channel),
        "due": delivery.due,
        "created": delivery.created,
        "state": delivery.state.value,
        "severity": int(delivery.severity),
        "attempts": delivery.attempts,
        "lease_until": delivery.lease_until,
        "leased_by": mend(delivery.leased_by),
        "sent_at": delivery.sent_at,
        "result": mend(delivery.result),
        "title": mend(delivery.title),
        "body": mend(delivery.body),
        "triggered": delivery.triggered,
        "urgent": delivery.urgent,
    }


def delivery_of(row: Row[*tuple[Any, ...]]) -> Delivery:
    """The delivery of a row of ``deliveries``."""
    key, alert, seq, recipient, channel, due, created, state, severity, *rest = row
    return Delivery(
        *(key, alert, seq, recipient, channel, due, created), DeliveryState(state), Severity(severity), *rest
    )


def reject_row(reject: Reject) -> dict[str, Any]:
    """A reject as its columns."""
    return {
        "received": reject.received,
        "topic": mend(reject.topic),
        "payload": reject.payload,
        "reason": reject.reason.value,
        "detail": mend(reject.detail),
        "patient": mend(reject.patient),
        "device": mend(reject.device),
    }


def reject_of(row: Row[*tuple[Any, ...]]) -> Reject:
    """The reject of a row of ``rejects``."""
    received, topic, payload, reason, *rest = row
    return Reject(received, topic, bytes(payload), RejectReason(reason), *rest)


def status_row(status: DeviceStatus) -> dict[str, Any]:
    """A device status as its columns."""
    values = {name: getattr(status, name) for name in DeviceStatus.__slots__}
    return values | {"patient": mend(status.patient), "device": mend(status.device)}


def status_of(row: Row[*tuple[Any, ...]]) -> DeviceStatus:
    """The status of a row of ``device_statuses``."""
    return DeviceStatus(*row)


def event_row(event: PatientEvent) -> dict[str, Any]:
    """A patient's event as its columns; of the detail only the caregiver is kept."""
    return {
        "patient": mend(event.patient),
        "event": event.event.value,
        "caregiver": mend(caregiver_of(event)),
        "time": event.time,
        "received": event.received,
        "device": mend(event.device),
        "stale": event.stale,
    }


def event_of(row: Row[*tuple[Any, ...]]) -> PatientEvent:
    """The event of a row of ``patient_events``, its id left out."""
    patient, device, time, received, event, caregiver, stale = row
    detail = {"caregiver": caregiver} if caregiver else {}
    return PatientEvent(patient, device, time, received, EventType(event), detail, stale)


def _columns(table: Table, *names: str) -> Select[*tuple[Any, ...]]:
    return select(*(table.c[name] for name in names))


ALERTS = _columns(
    alerts,
    *("id", "rule", "patient", "signal", "device", "kind", "severity", "state", "onset", "opened", "updated"),
    *("evidence", "holds", "latched", "seq", "step", "next_step_at", "acknowledged_by", "follow_up_at", "policy"),
    *("episode", "told_at"),
)
TRANSITIONS = _columns(transitions, *Transition.__slots__)
DELIVERIES = _columns(deliveries, *Delivery.__slots__)
REJECTS = _columns(rejects, *Reject.__slots__)
STATUSES = _columns(statuses, *DeviceStatus.__slots__)
EVENTS = _columns(events, "patient", "device", "time", "received", "event", "caregiver", "stale")
