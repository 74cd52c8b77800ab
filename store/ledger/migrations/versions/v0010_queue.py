"""The queue by its order, what a phone has got by its time, and notices that somebody has called for."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_WAITING, _HELD, _SENT = (sa.text(f"state = '{state}'") for state in ("pending", "leased", "sent"))


def upgrade() -> None:
    """Of before none was called for."""
    op.add_column("deliveries", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.drop_index("deliveries_lease", "deliveries")
    _index("deliveries_lease", ["lease_until", "leased_by", "due", "state"], _HELD)
    _index("deliveries_waiting", ["severity", "due", "created", "key"], _WAITING)
    _index("deliveries_sent_to", ["recipient", "channel", "sent_at"], _SENT)


def downgrade() -> None:
    """What was called for waits its turn like any other."""
    for name in ("deliveries_sent_to", "deliveries_waiting", "deliveries_lease"):
        op.drop_index(name, "deliveries")
    op.drop_column("deliveries", "urgent")
    _index("deliveries_lease", ["lease_until"], _HELD)


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)
