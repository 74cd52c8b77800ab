"""Through which gateway a device reaches us, so that one that is gone is one alert."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Of the devices of before nobody said."""
    op.add_column("devices", sa.Column("gateway", sa.Text(), nullable=True))


def downgrade() -> None:
    """The next import brings it back."""
    with op.batch_alter_table("devices") as table:
        table.drop_column("gateway")
