"""Alerts, their history, deliveries and tries, rejects and device statuses."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_LIVE = sa.text("state IN ('open', 'escalated', 'acknowledged')")
_WAITING, _HELD = sa.text("state = 'pending'"), sa.text("state = 'leased'")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _times(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def _ints(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False, autoincrement=False) for name in names]


def _flags(*names: str) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)


def _partial(name: str, table: str, columns: list[str], where: sa.TextClause, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _alerts() -> None:
    op.create_table(
        "alerts",
        *_texts("id", "rule", "patient", "signal", "device", "kind"),
        *_ints("severity"),
        *_texts("state"),
        *_times("onset", "opened", "updated"),
        _json("evidence"),
        *_flags("holds", "latched"),
        *_ints("seq", "step"),
        *_times("next_step_at", nullable=True),
        *_texts("acknowledged_by"),
        *_times("follow_up_at", nullable=True),
        _json("policy"),
        sa.PrimaryKeyConstraint("id"),
    )
    _partial("alerts_one_live_a_key", "alerts", ["patient", "rule", "signal", "device"], _LIVE, unique=True)
    _partial("alerts_due", "alerts", ["next_step_at", "follow_up_at"], _LIVE)
    op.create_index("alerts_of_patient", "alerts", ["patient", "opened"])
    op.create_index("alerts_opened", "alerts", ["opened"])


def _transitions() -> None:
    op.create_table(
        "transitions",
        *_texts("alert"),
        *_ints("seq"),
        *_times("time"),
        *_texts("state"),
        *_ints("severity"),
        *_texts("cause", "actor", "note"),
        _json("evidence"),
        sa.PrimaryKeyConstraint("alert", "seq"),
    )
    op.create_index("transitions_time", "transitions", ["time"])
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION transitions_stay() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'transitions are never changed'; END $$"
        )
        op.execute(
            "CREATE TRIGGER transitions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON transitions "
            "FOR EACH STATEMENT EXECUTE FUNCTION transitions_stay()"
        )
    else:
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER transitions_stay_{what.lower()} BEFORE {what} ON transitions "
                "BEGIN SELECT RAISE(ABORT, 'transitions are never changed'); END"
            )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        *_texts("key", "alert"),
        *_ints("seq"),
        *_texts("recipient", "channel"),
        *_times("due", "created"),
        *_texts("state"),
        *_ints("severity", "attempts"),
        *_times("lease_until", nullable=True),
        *_texts("leased_by"),
        *_times("sent_at", nullable=True),
        *_texts("result", "title", "body"),
        *_times("triggered"),
        sa.PrimaryKeyConstraint("key"),
    )
    _partial("deliveries_due", "deliveries", ["due"], _WAITING)
    _partial("deliveries_lease", "deliveries", ["lease_until"], _HELD)
    op.create_index("deliveries_of_alert", "deliveries", ["alert"])
    op.create_index("deliveries_created", "deliveries", ["created"])
    op.create_table("attempts", _number(), *_texts("delivery"), *_times("time"), *_flags("ok"), *_texts("result"))
    op.create_index("attempts_of_delivery", "attempts", ["delivery"])


def _devices() -> None:
    op.create_table(
        "device_statuses",
        *_texts("patient", "device"),
        *_times("time", "received"),
        *_flags("online"),
        sa.Column("battery", sa.Float(), nullable=True),
        *_flags("retained"),
        sa.PrimaryKeyConstraint("patient", "device"),
    )
    op.create_table(
        "rejects",
        _number(),
        *_times("received"),
        *_texts("topic"),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        *_texts("reason", "detail", "patient", "device"),
    )
    op.create_index("rejects_received", "rejects", ["received"])
    op.create_index("rejects_reason", "rejects", ["reason", "received"])


def upgrade() -> None:
    """From nothing."""
    _alerts()
    _transitions()
    _deliveries()
    _devices()


def downgrade() -> None:
    """To nothing: the data goes too."""
    for table in ("rejects", "device_statuses", "attempts", "deliveries", "transitions", "alerts"):
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION transitions_stay()")
