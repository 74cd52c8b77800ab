"""When a shift's wall-clock hours fall: RFC 5545 rules for the days, kept ready for a week at a time."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from dateutil.rrule import rrulestr

from alerts.localtime import instant, local_day, window
from vitals.people import Shift

_STRIDE = {"DAILY": 1, "WEEKLY": 7}
_UNTIL = re.compile(r"UNTIL=(\d{8})(T\d{6}Z?)?")


def days_of(rule: str, first_day: str, start: date, end: date) -> list[date]:
    """The days on which a shift begins, from ``start`` to ``end`` inclusive; UNTIL is a local day, inclusive.

    >>> [d.isoformat() for d in days_of("FREQ=WEEKLY;BYDAY=SU", "2020-01-01", date(2026, 11, 20), date(2026, 11, 30))]
    ['2026-11-22', '2026-11-29']
    """
    begin = datetime.combine(_nearer(rule, date.fromisoformat(first_day), start), time())
    local_rule = _UNTIL.sub(r"UNTIL=\1T235959", rule)
    found = rrulestr(local_rule, dtstart=begin).between(
        datetime.combine(start, time()), datetime.combine(end, time.max), inc=True
    )
    return sorted({moment.date() for moment in found})


def _nearer(rule: str, first: date, start: date) -> date:
    """A later first day that yields the same days from ``start`` on: counting from years ago costs milliseconds.

    Whole strides keep an INTERVAL in step; a COUNT must be counted from its real beginning.
    """
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    stride = _STRIDE.get(parts["FREQ"], 0) * int(parts.get("INTERVAL", "1"))
    if not stride or "COUNT" in parts or start <= first:
        return first
    return first + timedelta(days=(start - first).days // stride * stride)


class Pattern(NamedTuple):
    """What shifts with the same hours share, so that hours are worked out once for all of them."""

    rule: str
    first_day: str
    start: str
    end: str
    timezone: str
    exdates: tuple[str, ...] = ()
    rdates: tuple[str, ...] = ()
    extra_days: int = 0

    def days(self, start: date, end: date) -> list[date]:
        """The days on which it begins, from ``start`` to ``end`` inclusive: the rule's and rdates, without exdates."""
        ruled = days_of(self.rule, self.first_day, start, end) if self.rule else []
        added = (day for text in self.rdates if start <= (day := date.fromisoformat(text)) <= end)
        return sorted({*ruled, *added} - {date.fromisoformat(text) for text in self.exdates})

    def window(self, day: date) -> tuple[int, int]:
        """The moments [start, end) of the shift that begins on ``day``."""
        return window(day, self.start, self.end, self.timezone, self.extra_days)


_Known = tuple[int, int, tuple[int, ...], tuple[int, ...]]
"""What is known for [from, to): the windows' starts and ends. One value, so that threads see all of it or none."""


_Spot = tuple[int, int, tuple[int, int] | None]
"""The last answer: it holds for [from, to). Many people share their hours, and all ask about the same moment."""


@dataclass(slots=True)
class Hours:
    """The windows of one pattern of hours around a time; asks for later times move it on.

    >>> from vitals.times import iso, parse_time
    >>> nights = Hours(Pattern("FREQ=DAILY", "2020-01-01", "22:00", "06:00", "Europe/London"))
    >>> [iso(moment) for moment in nights.at(parse_time("2026-11-22T03:00:00Z"))]
    ['2026-11-21T22:00:00.000Z', '2026-11-22T06:00:00.000Z']
    >>> nights.at(parse_time("2026-11-22T06:00:00Z")) is None
    True
    """

    pattern: Pattern
    _known: _Known = (0, 0, (), ())
    _spot: _Spot = (0, 0, None)

    def at(self, now: int) -> tuple[int, int] | None:
        """The window [start, end) that holds ``now`` (ms UTC), of several the last to end; or None."""
        return self.look(now)[0]

    def look(self, now: int) -> tuple[tuple[int, int] | None, int]:
        """The window that holds ``now``, and until when this answer holds at least (ms UTC)."""
        begun, until, window = self._spot
        if not begun <= now < until:
            window, until = self._look(now)
            self._spot = now, until, window
        return window, until

    def _look(self, now: int) -> tuple[tuple[int, int] | None, int]:
        _, sure, starts, ends = self._known_at(now)
        place = bisect_right(starts, now)
        until = min(sure, starts[place]) if place < len(starts) else sure
        # After a short night the day before's shift may still run, and long ones may run side by side.
        running = [i for i in range(max(place - 2 - self.pattern.extra_days, 0), place) if now < ends[i]]
        if not running:
            return None, until
        last = max(running, key=ends.__getitem__)
        return (starts[last], ends[last]), min(until, ends[last])

    def next_start(self, now: int) -> int | None:
        """When it next begins within about a week, ms UTC."""
        known = self._known_at(now)
        place = bisect_right(known[2], now)
        return known[2][place] if place < len(known[2]) else None

    def on(self, day: date) -> tuple[int, int] | None:
        """The window of the shift that begins on that day, or None."""
        return self.pattern.window(day) if self.pattern.days(day, day) else None

    def _known_at(self, now: int) -> _Known:
        known = self._known
        if not known[0] <= now < known[1]:
            self._known = known = self._learn(now)
        return known

    def _learn(self, now: int) -> _Known:
        timezone, extra = self.pattern.timezone, timedelta(days=self.pattern.extra_days)
        today = local_day(now, timezone)
        first, last = today - timedelta(days=2), today + timedelta(days=8)
        days = self.pattern.days(first - extra, last)
        kept = sorted(w for day in days if (w := self.pattern.window(day))[0] < w[1])
        # A window may have begun the day before, so the first day is not known for sure; the last one's start is.
        sure = instant(first + timedelta(days=1), "00:00", timezone), instant(last, "00:00", timezone)
        return *sure, tuple(start for start, _ in kept), tuple(end for _, end in kept)


def pattern(shift: Shift) -> Pattern:
    """The pattern of a shift's hours."""
    return Pattern(
        *(shift.rule, shift.first_day, shift.start, shift.end, shift.timezone),
        *(shift.exdates, shift.rdates, shift.extra_days),
    )
