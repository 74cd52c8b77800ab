"""The agency file's parts as rows, and the Agency of those rows."""

from collections import defaultdict
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Table, delete, insert, select

from store.ledger import schema_agency as tables
from vitals.agency import Agency, Patient
from vitals.people import Caregiver

Rows = dict[Table, list[dict[str, Any]]]
_OWN = (
    *(tables.plans, tables.devices, tables.channels, tables.assignments, tables.shifts, tables.overrides),
    tables.policies,
    *(tables.patients, tables.caregivers),
)
"""Children before their parents: the order of removing."""


def rows_of(agency: Agency) -> Rows:
    """Every row of an agency, by table."""
    rows: Rows = defaultdict(list)
    for position, patient in enumerate(agency.patients):
        _patient_rows(rows, position, patient)
    for position, caregiver in enumerate(agency.caregivers):
        _caregiver_rows(rows, position, caregiver)
    rows[tables.assignments] = _numbered(agency.assignments)
    rows[tables.shifts] = _numbered(agency.shifts)
    rows[tables.overrides] = [
        {"position": position, "body": _json(override)} for position, override in enumerate(agency.overrides)
    ]
    rows[tables.policies] = [
        {"position": position, "name": name, "body": _json(policy)}
        for position, (name, policy) in enumerate(agency.policies.items())
    ]
    return rows


def _json(model: BaseModel) -> dict[str, Any]:
    """As an agency file has it: durations readable, and enums by their words."""
    return model.model_dump(mode="json")


def _numbered(models: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [{"position": position, **model.model_dump()} for position, model in enumerate(models)]


def _patient_rows(rows: Rows, position: int, patient: Patient) -> None:
    own = patient.model_dump(include={"id", "name", "code", "timezone"})
    rows[tables.patients].append({"position": position, **own})
    rows[tables.plans].append({"patient": patient.id, "body": _json(patient.plan)})
    for place, device in enumerate(patient.devices):
        fields = device.model_dump() | {"type": device.type.value}
        rows[tables.devices].append({"patient": patient.id, "position": place, **fields})


def _caregiver_rows(rows: Rows, position: int, caregiver: Caregiver) -> None:
    own = caregiver.model_dump(include={"id", "name", "language", "timezone"})
    quiet = None if caregiver.quiet_hours is None else _json(caregiver.quiet_hours)
    own |= {"role": caregiver.role.value, "quiet_hours": quiet}
    rows[tables.caregivers].append({"position": position, **own})
    for place, channel in enumerate(caregiver.channels):
        fields = channel.model_dump() | {
            "url": channel.url.get_secret_value(),
            "min_severity": int(channel.min_severity),
        }
        rows[tables.channels].append({"caregiver": caregiver.id, "position": place, **fields})


def replace(connection: Connection, rows: Rows) -> None:
    """All rows of the old agency go, all of the new come."""
    for table in _OWN:
        connection.execute(delete(table))
    for table in reversed(_OWN):
        if rows[table]:
            connection.execute(insert(table), rows[table])


def read(connection: Connection) -> Agency | None:
    """The agency as it was imported; None before the first import."""
    head = connection.execute(select(tables.agency.c.id)).first()
    if head is None:
        return None
    plans = {row["patient"]: row["body"] for row in _all(connection, tables.plans)}
    devices, channels = _children(connection, tables.devices), _children(connection, tables.channels)
    return Agency.model_validate(
        {
            "id": head.id,
            "patients": [
                p | {"plan": plans[p["id"]], "devices": devices[p["id"]]} for p in _ordered(connection, tables.patients)
            ],
            "caregivers": [c | {"channels": channels[c["id"]]} for c in _ordered(connection, tables.caregivers)],
            "assignments": _ordered(connection, tables.assignments),
            "shifts": [_given(shift) for shift in _ordered(connection, tables.shifts)],
            "overrides": [row["body"] for row in _ordered(connection, tables.overrides)],
            "policies": {row["name"]: row["body"] for row in _ordered(connection, tables.policies)},
        }
    )


def _all(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(table)).mappings()]


def _ordered(connection: Connection, table: Table) -> list[dict[str, Any]]:
    rows = connection.execute(select(table).order_by(table.c.position)).mappings()
    return [{name: value for name, value in row.items() if name != "position"} for row in rows]


def _given(row: dict[str, Any]) -> dict[str, Any]:
    """What a row of before there were exceptions to a rule leaves empty, the model fills."""
    return {name: value for name, value in row.items() if value is not None}


def _children(connection: Connection, table: Table) -> defaultdict[str, list[dict[str, Any]]]:
    """The rows of each parent, in their order; the first column names the parent."""
    children: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    parent = next(iter(table.foreign_keys)).parent.name
    for row in _ordered(connection, table):
        children[row.pop(parent)].append(row)
    return children
