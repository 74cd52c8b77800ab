"""What people did beside alerts, and the chain that seals everything; neither is ever altered."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TABLES = ("acts", "seals")


def upgrade() -> None:
    """Empty tables: what is there already is sealed by the running service, oldest first."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "acts",
        sa.Column("id", number, primary_key=True),
        sa.Column("time", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("actor", "what", "subject")),
        sa.Column("detail", sa.JSON(), nullable=False),
    )
    op.create_index("acts_time", "acts", ["time"])
    op.create_table(
        "seals",
        sa.Column("number", number, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("source", "ref")),
        sa.Column("time", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("digest", "chain")),
    )
    op.create_index("seals_ref", "seals", ["source", "ref"], unique=True)
    op.create_index("seals_time", "seals", ["source", "time"])
    for table in _TABLES:
        _stay(table)


def downgrade() -> None:
    """The trail is gone with its tables; the alerts and their history stay."""
    for table in _TABLES:
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        for table in _TABLES:
            op.execute(f"DROP FUNCTION {table}_stay()")


def _stay(table: str) -> None:
    """Rows can be added and read, nothing else."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {table}_stay() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} are never changed'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_stay()"
        )
        return
    for what in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_stay_{what.lower()} BEFORE {what} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END"
        )
