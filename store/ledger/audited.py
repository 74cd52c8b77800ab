"""What is sealed: each source's rows, by a reference and as one canonical text."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, String, Table, and_, cast, func, literal, or_, select

from store.ledger.schema_alerts import transitions
from store.ledger.schema_audit import acts, seals
from store.ledger.schema_deliveries import attempts, deliveries

_SETTLED: Final = 600_000
"""Rows may be committed this long, ms, after the time they carry, and are sealed nevertheless."""
_IN_FLIGHT: Final = 1_000
"""And this many numbers later than others: two processes take numbers before they commit."""


class Entry(NamedTuple):
    """A row to be sealed: ``ref`` names it in its source."""

    ref: str
    time: int
    digest: str


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows never change once written; ``columns`` are what counts of it."""

    name: str
    table: Table
    ref: ColumnElement[str]
    time: ColumnElement[int]
    columns: tuple[ColumnElement[Any], ...]
    recent: Callable[[Connection], ColumnElement[bool]]
    order: tuple[ColumnElement[Any], ...]
    may_go: bool = False
    """Whether old rows are let go of by retention."""

    def unsealed(self, connection: Connection, limit: int) -> list[Entry]:
        """Rows that no seal names yet, oldest first."""
        query = self._rows().where(self.recent(connection), self._missing()).order_by(*self.order).limit(limit)
        return [_entry(row) for row in connection.execute(query)]

    def strays(self, connection: Connection) -> int:
        """How many rows have no seal, and will never get one: somebody put them among older ones."""
        query = select(func.count()).select_from(self.table).where(~self.recent(connection), self._missing())
        return int(connection.execute(query).scalar_one())

    def entries(self, connection: Connection, refs: Iterable[str]) -> dict[str, Entry]:
        """The rows of those references that are there, as they are now."""
        found = connection.execute(self._rows().where(self.among(list(refs))))
        return {entry.ref: entry for entry in map(_entry, found)}

    def among(self, refs: list[str]) -> ColumnElement[bool]:
        """A condition that an index serves."""
        if self.table is transitions:
            split = [ref.rpartition(":") for ref in refs]
            c = transitions.c
            return or_(*(and_(c.alert == alert, c.seq == int(seq)) for alert, _, seq in split))
        if self.table is deliveries:
            return deliveries.c.key.in_(refs)
        return self.table.c.id.in_([int(ref) for ref in refs])

    def _missing(self) -> ColumnElement[bool]:
        return ~select(seals.c.number).where(seals.c.source == self.name, seals.c.ref == self.ref).exists()

    def _rows(self) -> Select[*tuple[Any, ...]]:
        return select(self.ref, self.time, *self.columns)


def _entry(row: Any) -> Entry:
    ref, time, *values = row
    text = json.dumps(values, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return Entry(ref, time, sha256(text.encode()).hexdigest())


def _since(name: str, time: ColumnElement[int]) -> Callable[[Connection], ColumnElement[bool]]:
    def condition(connection: Connection) -> ColumnElement[bool]:
        newest = connection.execute(select(func.max(seals.c.time)).where(seals.c.source == name)).scalar()
        return literal(value=True) if newest is None else time >= newest - _SETTLED

    return condition


def _after(name: str, table: Table) -> Callable[[Connection], ColumnElement[bool]]:
    def condition(connection: Connection) -> ColumnElement[bool]:
        last = select(seals.c.ref).where(seals.c.source == name).order_by(seals.c.number.desc()).limit(1)
        newest = connection.execute(last).scalar()
        return literal(value=True) if newest is None else table.c.id > int(newest) - _IN_FLIGHT

    return condition


def _all(table: Table, *leave: str) -> tuple[ColumnElement[Any], ...]:
    return tuple(column for column in table.columns if column.name not in leave)


_t, _d, _a, _x = transitions.c, deliveries.c, attempts.c, acts.c

SOURCES: Final = (
    Source(
        "transition",
        transitions,
        _t.alert + ":" + cast(_t.seq, String),
        _t.time,
        _all(transitions),
        _since("transition", _t.time),
        (_t.time, _t.alert, _t.seq),
    ),
    Source(
        "notice",
        deliveries,
        _d.key,
        _d.created,
        (_d.key, _d.alert, _d.seq, _d.recipient, _d.channel, _d.created),
        _since("notice", _d.created),
        (_d.created, _d.key),
        may_go=True,
    ),
    Source(
        "attempt",
        attempts,
        cast(_a.id, String),
        _a.time,
        _all(attempts),
        _after("attempt", attempts),
        (_a.id,),
        may_go=True,
    ),
    Source("act", acts, cast(_x.id, String), _x.time, _all(acts), _after("act", acts), (_x.id,)),
)
"""Of a notice what was decided counts; how it fared stands in its attempts."""
