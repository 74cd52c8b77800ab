"""Statements of the write path, built once: compiled once, and then found in the engine's cache."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Table,
    bindparam,
    exists,
    false,
    literal_column,
    or_,
    select,
    text,
    union,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from store.ledger.rows import ALERTS
from store.ledger.schema_alerts import HOLDS, LIVE, RESOLVED, alerts, reasons, transitions
from store.ledger.schema_deliveries import SENT, WAITING, attempts, deliveries
from store.ledger.schema_devices import events, rejects, statuses
from vitals.finding import FindingKey

LIVE_ALERTS = ALERTS.where(text(LIVE))
"""Unordered: to read in the order of ids, SQLite would rather walk through every alert there ever was."""
_KEY = [alerts.c[name] for name in FindingKey._fields]
_SHARED = [reasons.c[name] for name in FindingKey._fields]
LIVE_OF_PATIENTS = (
    LIVE_ALERTS.where(alerts.c.patient.in_(bindparam("patients", expanding=True)))
    .order_by(alerts.c.patient, alerts.c.rule, alerts.c.signal, alerts.c.device)
    .with_for_update()
)
"""In the order of the index of live ones: SQLite, left to itself, would read a patient's whole past."""
_NAMED = select(reasons.c.alert).where(reasons.c.name == bindparam("name"))
ALERT = ALERTS.where(or_(alerts.c.id == bindparam("name"), alerts.c.id.in_(_NAMED))).with_for_update()
RESOLVED_SINCE = ALERTS.where(text(RESOLVED), alerts.c.updated >= bindparam("since"))
CLOSED_BUT_HOLDING = ALERTS.where(
    alerts.c.opened >= bindparam("since"), text("state = 'closed' AND holds AND NOT latched")
)
DUE_STEPS = LIVE_ALERTS.where(or_(alerts.c.next_step_at <= bindparam("now"), alerts.c.follow_up_at <= bindparam("now")))
TAKE_TURNS = text("SELECT pg_advisory_xact_lock(number) FROM unnest(CAST(:numbers AS bigint[])) AS number")
"""PostgreSQL: two processes that judge the same patient take turns, so neither opens the other's alert again."""
AWARE = union(
    select(deliveries.c.recipient).where(deliveries.c.alert == bindparam("alert_id"), text(SENT)),
    select(transitions.c.actor).where(transitions.c.alert == bindparam("alert_id")),
)

_WAITING_OF = (
    select(deliveries.c.key)
    .where(deliveries.c.alert == bindparam("alert_id"), text(WAITING))
    .order_by(deliveries.c.key)
    .with_for_update()
)


def cancel(_dialect: str) -> Executable:
    """Give up what waits for that alert, and say why."""
    dead: Any = literal_column("'dead'")
    return update(deliveries).where(deliveries.c.key.in_(_WAITING_OF)).values(state=dead, result=bindparam("why"))


def _insert(dialect: str, table: Table) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def _add(dialect: str, table: Table) -> Executable:
    statement: Executable = _insert(dialect, table).on_conflict_do_nothing()
    return statement


def _unless(dialect: str, table: Table, *known: ColumnElement[bool]) -> Executable:
    """Insert, unless one of ``known`` says that it is there, or a unique index does."""
    values = select(*(bindparam(column.name, type_=column.type) for column in table.c))
    names = [column.name for column in table.c]
    fresh = values.where(*(~it for it in known))
    statement: Executable = _insert(dialect, table).from_select(names, fresh).on_conflict_do_nothing()
    return statement


def open_alert(dialect: str) -> Executable:
    """Insert; where its id, a live alert of its key or of its episode, or its condition in another, is there already,
    nothing.
    """
    named = exists().where(reasons.c.name == bindparam("id"))
    held = exists().where(text(HOLDS), *(column == bindparam(column.name) for column in _SHARED))
    return _unless(dialect, alerts, named, held)


def open_reason(dialect: str) -> Executable:
    """Insert; where its condition has an alert of its own, or is there already, nothing."""
    elsewhere = alerts.c.id != bindparam("alert")
    named = exists().where(alerts.c.id == bindparam("name"), elsewhere)
    held = exists().where(text(LIVE), elsewhere, *(column == bindparam(column.name) for column in _KEY))
    return _unless(dialect, reasons, named, held)


def end_reasons(_dialect: str) -> Executable:
    """No condition of that alert holds, as far as these rows tell."""
    return update(reasons).where(reasons.c.alert == bindparam("alert")).values(holds=false())


def put_reason(dialect: str) -> Executable:
    """Insert, or replace the condition of that name."""
    statement = _insert(dialect, reasons)
    fresh = {c.name: statement.excluded[c.name] for c in reasons.c if c.name != "name"}
    upsert: Executable = statement.on_conflict_do_update(index_elements=["name"], set_=fresh)
    return upsert


def add_transition(dialect: str) -> Executable:
    """Insert; (alert, seq) that is there already stays as it is."""
    return _add(dialect, transitions)


def add_delivery(dialect: str) -> Executable:
    """Insert; a key that is there already stays as it is."""
    return _add(dialect, deliveries)


def add_attempt(dialect: str) -> Executable:
    """Insert a try."""
    return _add(dialect, attempts)


def add_event(dialect: str) -> Executable:
    """Insert; the same event that is there already stays as it is."""
    return _add(dialect, events)


def add_reject(dialect: str) -> Executable:
    """Insert a reject."""
    return _add(dialect, rejects)


def put_alert(dialect: str) -> Executable:
    """Insert, or replace every column of the alert with that id."""
    statement = _insert(dialect, alerts)
    fresh = {c.name: statement.excluded[c.name] for c in alerts.c if c.name != "id"}
    upsert: Executable = statement.on_conflict_do_update(index_elements=["id"], set_=fresh)
    return upsert


def put_status(dialect: str) -> Executable:
    """Insert, or replace an older status of the same device."""
    statement = _insert(dialect, statuses)
    new, old = statement.excluded, statuses.c
    newer = or_(new.time > old.time, (new.time == old.time) & (new.received >= old.received))
    fresh = {c.name: new[c.name] for c in old if not c.primary_key}
    upsert: Executable = statement.on_conflict_do_update(index_elements=["patient", "device"], set_=fresh, where=newer)
    return upsert
