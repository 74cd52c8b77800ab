"""Since when things are ordered; what is ordered already counts from the last import, the earliest that is known."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table, filled from the agency that is there."""
    names = [sa.Column(name, sa.Text(), nullable=False) for name in ("patient", "signal", "device")]
    since = sa.Column("since", sa.BigInteger(), nullable=False)
    orders = op.create_table("orders", *names, since, sa.PrimaryKeyConstraint("patient", "signal", "device"))
    connection = op.get_bind()
    imported = connection.execute(sa.text("SELECT imported FROM agency")).scalar()
    rows = [
        {"patient": patient, "signal": signal, "device": device, "since": imported}
        for patient, signal, device in sorted({*_of_plans(connection), *_of_devices(connection)})
    ]
    if rows:
        op.bulk_insert(orders, rows)


def downgrade() -> None:
    """Forget since when; everything else stays."""
    op.drop_table("orders")


def _of_plans(connection: sa.Connection) -> Iterator[tuple[str, str, str]]:
    plans = sa.table("plans", sa.column("patient", sa.Text), sa.column("body", sa.JSON))
    for patient, body in connection.execute(sa.select(plans.c.patient, plans.c.body)):
        plan: dict[str, Any] = body
        for order in plan.get("ordered", ()):
            yield patient, order["signal"], ""
        if plan.get("silent_after") is not None:
            yield patient, "", ""


def _of_devices(connection: sa.Connection) -> Iterator[tuple[str, str, str]]:
    """All of them: nobody waits for one that does not stream, and the next import leaves its row out."""
    devices = sa.table("devices", sa.column("patient", sa.Text), sa.column("id", sa.Text))
    for patient, device in connection.execute(sa.select(devices.c.patient, devices.c.id)):
        yield patient, "", device
