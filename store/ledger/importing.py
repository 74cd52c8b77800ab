"""Importing an agency: whole, in the caller's one transaction, with a count of what changed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from store.ledger import order_rows, roster_rows
from store.ledger.schema_agency import agency as head
from vitals.agency import Agency


class Change(NamedTuple):
    """How many of one kind came, changed and went."""

    added: int = 0
    changed: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. Assignments, shifts and overrides have no identity of their own: they come and go.

    >>> ImportReport(2, {"patients": Change(1, 0, 2), "shifts": Change(3, 0, 0)}).removed
    2
    """

    version: int
    parts: Mapping[str, Change]

    @property
    def added(self) -> int:
        return sum(part.added for part in self.parts.values())

    @property
    def changed(self) -> int:
        return sum(part.changed for part in self.parts.values())

    @property
    def removed(self) -> int:
        return sum(part.removed for part in self.parts.values())


def import_agency(connection: Connection, agency: Agency, now: int) -> ImportReport:
    """Replace the agency by this one. Alerts, deliveries and device statuses stay, whoever leaves the file, and an
    order that is as it was keeps since when it stands.
    """
    before = roster_rows.read(connection) or Agency(id=agency.id)
    version = version_of(connection) + 1
    roster_rows.replace(connection, roster_rows.rows_of(agency))
    order_rows.replace(connection, before, agency, now)
    connection.execute(delete(head))
    connection.execute(insert(head), {"slot": 1, "id": agency.id, "version": version, "imported": now})
    return ImportReport(version, differences(before, agency))


def version_of(connection: Connection) -> int:
    """How many imports there have been; 0 before the first."""
    return int(connection.execute(select(func.coalesce(func.max(head.c.version), 0))).scalar_one())


def differences(old: Agency, new: Agency) -> dict[str, Change]:
    """What the new agency adds, changes and removes, by part of the file."""
    return {
        "patients": _by_id({p.id: p for p in old.patients}, {p.id: p for p in new.patients}),
        "caregivers": _by_id({c.id: c for c in old.caregivers}, {c.id: c for c in new.caregivers}),
        "assignments": _as_bag(old.assignments, new.assignments),
        "shifts": _as_bag(old.shifts, new.shifts),
        "overrides": _as_bag(old.overrides, new.overrides),
        "policies": _by_id(old.policies, new.policies),
    }


def _by_id(old: Mapping[str, Any], new: Mapping[str, Any]) -> Change:
    changed = sum(old[key] != new[key] for key in old.keys() & new.keys())
    return Change(len(new.keys() - old.keys()), changed, len(old.keys() - new.keys()))


def _as_bag(old: Iterable[Any], new: Iterable[Any]) -> Change:
    before, after = Counter(old), Counter(new)
    return Change((after - before).total(), 0, (before - after).total())
