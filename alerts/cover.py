"""The plan without its exceptions: whose assignments and shifts cover which patient, and at which hours."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alerts.duty import ALWAYS, Duty, Why
from alerts.localtime import instant
from alerts.shifts import Hours, Pattern, pattern
from vitals.agency import Agency, Patient
from vitals.people import Assignment, Caregiver, Role, Shift

AGENCY_WIDE = frozenset({Role.NURSE, Role.OPERATIONS_MANAGER, Role.DEVICE_SUPPORT})
_ALWAYS = (ALWAYS,)
RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Cover:
    """One caregiver for one patient (or for all): in which periods, at which hours; no hours are all hours.

    ``wide``: an office role by hours that name no patient, on call and not at one home.
    """

    caregiver: Caregiver
    periods: tuple[tuple[int, int], ...]
    hours: tuple[Hours, ...]
    wide: bool = False

    def look(self, now: int) -> tuple[Duty | None, int]:
        """The duty at ``now``, and until when this answer holds at least (ms UTC)."""
        period, until = (ALWAYS, ALWAYS[1]) if self.periods == _ALWAYS else self._period(now)
        if period is None:
            return None, until
        if not self.hours:
            return Duty(self.caregiver.id, *period, Why.ROUND_THE_CLOCK, "", self.wide), until
        best: tuple[int, int] | None = None
        for hours in self.hours:
            window, holds = hours.look(now)
            until = min(until, holds)
            if window and (best is None or window[1] > best[1]):
                best = window
        if best is None:
            return None, until
        return Duty(self.caregiver.id, best[0], min(best[1], period[1]), Why.SHIFT, "", self.wide), until

    def next_start(self, now: int) -> int | None:
        """When a shift next begins within about a week, ms UTC."""
        return min((at for hours in self.hours if (at := hours.next_start(now)) is not None), default=None)

    def _period(self, now: int) -> tuple[tuple[int, int] | None, int]:
        until = ALWAYS[1]
        for start, end in self.periods:
            if start <= now < end:
                return (start, end), end
            until = min(until, start) if now < start else until
        return None, until


class Covers:
    """Every cover of an agency, by patient; nurses, managers and device support without assignment cover all."""

    def __init__(self, agency: Agency) -> None:
        self._agency = agency
        self._people = {person.id: person for person in agency.caregivers}
        self.hours: dict[Pattern, Hours] = {}
        self.shifts: dict[str, list[Shift]] = defaultdict(list)
        for shift in agency.shifts:
            self.shifts[shift.caregiver].append(shift)
        self._periods: dict[tuple[str, str], tuple[tuple[int, int], ...]] = {}
        self._general: dict[str, tuple[Hours, ...]] = {}
        self._bound = {assignment.caregiver for assignment in agency.assignments}
        self._everywhere = tuple(self._agency_wide())
        self._of = {patient: (*covers, *self._everywhere) for patient, covers in self._assigned().items()}

    def of(self, patient: str) -> tuple[Cover, ...]:
        """The covers of a patient, those of the whole agency among them."""
        return self._of.get(patient, self._everywhere)

    def bound(self, caregiver: str) -> bool:
        """Whether the person is assigned to patients, so that an office role does not cover all."""
        return caregiver in self._bound

    def assigned(self, patient: str, caregiver: str, now: int) -> bool | None:
        """Whether the person's assignment to the patient is in force at ``now``; None where there is none."""
        periods = self._periods.get((patient, caregiver))
        return None if periods is None else any(start <= now < end for start, end in periods)

    def hours_of(self, shifts: Iterable[Shift]) -> tuple[Hours, ...]:
        """The hours of shifts; those with the same pattern share them."""
        return tuple(self.hours.setdefault(pattern(shift), Hours(pattern(shift))) for shift in shifts)

    def _assigned(self) -> dict[str, list[Cover]]:
        dated: dict[tuple[str, str], list[Assignment]] = defaultdict(list)
        for assignment in self._agency.assignments:
            dated[assignment.patient, assignment.caregiver].append(assignment)
        for shift in self._agency.shifts:
            if shift.patient is not None:
                dated.setdefault((shift.patient, shift.caregiver), [])
        patients = {patient.id: patient for patient in self._agency.patients}
        found: dict[str, list[Cover]] = defaultdict(list)
        for (patient, caregiver), assignments in dated.items():
            found[patient] += self._pair(patients[patient], self._people[caregiver], assignments)
        return found

    def _pair(self, patient: Patient, person: Caregiver, assignments: Sequence[Assignment]) -> list[Cover]:
        shifts = self.shifts.get(person.id, [])
        here = self.hours_of(shift for shift in shifts if shift.patient == patient.id)
        general = self._general_of(person.id) if assignments else ()
        periods = tuple(_period(a, patient.timezone) for a in assignments) or _ALWAYS
        self._periods[patient.id, person.id] = periods
        covers = [Cover(person, periods, here)] if here else []
        if general or not shifts:
            covers.append(Cover(person, periods, general, wide=person.role in AGENCY_WIDE))
        return covers

    def _general_of(self, caregiver: str) -> tuple[Hours, ...]:
        """The hours of the shifts that name no patient; worked out once for all of the caregiver's patients."""
        if caregiver not in self._general:
            shifts = self.shifts.get(caregiver, ())
            self._general[caregiver] = self.hours_of(shift for shift in shifts if shift.patient is None)
        return self._general[caregiver]

    def _agency_wide(self) -> list[Cover]:
        free = [p for p in self._agency.caregivers if p.role in AGENCY_WIDE and p.id not in self._bound]
        covers = []
        for person in free:
            general = self._general_of(person.id)
            covers += [Cover(person, _ALWAYS, general, wide=True)] if general or not self.shifts.get(person.id) else []
        return covers


def _period(assignment: Assignment, timezone: str) -> tuple[int, int]:
    """The moments [start, end) that an assignment's days cover."""
    if assignment.start is None and assignment.end is None:
        return ALWAYS
    start = instant(date.fromisoformat(assignment.start), "00:00", timezone) if assignment.start else ALWAYS[0]
    if assignment.end is None:
        return start, ALWAYS[1]
    return start, instant(date.fromisoformat(assignment.end) + timedelta(days=1), "00:00", timezone)
