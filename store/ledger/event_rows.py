"""Reading the events that count on: those since a time, and those that another process has written meanwhile."""

from sqlalchemy import Connection, func, select

from store.ledger.rows import EVENTS, event_of
from store.ledger.schema_devices import events
from vitals.intake import PatientEvent

_OVERLAP = 200
"""Rows read again: PostgreSQL gives numbers before it commits, so that a lower one may show up later."""


def read_events(connection: Connection, since: int) -> list[PatientEvent]:
    """Events of ``since`` (ms, by their own time) and later, in their order."""
    found = connection.execute(EVENTS.where(events.c.time >= since).order_by(events.c.time, events.c.id))
    return [event_of(row) for row in found]


def read_new(connection: Connection, mark: int | None) -> tuple[list[PatientEvent], int]:
    """Events written since ``mark`` was the last number (None: none), a few older ones again; and the last number."""
    last = int(connection.execute(select(func.coalesce(func.max(events.c.id), 0))).scalar_one())
    if mark is None or last == mark:
        return [], last
    found = connection.execute(EVENTS.where(events.c.id > mark - _OVERLAP).order_by(events.c.id))
    return [event_of(row) for row in found], last
