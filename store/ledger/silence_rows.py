"""Silences: set and lifted, each written down as an act with the change itself."""

from dataclasses import asdict, fields

from sqlalchemy import Connection, insert, select, update

from store.ledger import audit
from store.ledger.audit import Act
from store.ledger.schema_silences import silences
from vitals.silence import Silence

_READ = select(*(silences.c[part.name] for part in fields(Silence)))


def read(connection: Connection, now: int) -> list[Silence]:
    """Those that were to end after ``now`` (ms), also when they were lifted; in a fixed order."""
    rows = connection.execute(_READ.where(silences.c.end > now).order_by(silences.c.id))
    return [Silence(*row) for row in rows]


def add(connection: Connection, silence: Silence) -> None:
    """A new one."""
    connection.execute(insert(silences), asdict(silence))
    detail = {name: getattr(silence, name) for name in ("id", "rule", "signal", "end", "reason")}
    audit.note(connection, Act(silence.start, silence.by, "silence", silence.patient, detail))


def lift(connection: Connection, silence: Silence, by: str, now: int) -> None:
    """End one early."""
    connection.execute(update(silences).where(silences.c.id == silence.id).values(lifted=now, lifted_by=by))
    audit.note(connection, Act(now, by, "unsilence", silence.patient, {"id": silence.id}))
