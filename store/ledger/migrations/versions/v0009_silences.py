"""Silences, as they were set and lifted."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_TEXTS = ("id", "patient", "reason", "by", "rule", "signal", "lifted_by")
_TIMES = ("start", "end")


def upgrade() -> None:
    """Of before there are none."""
    op.create_table(
        "silences",
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _TIMES),
        sa.Column("lifted", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("silences_end", "silences", ["end"])


def downgrade() -> None:
    """They are forgotten, but for what the audit trail says of them; an alert that waits for one is told at its end."""
    op.drop_table("silences")
