"""Since when each measurement, device and sign of life is ordered: kept over restarts and over imports."""

from collections.abc import Iterator

from sqlalchemy import Connection, delete, insert, select

from store.ledger.schema_agency import orders
from vitals.agency import Agency

About = tuple[str, str, str]
"""Patient, signal, device."""


def replace(connection: Connection, old: Agency, new: Agency, now: int) -> None:
    """Orders of the old agency that the new one has unchanged keep their time; new and changed ones count from now."""
    since, before = read(connection), dict(_orders(old))
    rows = [
        {
            **dict(zip(("patient", "signal", "device"), about, strict=True)),
            "since": since.get(about, now) if before.get(about) == terms else now,
        }
        for about, terms in dict(_orders(new)).items()
    ]
    connection.execute(delete(orders))
    if rows:
        connection.execute(insert(orders), rows)


def read(connection: Connection) -> dict[About, int]:
    """Since when, ms, by what is ordered."""
    rows = connection.execute(select(orders.c.patient, orders.c.signal, orders.c.device, orders.c.since))
    return {(patient, signal, device): since for patient, signal, device, since in rows}


def _orders(agency: Agency) -> Iterator[tuple[About, tuple[int, int]]]:
    """What is waited for, and how long (every, grace)."""
    for patient in agency.patients:
        for order in patient.plan.ordered:
            yield (patient.id, order.signal, ""), (order.every, order.grace)
        for device in patient.devices:
            if device.heartbeat is not None:
                yield (patient.id, "", device.id), (device.heartbeat, 0)
        if patient.plan.silent_after is not None:
            yield (patient.id, "", ""), (patient.plan.silent_after, 0)
