"""Who is on duty for a patient: a pure function of assignments, shifts, overrides, clock events and the time.

* Someone with shifts is on duty in them; someone without any in the whole agency file is on duty round the clock.
* A shift covers the patient it names, else every patient the person is assigned to on that day.
* Assignment dates are days of the patient's time zone. A shift that names a patient needs no assignment, but where
  the pair has dated assignments, one must cover the day.
* Nurses, operations managers and device support without any assignment serve every patient.
* Overrides change the plan in the order of the file; clock events win over both.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import structlog

from alerts import presence
from alerts.cover import RANK, Covers
from alerts.duty import Duty, Why
from alerts.escalation import frozen
from alerts.localtime import zone
from alerts.overrides import Duties, Off, Overrides, better
from alerts.presence import Clockings, Presences
from vitals.agency import Agency
from vitals.intake import PatientEvent
from vitals.people import Caregiver, Role
from vitals.plan import EscalationPolicy
from vitals.presence import CLOCK, caregiver_of

log = structlog.get_logger(__name__)


class OnDuty(NamedTuple):
    """Somebody on duty, until when (ms UTC; None: no end is known), and why."""

    caregiver: Caregiver
    until: int | None = None
    why: Why = Why.SHIFT
    note: str = ""


class Judged(NamedTuple):
    """Who is on duty and who is off in spite of the plan, and until when this holds at least."""

    duties: Duties
    off: Off
    until: int


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Time in which nothing changes for a patient, by the clock events ``seen``; the same roles are asked for often."""

    start: int
    end: int
    seen: Clockings
    people: tuple[OnDuty, ...]
    by_roles: dict[tuple[Role, ...], tuple[Caregiver, ...]] = field(default_factory=dict)


class Roster:
    """An agency's duty roster. Safe to ask from several threads while events are learned.

    >>> from vitals.agency import Patient
    >>> from vitals.people import Assignment
    >>> ana = Caregiver(id="ana", name="A.", role="cna", timezone="Europe/London")
    >>> agency = Agency(id="a", caregivers=(ana,), patients=(Patient(id="p1", name="P.", timezone="Europe/London"),),
    ...                 assignments=(Assignment(patient="p1", caregiver="ana"),))
    >>> [duty.caregiver.id for duty in Roster(agency).on_duty("p1", 0)]
    ['ana']
    """

    def __init__(self, agency: Agency, presences: Presences | None = None) -> None:
        self.agency = agency
        self.patients = {patient.id: patient for patient in agency.patients}
        self.pausable = {patient.id: patient.plan for patient in agency.patients if patient.plan.pauses}
        self.caregivers = {person.id: person for person in agency.caregivers}
        self.presences = presences or Presences()
        self.covers = Covers(agency)
        self.overrides = Overrides(agency, self.covers)
        self._policies: dict[str, dict[str, Any]] = {}
        self._stretches: dict[str, _Stretch] = {}

    def warm(self, now: int) -> None:
        """Work out at once what the first alert would wait for: this week's hours, and the zones."""
        for hours in self.covers.hours.values():
            hours.at(now)
        for timezone in {patient.timezone for patient in self.agency.patients}:
            zone(timezone)

    def learn(self, events: Iterable[PatientEvent]) -> None:
        """Clock events count from now on; the same again changes nothing."""
        kept = list(events)
        nameless = [event for event in kept if event.event in CLOCK and not caregiver_of(event)]
        unknown = [e for e in self.presences.learn(kept) if caregiver_of(e) not in self.caregivers]
        for event in (*nameless, *unknown):
            remedy = "name in 'caregiver' the id of somebody of the agency file"
            log.warning("clock_event_of_nobody_known", patient=event.patient, device=event.device, remedy=remedy)

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
        return self._stretch(patient_id, now).people

    def recipients(self, patient_id: str, roles: Iterable[Role], now: int) -> tuple[Caregiver, ...]:
        """Who on duty has one of the roles, CNA and HMA first."""
        wanted, stretch = tuple(roles), self._stretch(patient_id, now)
        found = stretch.by_roles.get(wanted)
        if found is None:
            found = tuple(duty.caregiver for duty in stretch.people if duty.caregiver.role in wanted)
            stretch.by_roles[wanted] = found
        return found

    def with_role(self, role: Role | None) -> tuple[Caregiver, ...]:
        """Everyone of that role (None: of any) who has a channel, on duty or not: for when nobody else is there."""
        return tuple(p for p in self.agency.caregivers if p.channels and role in (None, p.role))

    def holds_until(self, patient_id: str, now: int) -> int:
        """Until when at least nothing changes in who is on duty, ms UTC; always after ``now``."""
        return self._stretch(patient_id, now).end

    def judge(self, patient_id: str, now: int, clockings: Clockings | None = None) -> Judged:
        """Work out anew who is on duty, who is off in spite of the plan, and until when that holds."""
        duties, until = self.planned(patient_id, now)
        off, holds = self.overrides.look(duties, patient_id, now)
        seen = self.presences.of(patient_id) if clockings is None else clockings
        until = min(until, holds, presence.look(seen, duties, off, now, self.presences.limit) if seen else holds)
        return Judged(duties, off, until)

    def planned(self, patient_id: str, now: int) -> tuple[Duties, int]:
        """Whom assignments and shifts alone put on duty, and until when that holds."""
        duties: dict[str, Duty] = {}
        until = 2**62
        for cover in self.covers.of(patient_id):
            duty, holds = cover.look(now)
            until = min(holds, until)
            if duty:
                duties[duty.caregiver] = better(duties.get(duty.caregiver), duty)
        return duties, until

    def _stretch(self, patient_id: str, now: int) -> _Stretch:
        known, seen = self._stretches.get(patient_id), self.presences.of(patient_id)
        if known is not None and known.start <= now < known.end and known.seen is seen:
            return known
        judged = self.judge(patient_id, now, seen)
        people = [
            OnDuty(person, duty.until, duty.why, duty.note)
            for who, duty in judged.duties.items()
            if (person := self.caregivers.get(who))
        ]
        people.sort(key=lambda duty: (RANK[duty.caregiver.role], duty.caregiver.id))
        found = self._stretches[patient_id] = _Stretch(now, judged.until, seen, tuple(people))
        return found


def on_duty(agency: Agency, patient_id: str, now: int) -> tuple[OnDuty, ...]:
    """Everyone on duty for one patient at ``now`` (ms UTC); asked often, keep a Roster instead."""
    return Roster(agency).on_duty(patient_id, now)
