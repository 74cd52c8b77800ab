"""What people read: alerts, their history, deliveries and tries, rejects, devices, counts; newest first."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, select

from store.ledger.rows import (
    ALERTS,
    DELIVERIES,
    REJECTS,
    STATUSES,
    TRANSITIONS,
    alert_of,
    delivery_of,
    reject_of,
    status_of,
    transition_of,
)
from store.ledger.schema_alerts import alerts, transitions
from store.ledger.schema_deliveries import attempts, deliveries
from store.ledger.schema_devices import rejects, statuses
from vitals.alert import Alert, AlertState, Delivery, DeliveryState, Transition
from vitals.intake import DeviceStatus, Reject, RejectReason


@dataclass(frozen=True, slots=True)
class Tried:
    """One try of a delivery and what the channel said; ``time`` in ms UTC."""

    key: str
    time: int
    ok: bool
    result: str


def by_id(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Alert]:
    """The alerts of those rows, in the order of their ids: the same on every database."""
    return sorted(map(alert_of, rows), key=lambda alert: alert.id)


def read_alerts(
    c: Connection,
    states: Collection[AlertState] | None,
    patient: str | None,
    limit: int | None,
    since: int | None = None,
) -> list[Alert]:
    """Alerts in one of ``states`` (None: all) that opened at ``since`` or later, newest opening first."""
    query = ALERTS.order_by(alerts.c.opened.desc(), alerts.c.id).limit(limit)
    if since is not None:
        query = query.where(alerts.c.opened >= since)
    if states is not None:
        query = query.where(alerts.c.state.in_([state.value for state in states]))
    return [alert_of(row) for row in c.execute(_if_given(query, alerts.c.patient, patient))]


def read_alert(c: Connection, alert_id: str) -> Alert | None:
    """One alert; None if there is none of that id."""
    row = c.execute(ALERTS.where(alerts.c.id == alert_id)).first()
    return None if row is None else alert_of(row)


def read_transitions(c: Connection, alert_id: str | None, since: int | None, limit: int | None) -> list[Transition]:
    """Transitions at or after ``since``, in the order they happened."""
    query = _if_given(TRANSITIONS, transitions.c.alert, alert_id)
    if since is not None:
        query = query.where(transitions.c.time >= since)
    ordered = query.order_by(transitions.c.time, transitions.c.alert, transitions.c.seq).limit(limit)
    return [transition_of(row) for row in c.execute(ordered)]


def read_deliveries(
    c: Connection, alert_id: str | None, state: DeliveryState | None, limit: int | None
) -> list[Delivery]:
    """Deliveries, newest first."""
    query = _if_given(DELIVERIES, deliveries.c.alert, alert_id)
    query = _if_given(query, deliveries.c.state, None if state is None else state.value)
    ordered = query.order_by(deliveries.c.created.desc(), deliveries.c.key).limit(limit)
    return [delivery_of(row) for row in c.execute(ordered)]


def read_attempts(c: Connection, key: str | None, limit: int | None) -> list[Tried]:
    """Every try, newest first."""
    query: Select[*tuple[Any, ...]] = select(attempts.c.delivery, attempts.c.time, attempts.c.ok, attempts.c.result)
    ordered = _if_given(query, attempts.c.delivery, key).order_by(attempts.c.id.desc()).limit(limit)
    return [Tried(*row) for row in c.execute(ordered)]


def read_rejects(c: Connection, limit: int | None, since: int | None, reason: RejectReason | None) -> list[Reject]:
    """Rejects received at or after ``since``, newest first."""
    query = _if_given(REJECTS, rejects.c.reason, None if reason is None else reason.value)
    if since is not None:
        query = query.where(rejects.c.received >= since)
    ordered = query.order_by(rejects.c.received.desc(), rejects.c.id.desc()).limit(limit)
    return [reject_of(row) for row in c.execute(ordered)]


def read_devices(c: Connection) -> list[DeviceStatus]:
    """Each device's newest status, by patient and device."""
    return [status_of(row) for row in c.execute(STATUSES.order_by(statuses.c.patient, statuses.c.device))]


def read_counts(c: Connection) -> dict[str, dict[str, int]]:
    """How many alerts and deliveries by state, and rejects by reason; a state that nothing is in counts 0."""
    return {
        "alerts": {state.value: 0 for state in AlertState} | _by(c, alerts, "state"),
        "deliveries": {state.value: 0 for state in DeliveryState} | _by(c, deliveries, "state"),
        "rejects": _by(c, rejects, "reason"),
    }


def _by(c: Connection, table: Table, column: str) -> dict[str, int]:
    name = table.c[column]
    return {str(key): int(count) for key, count in c.execute(select(name, func.count()).group_by(name).order_by(name))}


def _if_given(query: Select[*tuple[Any, ...]], column: ColumnElement[Any], value: object) -> Select[*tuple[Any, ...]]:
    return query if value is None else query.where(column == value)
