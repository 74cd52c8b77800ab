"""The roster's exceptions (days of shifts, overrides), and events that count on: clock events, therapy sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_COLUMNS = {"exdates": sa.JSON, "rdates": sa.JSON, "extra_days": sa.Integer}


def upgrade() -> None:
    """Shifts of before have no exceptions: their new columns stay empty."""
    for name, kind in _COLUMNS.items():
        op.add_column("shifts", sa.Column(name, kind(), nullable=True))
    op.create_table(
        "overrides",
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    words = [sa.Column(name, sa.Text(), nullable=False) for name in ("patient", "event", "caregiver", "device")]
    times = [sa.Column(name, sa.BigInteger(), nullable=False) for name in ("time", "received")]
    op.create_table(
        "patient_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *words,
        *times,
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("patient", "event", "caregiver", "time", name="patient_events_once"),
    )
    op.create_index("patient_events_time", "patient_events", ["time"])


def downgrade() -> None:
    """Forget exceptions, overrides and events; a shift on single days alone is none that an older version knows."""
    op.drop_table("patient_events")
    op.drop_table("overrides")
    op.execute("DELETE FROM shifts WHERE rule = ''")
    for name in _COLUMNS:
        op.drop_column("shifts", name)
