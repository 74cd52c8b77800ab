"""Whoever is there round the clock never comes on: what they should know reaches them in the morning."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final, NamedTuple

from alerts.comings import OFFICE, Coming, comes
from alerts.duty import Duty, Why
from alerts.localtime import instant, local_day
from alerts.roster import Roster
from vitals.people import Caregiver, Role

MORNING: Final = "07:00"
_MONDAY: Final = 0
_WEEKLY: Final = frozenset({Role.NURSE, Role.OPERATIONS_MANAGER})
_PLANNED: Final = frozenset({Why.ROUND_THE_CLOCK, Why.SHIFT})


class Morning(NamedTuple):
    """It was 07:00 for ``caregiver`` at ``start`` (ms UTC); ``weekly``: a Monday, for who hears of the week."""

    caregiver: str
    start: int
    weekly: bool = False


class Mornings:
    """Each caregiver's next morning, found as time goes by; costs nothing in between.

    >>> from vitals.agency import Agency
    >>> from vitals.times import HOUR, parse_time
    >>> noor = Caregiver(id="noor", name="N.", role="nurse", timezone="Europe/London")
    >>> mornings = Mornings((noor,), parse_time("2026-11-22T12:00Z"))
    >>> mornings.until(parse_time("2026-11-23T06:59Z"))
    []
    >>> [(it.caregiver, it.weekly) for it in mornings.until(parse_time("2026-11-24T08:00Z"))]
    [('noor', True), ('noor', False)]
    """

    def __init__(self, people: Iterable[Caregiver], now: int) -> None:
        self._people = {person.id: person for person in people}
        self._next = [(after(person.timezone, now), person.id) for person in self._people.values()]
        heapq.heapify(self._next)

    def until(self, now: int) -> list[Morning]:
        """The mornings since the last look and not after ``now``, in their order."""
        found = []
        while self._next and self._next[0][0] <= now:
            at, who = self._next[0]
            person = self._people[who]
            monday = local_day(at, person.timezone).weekday() == _MONDAY
            found.append(Morning(who, at, monday and person.role in _WEEKLY))
            heapq.heapreplace(self._next, (after(person.timezone, at), who))
        return found


def after(timezone: str, now: int) -> int:
    """The first 07:00 of that zone after ``now``, ms UTC.

    >>> from vitals.times import iso, parse_time
    >>> iso(after("Europe/London", parse_time("2026-10-24T12:00Z")))  # the clocks go back in the night
    '2026-10-25T07:00:00.000Z'
    """
    today = local_day(now, timezone)
    moments = (instant(today + timedelta(days=days), MORNING, timezone) for days in (0, 1, 2))
    return next(moment for moment in moments if moment > now)


def still_there(roster: Roster, mornings: Iterable[Morning], breathe: Callable[[], None]) -> list[Coming]:
    """Whoever of them is on duty and has not come on for it: round the clock, or one shift upon the other.

    ``breathe`` is called between two patients, for there may be many, and alerts go first.
    """
    due: dict[int, set[str]] = defaultdict(set)
    for it in mornings:
        due[it.start].add(it.caregiver)
    there: dict[tuple[int, str], list[str]] = defaultdict(list)
    for at, people in due.items():
        for patient in roster.patients:
            breathe()
            for duty in roster.judge(patient, at).duties.values():
                if duty.caregiver in people and _goes_on(roster, patient, duty):
                    there[at, duty.caregiver].append(patient)
    return [Coming(who, at, tuple(sorted(of))) for (at, who), of in sorted(there.items())]


def _goes_on(roster: Roster, patient: str, duty: Duty) -> bool:
    person = roster.caregivers.get(duty.caregiver)
    if person is None or duty.why not in _PLANNED or (duty.wide and person.role in OFFICE):
        return False
    return not comes(roster, patient, duty)
