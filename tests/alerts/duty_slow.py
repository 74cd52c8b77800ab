"""The roster once more: slow, simple, and written from the rules alone."""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from alerts.localtime import window
from alerts.presence import FORGOTTEN
from tests.alerts.duty_strategies import people
from tests.alerts.house import LONDON
from vitals.agency import Agency
from vitals.intake import EventType, PatientEvent
from vitals.overrides import Action, Override
from vitals.times import to_datetime


class Slow:
    """The rules of the roster as sentences, one person and one moment at a time."""

    def __init__(self, agency: Agency, happened: list[PatientEvent]) -> None:
        self.agency, self.happened = agency, happened
        self.spans: list[list[tuple[int, int]]] = []
        for line in agency.overrides:
            self.spans.append(self._spans(line))

    def on(self, patient: str, now: int) -> set[str]:
        duties = {p.id: d for p in people if (d := self._planned(p.id, patient, now))}
        for line, spans in zip(self.agency.overrides, self.spans, strict=True):
            for start, end in spans:
                if start <= now < end and line.patient in (None, patient):
                    self._change(duties, line, (start, end), patient, now)
        for who in {e.detail["caregiver"] for e in self.happened}:
            self._clock(duties, who, patient, now)
        return set(duties)

    def _clock(self, duties: dict[str, Any], who: str, patient: str, now: int) -> None:
        mine = [e for e in self.happened if (e.patient, e.detail["caregiver"]) == (patient, who) and e.time <= now]
        last = max(mine, key=lambda e: (e.time, e.event.value), default=None)
        if last is None or now - last.time >= FORGOTTEN:
            return
        if last.event is EventType.CLOCK_IN:
            duties[who] = (now, now, False)
        elif who in duties and not duties[who][2] and duties[who][0] <= last.time:
            del duties[who]

    def _change(self, duties: dict[str, Any], line: Override, span: tuple[int, int], patient: str, now: int) -> None:
        start, end = span
        if line.action is Action.ADD:
            bound = [a for a in self.agency.assignments if a.caregiver == line.caregiver]
            office = line.caregiver in ("noor", "olga")
            if line.patient or (office and not bound) or self._assigned(line.caregiver, patient, now):
                self._best(duties, line.caregiver, (start, end, office and line.patient is None))
            return
        mine = duties.pop(line.caregiver, None)
        theirs = duties.pop(line.by, None) if line.action is Action.SWAP else None
        for duty, taker in ((mine, line.by), (theirs, line.caregiver)):
            if duty and taker:
                self._best(duties, taker, (max(duty[0], start), min(duty[1], end), duty[2]))

    @staticmethod
    def _best(duties: dict[str, Any], who: str, duty: tuple[int, int, bool]) -> None:
        duties[who] = max([duty, *([duties[who]] if who in duties else [])], key=lambda d: (d[2], d[1]))

    def _assigned(self, who: str, patient: str, now: int) -> bool:
        pairs = [a for a in self.agency.assignments if (a.patient, a.caregiver) == (patient, who)]
        zone = next(p.timezone for p in self.agency.patients if p.id == patient)
        today = to_datetime(now).astimezone(ZoneInfo(zone)).date().isoformat()
        named = any(s.caregiver == who and s.patient == patient for s in self.agency.shifts)
        return any((a.start or "") <= today <= (a.end or "9") for a in pairs) or (named and not pairs)

    def _planned(self, who: str, patient: str, now: int) -> tuple[int, int, bool] | None:
        own = [s for s in self.agency.shifts if s.caregiver == who]
        pairs = [a for a in self.agency.assignments if (a.patient, a.caregiver) == (patient, who)]
        bound = any(a.caregiver == who for a in self.agency.assignments)
        office = who in ("noor", "olga")
        named, general = ([s for s in own if (s.patient is None) == plain] for plain in (False, True))
        found: list[tuple[int, int, bool]] = []
        if self._assigned(who, patient, now):
            found += [(*w, False) for s in named if s.patient == patient for w in self._windows(s)]
            found += [(*w, office) for s in general if pairs for w in self._windows(s)]
            found += [(0, 2**62, office)] if not own else []
        if office and not bound:
            found += [(*w, True) for s in general for w in self._windows(s)]
            found += [(0, 2**62, True)] if not own else []
        found = [span for span in found if span[0] <= now < span[1]]
        return max(found, key=lambda d: (d[2], d[1]), default=None)

    @staticmethod
    @lru_cache(maxsize=10_000)
    def _windows(shift: Any) -> list[tuple[int, int]]:
        first, last = date(2026, 11, 1), date(2026, 11, 30)
        rule = rrulestr(shift.rule, dtstart=datetime.combine(date.fromisoformat(shift.first_day), time()))
        ruled = {m.date() for m in rule.between(datetime.combine(first, time()), datetime.combine(last, time()))}
        days = (ruled | set(map(date.fromisoformat, shift.rdates))) - set(map(date.fromisoformat, shift.exdates))
        return [window(day, shift.start, shift.end, shift.timezone, shift.extra_days) for day in days]

    def _spans(self, line: Override) -> list[tuple[int, int]]:
        if line.span:
            return [line.span]
        people_ = [line.caregiver, line.by] if line.action is Action.SWAP else [line.caregiver]
        found = {s for who in people_ for s in self._on_day(who or "", line.day or "", len(self.spans))}
        while pair := next(((a, b) for a in found for b in found if a < b and b[0] < a[1]), None):
            found = found - {*pair} | {(min(pair)[0], max(pair[0][1], pair[1][1]))}
        return sorted(found)

    def _on_day(self, who: str, day: str, before: int) -> list[tuple[int, int]]:
        def begins(span: tuple[int, int]) -> bool:
            return to_datetime(span[0]).astimezone(ZoneInfo(LONDON)).date().isoformat() == day

        own = [s for s in self.agency.shifts if s.caregiver == who]
        found = [w for s in own for w in self._windows(s) if begins(w)]
        earlier = zip(self.agency.overrides[:before], self.spans, strict=False)
        given = [s for o, spans in earlier if _taker(o) == who for s in spans if begins(s)]
        if not own and not given:
            midnight = date.fromisoformat(day)
            return [window(midnight, "00:00", "00:00", LONDON)]
        return [*found, *given]


def _taker(line: Override) -> str | None:
    return line.caregiver if line.action is Action.ADD else line.by
