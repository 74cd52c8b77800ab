"""Dated overrides as moments, and what they make of a plan; pure, in the order of the agency file."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from alerts.cover import AGENCY_WIDE, Covers
from alerts.duty import Duty, Why
from alerts.localtime import instant, local_day
from vitals.agency import Agency
from vitals.overrides import Action, Override
from vitals.times import DAY

Duties = dict[str, Duty]
"""Who is on duty, by caregiver."""
Off = dict[str, tuple[Why, str]]
"""Who was planned and is not on duty: why, and in whose words."""

_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Dated:
    """An override in [start, end), ms UTC."""

    start: int
    end: int
    override: Override

    @property
    def note(self) -> str:
        """Why, and who said so."""
        return f"{self.override.reason} (entered by {self.override.entered_by})"


class Overrides:
    """The overrides of an agency, found by the day on which they are in force."""

    def __init__(self, agency: Agency, covers: Covers) -> None:
        self._people = {person.id: person for person in agency.caregivers}
        self._covers = covers
        self._given: dict[str, list[_Span]] = defaultdict(list)
        self.all = tuple(found for override in agency.overrides for found in self._dated(override))
        by_day: dict[int, list[Dated]] = defaultdict(list)
        for dated in self.all:
            for day in range(dated.start // DAY, (dated.end - 1) // DAY + 1):
                by_day[day].append(dated)
        self._by_day = {day: tuple(found) for day, found in by_day.items()}

    def look(self, duties: Duties, patient: str, now: int) -> tuple[Off, int]:
        """Change the plan's ``duties`` of a patient at ``now``; who is off by it, and until when all this holds."""
        until, off = (now // DAY + 1) * DAY, Off()
        if not self._by_day:
            return off, until
        for dated in self._by_day.get(now // DAY, ()):
            if dated.start <= now < dated.end:
                until = min(until, dated.end)
                if dated.override.patient in (None, patient):
                    self._apply(dated, duties, off, patient, now)
            elif now < dated.start:
                until = min(until, dated.start)
        return off, until

    def _apply(self, dated: Dated, duties: Duties, off: Off, patient: str, now: int) -> None:
        override = dated.override
        who, other = override.caregiver, override.by or ""
        if override.action is Action.ADD:
            if override.patient or self._serves(who, patient, now):
                wide = override.patient is None and self._people[who].role in AGENCY_WIDE
                _give(duties, off, Duty(who, dated.start, dated.end, Why.ADDED, dated.note, wide))
            return
        mine = duties.pop(who, None)
        theirs = duties.pop(other, None) if override.action is Action.SWAP else None
        if mine is not None:
            off[who] = (Why.REPLACED, f"{other}: {dated.note}") if other else (Why.REMOVED, dated.note)
        if theirs is not None:
            off[other] = Why.REPLACED, f"{who}: {dated.note}"
        if mine is not None and other:
            _give(duties, off, _taken(mine, other, dated))
        if theirs is not None:
            _give(duties, off, _taken(theirs, who, dated))

    def _serves(self, who: str, patient: str, now: int) -> bool:
        for_all = self._people[who].role in AGENCY_WIDE and not self._covers.bound(who)
        return for_all or bool(self._covers.assigned(patient, who, now))

    def _dated(self, override: Override) -> Iterator[Dated]:
        """An override by day concerns the shifts that begin on that day, whoever had got them by an earlier line."""
        span = override.span
        people = (override.caregiver, override.by) if override.action is Action.SWAP else (override.caregiver,)
        spans = [span] if span else [s for who in people if who for s in self.shifts_on(who, override.day or "")]
        taker = override.caregiver if override.action is Action.ADD else override.by
        for start, end in _joined(spans):
            if taker:
                self._given[taker].append((start, end))
            yield Dated(start, end, override)

    def shifts_on(self, who: str, text: str) -> list[_Span]:
        """The moments of somebody's shifts that begin on a day; the whole day where he or she has no shifts at all."""
        day, zone = date.fromisoformat(text), self._people[who].timezone
        given = [span for span in self._given.get(who, ()) if local_day(span[0], zone) == day]
        shifts = self._covers.shifts.get(who, [])
        own = [span for hours in self._covers.hours_of(shifts) if (span := hours.on(day))]
        if not shifts and not given:
            return [(instant(day, "00:00", zone), instant(day + timedelta(days=1), "00:00", zone))]
        return [*own, *given]


def _joined(spans: list[_Span]) -> list[_Span]:
    """Spans that overlap as one: in the hours that two swapped shifts share, the two change places once."""
    joined: list[_Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _taken(duty: Duty, who: str, dated: Dated) -> Duty:
    """The duty in other hands: it began no earlier than the override, so that leaving before it ends nothing."""
    start, end = max(duty.start, dated.start), min(duty.end, dated.end)
    return Duty(who, start, end, Why.TOOK_OVER, f"from {duty.caregiver}: {dated.note}", duty.wide)


def _give(duties: Duties, off: Off, duty: Duty) -> None:
    duties[duty.caregiver] = better(duties.get(duty.caregiver), duty)
    off.pop(duty.caregiver, None)


def better(one: Duty | None, two: Duty) -> Duty:
    """Of two duties of one person the one for the whole agency, else the one that ends last."""
    return two if one is None or (two.wide, two.end) > (one.wide, one.end) else one
