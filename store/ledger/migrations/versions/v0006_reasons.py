"""Alerts of several reasons: what may join an alert, when people were last told, and where its conditions are found.

Alerts of before stay alone: nothing joins them. Going back, what had joined an alert is no longer found by its own key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_OPEN_TO = sa.text("episode <> '' AND state IN ('open', 'escalated', 'acknowledged')")
_RESOLVED, _HOLDS = sa.text("state = 'resolved'"), sa.text("holds")


def _partial(name: str, table: str, columns: list[str], where: sa.TextClause, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("alerts", sa.Column("episode", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("alerts", sa.Column("told_at", sa.BigInteger(), nullable=True))
    _partial("alerts_one_live_an_episode", "alerts", ["patient", "episode"], _OPEN_TO, unique=True)
    _partial("alerts_resolved", "alerts", ["updated"], _RESOLVED)
    op.create_table(
        "alert_reasons",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "alert")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("rule", "patient", "signal", "device")),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    key = ["patient", "rule", "signal", "device"]
    _partial("alert_reasons_one_a_key", "alert_reasons", key, _HOLDS, unique=True)
    op.create_index("alert_reasons_of_alert", "alert_reasons", ["alert"])


def downgrade() -> None:
    """Every alert stays, with its history and the reasons in its evidence."""
    op.drop_table("alert_reasons")
    op.drop_index("alerts_one_live_an_episode", "alerts")
    op.drop_index("alerts_resolved", "alerts")
    op.drop_column("alerts", "told_at")
    op.drop_column("alerts", "episode")
