"""Statements of the write path, built once: compiled once, and then found in the engine's cache."""

from typing import Any

from sqlalchemy import Executable, Table, bindparam, literal, or_, select, text, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from store.ledger.rows import ALERTS
from store.ledger.schema_alerts import LIVE, WAITING, alerts, attempts, deliveries, transitions
from store.ledger.schema_devices import events, rejects, statuses
from vitals.finding import FindingKey

LIVE_ALERTS = ALERTS.where(text(LIVE))
"""Unordered: to read in the order of ids, SQLite would rather walk through every alert there ever was."""
_KEY = [alerts.c[name] for name in FindingKey._fields]
LIVE_OF_KEY = LIVE_ALERTS.where(*(column == bindparam(column.name) for column in _KEY)).with_for_update()
LIVE_OF_KEYS = LIVE_ALERTS.where(tuple_(*_KEY).in_(bindparam("wanted", expanding=True))).with_for_update()
"""By whole key: by patient alone SQLite would read a patient's whole past."""
ALERT = ALERTS.where(alerts.c.id == bindparam("alert_id")).with_for_update()
DUE_STEPS = LIVE_ALERTS.where(or_(alerts.c.next_step_at <= bindparam("now"), alerts.c.follow_up_at <= bindparam("now")))
TAKE_TURNS = text("SELECT pg_advisory_xact_lock(number) FROM unnest(CAST(:numbers AS bigint[])) AS number")
"""PostgreSQL: two processes that judge the same patient take turns, so neither opens the other's alert again."""

_WAITING_OF = (
    select(deliveries.c.key)
    .where(deliveries.c.alert == bindparam("alert_id"), text(WAITING))
    .order_by(deliveries.c.key)
    .with_for_update()
)
CANCEL = (
    update(deliveries).where(deliveries.c.key.in_(_WAITING_OF)).values(state=literal("dead"), result=bindparam("why"))
)


def _insert(dialect: str, table: Table) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def _add(dialect: str, table: Table) -> Executable:
    statement: Executable = _insert(dialect, table).on_conflict_do_nothing()
    return statement


def open_alert(dialect: str) -> Executable:
    """Insert; where its id, or a live alert of its key, is there already, nothing."""
    return _add(dialect, alerts)


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
