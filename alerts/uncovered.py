"""Uncovered hours of all patients: thousands share the same hours and roles, so each such group is looked at once."""

from collections.abc import Callable, Hashable, Iterator

from alerts.coverage import gaps
from alerts.reach import hears
from alerts.roster import Roster
from vitals.agency import Agency
from vitals.finding import Severity


def uncovered(roster: Roster, start: int, end: int, breathe: Callable[[], None] = lambda: None) -> dict[str, int]:
    """How long (ms) in [start, end) a high alert would not reach anyone in time, by patient; those without left out.

    Looking ahead moves a roster on from what alerts need now: give it one of its own.

    >>> from vitals.agency import Patient
    >>> alone = Roster(Agency(id="a", patients=(Patient(id="p1", name="-", timezone="UTC"),)))
    >>> uncovered(alone, 0, 3_600_000)
    {'p1': 3600000}
    """
    known: dict[Hashable, int] = {}
    found: dict[str, int] = {}
    apart = set(_apart(roster.agency))
    for patient in roster.patients:
        likeness = _likeness(roster, patient, apart)
        if likeness not in known:
            breathe()
            known[likeness] = sum(gap.end - gap.start for gap in gaps(roster, patient, start, end))
        if known[likeness]:
            found[patient] = known[likeness]
    return found


def _likeness(roster: Roster, patient: str, apart: set[str]) -> Hashable:
    """Patients for whom it is equal are covered alike: the same roles at the same hours, reached by the same rungs."""
    if patient in apart or roster.presences.of(patient):
        return patient
    plan = roster.patients[patient].plan
    covers = (
        (cover.caregiver.role, hears(cover.caregiver, Severity.HIGH), cover.periods, tuple(map(id, cover.hours)))
        for cover in roster.covers.of(patient)
    )
    return plan.escalation, plan.pauses, frozenset(covers)


def _apart(agency: Agency) -> Iterator[str]:
    """Patients whom an override may concern, other than all patients alike."""
    people = {who for override in agency.overrides for who in (override.caregiver, override.by)}
    yield from (override.patient for override in agency.overrides if override.patient)
    yield from (assignment.patient for assignment in agency.assignments if assignment.caregiver in people)
    yield from (shift.patient for shift in agency.shifts if shift.caregiver in people and shift.patient)
