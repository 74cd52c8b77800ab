"""A small agency, and short ways to say what happens in it."""

from typing import Any

from alerts.desk import Desk
from alerts.docket import Recorded
from tests.alerts.memory_ledger import MemoryLedger
from vitals.agency import Agency, Patient
from vitals.batch import Batch
from vitals.clock import ManualClock
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake
from vitals.people import Assignment, Caregiver, Channel, QuietHours, Role, Shift
from vitals.plan import CarePlan, EscalationPolicy
from vitals.times import MINUTE, parse_time

NOON = parse_time("2026-11-18T12:00:00Z")
NIGHT = parse_time("2026-11-18T03:00:00Z")
LONDON = "Europe/London"
SPO2 = FindingKey("limit.low", "p1", "spo2")
PULSE = FindingKey("limit.high", "p1", "heart_rate")
GLUCOSE = FindingKey("limit.high", "p1", "glucose")
"""Of another body system than the two above: it never joins them."""
NO_INTAKE = Intake(Batch.empty())


def person(
    name: str, role: Role, *, quiet: QuietHours | None = None, url: str = "", zone: str = LONDON, **channel: Any
) -> Caregiver:
    channels = (Channel(name="phone", url=url or f"console://{name}", **channel),)
    return Caregiver(id=name, name=name.upper(), role=role, timezone=zone, channels=channels, quiet_hours=quiet)


def patient(name: str = "p1", *, plan: CarePlan | None = None, zone: str = LONDON) -> Patient:
    return Patient(id=name, name="The Person", code="C17", timezone=zone, plan=plan or CarePlan())


def agency(
    *people: Caregiver,
    shifts: tuple[Shift, ...] = (),
    patients: tuple[Patient, ...] = (),
    policy: EscalationPolicy | None = None,
    unassigned: tuple[str, ...] = (),
) -> Agency:
    """Everyone with a care role is assigned to every patient."""
    patients = patients or (patient(),)
    wide = (Role.NURSE, Role.OPERATIONS_MANAGER, Role.DEVICE_SUPPORT)
    assigned = [p for p in people if p.role not in wide and p.id not in unassigned]
    return Agency(
        id="house",
        patients=patients,
        caregivers=people,
        assignments=tuple(Assignment(patient=q.id, caregiver=p.id) for q in patients for p in assigned),
        shifts=shifts,
        policies={"default": policy} if policy else {},
    )


ANA = person("ana", Role.CNA)
NOOR = person("noor", Role.NURSE)
OPS = person("olga", Role.OPERATIONS_MANAGER)
TECH = person("tom", Role.DEVICE_SUPPORT)
USUAL = agency(ANA, NOOR, OPS, TECH)


def found(
    severity: Severity = Severity.HIGH,
    *,
    key: FindingKey = SPO2,
    time: int = NOON,
    onset: int | None = None,
    kind: Kind = Kind.PHYSIOLOGICAL,
    latched: bool = False,
    **evidence: Any,
) -> Finding:
    onset = time - MINUTE if onset is None else onset
    return Finding(key, kind, severity, time, onset, evidence or {"value": 84.0, "limit": 88.0}, latched)


def a_desk(house: Agency = USUAL, now: int = NOON) -> tuple[Desk, MemoryLedger]:
    """A desk without an outbox, over its own ledger."""
    ledger = MemoryLedger(house)
    return Desk(ledger, ManualClock(now)), ledger


def told(recorded: Recorded) -> list[str]:
    return [d.recipient for d in recorded.deliveries]


def shift_of(who: str, start: str, end: str, zone: str = LONDON, **more: Any) -> Shift:
    return Shift(caregiver=who, start=start, end=end, timezone=zone, **more)
