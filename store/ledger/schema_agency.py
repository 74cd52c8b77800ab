"""Tables of the agency file: its patients with plans and devices, its people, who is where when.

``position`` is the place in the file, so that what is read back equals what was imported. The whole is
replaced at each import, children with their parents; only ``orders`` remembers what earlier imports already had.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Named, Table, Text, TypedColumns, text

from store.ledger.columns import Json, Millis, Words
from store.ledger.schema_alerts import metadata


def _belongs_to(parent: str) -> ForeignKey:
    return ForeignKey(f"{parent}.id", ondelete="CASCADE")


class AgencyColumns(TypedColumns):
    """One row: which agency this ledger serves, and how often it was imported."""

    slot: Named[int] = Column(primary_key=True, autoincrement=False)
    id: Named[str] = Column(Text)
    version: Named[int]
    imported: Named[int] = Column(Millis)


agency = Table("agency", metadata, AgencyColumns, CheckConstraint("slot = 1", name="agency_is_one"))


class PatientColumns(TypedColumns):
    """A person cared for at home."""

    id = Column(Text, primary_key=True)
    position: Named[int]
    name: Named[str] = Column(Words)
    code: Named[str] = Column(Words)
    timezone: Named[str] = Column(Text)


patients = Table("patients", metadata, PatientColumns)


class PlanColumns(TypedColumns):
    """A patient's care plan, as JSON (vitals.plan.CarePlan)."""

    patient: Named[str] = Column(Text, _belongs_to("patients"), primary_key=True)
    body = Column(Json, nullable=False)


plans = Table("plans", metadata, PlanColumns)


class DeviceColumns(TypedColumns):
    """A device in a patient's home."""

    patient: Named[str] = Column(Text, _belongs_to("patients"), primary_key=True)
    id = Column(Text, primary_key=True)
    position: Named[int]
    type: Named[str] = Column(Text)
    address: Named[str] = Column(Words)
    silent_after: Named[int | None] = Column(Millis)
    gateway: Named[str | None] = Column(Text)


devices = Table("devices", metadata, DeviceColumns)


class OrderColumns(TypedColumns):
    """Since when something is waited for: an ordered ``signal``, a ``device``, or (both empty) any sign of the patient.

    It refers to no other table: it must outlive the replacing of the rest.
    """

    patient: Named[str] = Column(Text, primary_key=True)
    signal: Named[str] = Column(Text, primary_key=True)
    device: Named[str] = Column(Text, primary_key=True)
    since: Named[int] = Column(Millis)


orders = Table("orders", metadata, OrderColumns)


class CaregiverColumns(TypedColumns):
    """Somebody who can be told."""

    id = Column(Text, primary_key=True)
    position: Named[int]
    name: Named[str] = Column(Words)
    role: Named[str] = Column(Text)
    timezone: Named[str] = Column(Text)
    language: Named[str] = Column(Text)
    quiet_hours = Column(Json, nullable=True)


caregivers = Table("caregivers", metadata, CaregiverColumns)


class ChannelColumns(TypedColumns):
    """One way to reach somebody. ``url`` is a secret: read only to send."""

    caregiver: Named[str] = Column(Text, _belongs_to("caregivers"), primary_key=True)
    position: Named[int] = Column(primary_key=True, autoincrement=False)
    name: Named[str] = Column(Text)
    url: Named[str] = Column(Text)
    min_severity: Named[int]
    private: Named[bool]
    after: Named[int] = Column(Millis, server_default=text("0"))


channels = Table("channels", metadata, ChannelColumns)


class AssignmentColumns(TypedColumns):
    """Who cares for whom."""

    position: Named[int] = Column(primary_key=True, autoincrement=False)
    patient: Named[str] = Column(Text, _belongs_to("patients"))
    caregiver: Named[str] = Column(Text, _belongs_to("caregivers"))
    start: Named[str | None] = Column(Text)
    end: Named[str | None] = Column(Text)


assignments = Table("assignments", metadata, AssignmentColumns)


class ShiftColumns(TypedColumns):
    """Recurring duty: an RFC 5545 rule and wall-clock hours in a zone."""

    position: Named[int] = Column(primary_key=True, autoincrement=False)
    caregiver: Named[str] = Column(Text, _belongs_to("caregivers"))
    patient: Named[str | None] = Column(Text)
    rule: Named[str] = Column(Text)
    start: Named[str] = Column(Text)
    end: Named[str] = Column(Text)
    timezone: Named[str] = Column(Text)
    first_day: Named[str] = Column(Text)
    exdates = Column(Json, nullable=True)
    rdates = Column(Json, nullable=True)
    extra_days: Named[int | None]


shifts = Table("shifts", metadata, ShiftColumns)


class OverrideColumns(TypedColumns):
    """A dated change to the roster, as JSON (vitals.overrides.Override)."""

    position: Named[int] = Column(primary_key=True, autoincrement=False)
    body = Column(Json, nullable=False)


overrides = Table("overrides", metadata, OverrideColumns)


class PolicyColumns(TypedColumns):
    """An escalation policy, as JSON (vitals.plan.EscalationPolicy)."""

    name: Named[str] = Column(Words, primary_key=True)
    position: Named[int]
    body = Column(Json, nullable=False)


policies = Table("policies", metadata, PolicyColumns)
