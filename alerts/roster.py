"""Who is on duty for a patient: assignments, shifts and roles, as a pure function of the agency and the time.

* Someone with shifts is on duty in them; someone without any in the whole agency file is on duty round the clock.
* A shift covers the patient it names, else every patient the person is assigned to on that day.
* Assignment dates are days of the patient's time zone. A shift that names a patient needs no assignment, but where
  the pair has dated assignments, one must cover the day.
* Nurses, operations managers and device support without any assignment serve every patient.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from alerts.escalation import frozen
from alerts.localtime import instant, zone
from alerts.shifts import Hours, pattern
from vitals.agency import Agency, Patient
from vitals.people import Assignment, Caregiver, Role, Shift
from vitals.plan import EscalationPolicy

AGENCY_WIDE = frozenset({Role.NURSE, Role.OPERATIONS_MANAGER, Role.DEVICE_SUPPORT})
_RANK = {role: rank for rank, role in enumerate(Role)}
_ALWAYS = (0, 2**62)


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody on duty, and until when (ms UTC; None: round the clock)."""

    caregiver: Caregiver
    until: int | None = None


@dataclass(frozen=True, slots=True)
class _Cover:
    """One caregiver for one patient (or for all): in which periods, at which hours; no hours are all hours."""

    caregiver: Caregiver
    periods: tuple[tuple[int, int], ...]
    hours: tuple[Hours, ...]

    def at(self, now: int) -> OnDuty | None:
        if not any(start <= now < end for start, end in self.periods):
            return None
        if not self.hours:
            return OnDuty(self.caregiver)
        ends = [found[1] for hours in self.hours if (found := hours.at(now))]
        return OnDuty(self.caregiver, max(ends)) if ends else None


class Roster:
    """An agency's duty roster, indexed by patient.

    >>> ana = Caregiver(id="ana", name="A.", role="cna", timezone="Europe/London")
    >>> agency = Agency(id="a", caregivers=(ana,), patients=(Patient(id="p1", name="P.", timezone="Europe/London"),),
    ...                 assignments=(Assignment(patient="p1", caregiver="ana"),))
    >>> [duty.caregiver.id for duty in Roster(agency).on_duty("p1", 0)]
    ['ana']
    """

    def __init__(self, agency: Agency) -> None:
        self.agency = agency
        self.patients = {patient.id: patient for patient in agency.patients}
        self.caregivers = {person.id: person for person in agency.caregivers}
        self._policies: dict[str, dict[str, Any]] = {}
        self._hours: dict[tuple[str, ...], Hours] = {}
        self._shifts: dict[str, list[Shift]] = defaultdict(list)
        for shift in agency.shifts:
            self._shifts[shift.caregiver].append(shift)
        self._cover = {patient: self._ordered(covers) for patient, covers in self._assigned().items()}
        self._everywhere = self._ordered(self._agency_wide())

    def warm(self, now: int) -> None:
        """Work out at once what the first alert would wait for: this week's hours, and the zones."""
        for hours in self._hours.values():
            hours.at(now)
        for timezone in {patient.timezone for patient in self.agency.patients}:
            zone(timezone)

    def policy(self, patient_id: str) -> dict[str, Any]:
        """The escalation policy of a patient (the default one of a patient we do not know) as an alert keeps it."""
        patient = self.patients.get(patient_id)
        name = (patient and patient.plan.escalation) or "default"
        found = self._policies.get(name)
        if found is None:
            found = self._policies[name] = frozen(self.agency.policies.get(name, EscalationPolicy()))
        return found

    def on_duty(self, patient_id: str, now: int) -> tuple[OnDuty, ...]:
        """Everyone on duty for the patient at ``now`` (ms UTC), CNA and HMA first."""
        covers = self._ordered([*self._cover.get(patient_id, ()), *self._everywhere])
        found = {cover.caregiver.id: duty for cover in reversed(covers) if (duty := cover.at(now))}
        return tuple(reversed(found.values()))

    def recipients(self, patient_id: str, roles: Iterable[Role], now: int) -> tuple[Caregiver, ...]:
        """Who on duty has one of the roles, CNA and HMA first."""
        wanted = frozenset(roles)
        covers = self._cover.get(patient_id, ())
        if wanted & AGENCY_WIDE:
            covers += self._everywhere
        found = {c.caregiver.id: c.caregiver for c in covers if c.caregiver.role in wanted and c.at(now)}
        return tuple(found.values())

    def with_role(self, role: Role | None) -> tuple[Caregiver, ...]:
        """Everyone of that role (None: of any) who has a channel, on duty or not: for when nobody else is there."""
        return tuple(p for p in self.agency.caregivers if p.channels and role in (None, p.role))

    def _assigned(self) -> dict[str, list[_Cover]]:
        dated: dict[tuple[str, str], list[Assignment]] = defaultdict(list)
        for assignment in self.agency.assignments:
            dated[assignment.patient, assignment.caregiver].append(assignment)
        for shift in self.agency.shifts:
            if shift.patient is not None:
                dated.setdefault((shift.patient, shift.caregiver), [])
        found: dict[str, list[_Cover]] = defaultdict(list)
        for (patient, caregiver), assignments in dated.items():
            cover = self._pair(self.patients[patient], self.caregivers[caregiver], assignments)
            found[patient] += [cover] if cover else []
        return found

    def _pair(self, patient: Patient, person: Caregiver, assignments: Sequence[Assignment]) -> _Cover | None:
        shifts = self._shifts.get(person.id, [])
        here = [s for s in shifts if s.patient == patient.id or (s.patient is None and assignments)]
        if shifts and not here:
            return None
        periods = tuple(_period(a, patient.timezone) for a in assignments) or (_ALWAYS,)
        return _Cover(person, periods, self._hours_of(here))

    def _agency_wide(self) -> list[_Cover]:
        bound = {a.caregiver for a in self.agency.assignments}
        free = [p for p in self.agency.caregivers if p.role in AGENCY_WIDE and p.id not in bound]
        covers = []
        for person in free:
            shifts = self._shifts.get(person.id, [])
            general = [s for s in shifts if s.patient is None]
            covers += [_Cover(person, (_ALWAYS,), self._hours_of(general))] if general or not shifts else []
        return covers

    def _hours_of(self, shifts: Sequence[Shift]) -> tuple[Hours, ...]:
        return tuple(self._hours.setdefault(pattern(shift), Hours.of(shift)) for shift in shifts)

    @staticmethod
    def _ordered(covers: Iterable[_Cover]) -> tuple[_Cover, ...]:
        return tuple(sorted(covers, key=lambda c: (_RANK[c.caregiver.role], c.caregiver.id)))


def on_duty(agency: Agency, patient_id: str, now: int) -> tuple[OnDuty, ...]:
    """Everyone on duty for one patient at ``now`` (ms UTC); asked often, keep a Roster instead."""
    return Roster(agency).on_duty(patient_id, now)


def _period(assignment: Assignment, timezone: str) -> tuple[int, int]:
    """The moments [start, end) that an assignment's days cover."""
    start = instant(date.fromisoformat(assignment.start), "00:00", timezone) if assignment.start else _ALWAYS[0]
    if assignment.end is None:
        return start, _ALWAYS[1]
    return start, instant(date.fromisoformat(assignment.end) + timedelta(days=1), "00:00", timezone)
