"""How well a patient is covered over a span of time: who is on duty when, and the hours in which nobody would come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from alerts.reach import hears
from alerts.roster import OnDuty, Roster
from vitals.finding import Severity
from vitals.people import Role
from vitals.plan import CarePlan, severity_steps
from vitals.times import parse_time


@dataclass(frozen=True, slots=True)
class Stretch:
    """The same people are on duty for a patient in [start, end), ms UTC."""

    patient: str
    start: int
    end: int
    people: tuple[OnDuty, ...]


class Lack(StrEnum):
    """What is wrong in hours that are not covered."""

    NOBODY = "nobody"
    MANAGER_ONLY = "manager_only"

    @property
    def words(self) -> str:
        """As people say it."""
        return "nobody at all" if self is Lack.NOBODY else "nobody before the operations manager"


@dataclass(frozen=True, slots=True)
class Gap:
    """Hours [start, end), ms UTC, in which a high alert of the patient would not reach anyone in time."""

    patient: str
    start: int
    end: int
    lack: Lack


def stretches(roster: Roster, patient_id: str, start: int, end: int) -> Iterator[Stretch]:
    """Who is on duty from ``start`` to ``end``, one stretch for each change of people or of their reasons."""
    now, held = start, None
    while now < end:
        people, until = roster.on_duty(patient_id, now), min(roster.holds_until(patient_id, now), end)
        if held is not None and _same(held.people, people):
            held = Stretch(patient_id, held.start, until, held.people)
        else:
            yield from () if held is None else (held,)
            held = Stretch(patient_id, now, until, people)
        now = until
    yield from () if held is None else (held,)


def lack(roster: Roster, patient_id: str, people: Iterable[OnDuty]) -> Lack | None:
    """What a high alert would lack with these people on duty: who is on no rung, or has no channel, is not reached."""
    patient = roster.patients[patient_id]
    roles = {role for step in severity_steps(roster.agency.policy_for(patient), Severity.HIGH) for role in step.roles}
    reached = {d.caregiver.role for d in people if d.caregiver.role in roles and hears(d.caregiver, Severity.HIGH)}
    if not reached:
        return Lack.NOBODY
    return Lack.MANAGER_ONLY if reached == {Role.OPERATIONS_MANAGER} else None


def gaps(roster: Roster, patient_id: str, start: int, end: int) -> list[Gap]:
    """The hours from ``start`` to ``end`` that are not covered; while monitoring is paused nobody is needed.

    >>> from vitals.agency import Agency, Patient
    >>> alone = Roster(Agency(id="a", patients=(Patient(id="p1", name="-", timezone="UTC"),)))
    >>> gaps(alone, "p1", 0, 3_600_000)
    [Gap(patient='p1', start=0, end=3600000, lack=<Lack.NOBODY: 'nobody'>)]
    """
    found: list[Gap] = []
    for stretch in stretches(roster, patient_id, start, end):
        what = lack(roster, patient_id, stretch.people)
        if what is None:
            continue
        if found and found[-1].end == stretch.start and found[-1].lack is what:
            found[-1] = Gap(patient_id, found[-1].start, stretch.end, what)
        else:
            found.append(Gap(patient_id, stretch.start, stretch.end, what))
    pauses = _pauses(roster.patients[patient_id].plan)
    return [Gap(patient_id, *left, gap.lack) for gap in found for left in _without(gap.start, gap.end, pauses)]


def _same(one: tuple[OnDuty, ...], two: tuple[OnDuty, ...]) -> bool:
    return [(d.caregiver.id, d.why, d.note) for d in one] == [(d.caregiver.id, d.why, d.note) for d in two]


def _pauses(plan: CarePlan) -> list[tuple[int, int]]:
    return sorted((parse_time(pause.start), parse_time(pause.end)) for pause in plan.pauses)


def _without(start: int, end: int, holes: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for hole, over in holes:
        if hole < end and start < over:
            if start < hole:
                yield start, hole
            start = max(start, over)
    if start < end:
        yield start, end
