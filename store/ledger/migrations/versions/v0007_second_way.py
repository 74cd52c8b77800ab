"""Channels that are a second way to the same person: how long after the others they are used."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Every channel of before is used at once."""
    op.add_column("channels", sa.Column("after", sa.BigInteger(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    """Second ways become first ones: somebody is told earlier, nobody later."""
    with op.batch_alter_table("channels") as table:
        table.drop_column("after")
