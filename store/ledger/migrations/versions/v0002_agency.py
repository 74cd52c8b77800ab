"""The agency: patients, plans, devices, caregivers, channels, assignments, shifts, policies."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _text(name: str, *constraints: sa.ForeignKey, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), *constraints, nullable=nullable)


def _int(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, autoincrement=False)


def _json(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=nullable)


def _of(parent: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{parent}.id", ondelete="CASCADE")


def _key(*columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns)


def _agency() -> None:
    imported = sa.Column("imported", sa.BigInteger(), nullable=False)
    one = sa.CheckConstraint("slot = 1", name="agency_is_one")
    op.create_table("agency", _int("slot"), _text("id"), _int("version"), imported, one, _key("slot"))
    op.create_table("policies", _text("name"), _int("position"), _json("body"), _key("name"))


def _patients() -> None:
    op.create_table(
        "patients", _text("id"), _int("position"), _text("name"), _text("code"), _text("timezone"), _key("id")
    )
    op.create_table("plans", _text("patient", _of("patients")), _json("body"), _key("patient"))
    op.create_table(
        "devices",
        _text("patient", _of("patients")),
        _text("id"),
        _int("position"),
        _text("type"),
        _text("address"),
        sa.Column("silent_after", sa.BigInteger(), nullable=True),
        _key("patient", "id"),
    )


def _people() -> None:
    op.create_table(
        "caregivers",
        *(_text("id"), _int("position"), _text("name"), _text("role"), _text("timezone"), _text("language")),
        _json("quiet_hours", nullable=True),
        _key("id"),
    )
    op.create_table(
        "channels",
        _text("caregiver", _of("caregivers")),
        *(_int("position"), _text("name"), _text("url"), _int("min_severity")),
        sa.Column("private", sa.Boolean(), nullable=False),
        _key("caregiver", "position"),
    )


def _duty() -> None:
    op.create_table(
        "assignments",
        *(_int("position"), _text("patient", _of("patients")), _text("caregiver", _of("caregivers"))),
        *(_text("start", nullable=True), _text("end", nullable=True), _key("position")),
    )
    op.create_table(
        "shifts",
        *(_int("position"), _text("caregiver", _of("caregivers")), _text("patient", nullable=True), _text("rule")),
        *(_text("start"), _text("end"), _text("timezone"), _text("first_day"), _key("position")),
    )


def upgrade() -> None:
    """Add the agency's tables."""
    _agency()
    _patients()
    _people()
    _duty()


def downgrade() -> None:
    """Forget the agency; alerts stay."""
    for table in ("shifts", "assignments", "channels", "caregivers", "devices", "plans", "patients"):
        op.drop_table(table)
    op.drop_table("policies")
    op.drop_table("agency")
