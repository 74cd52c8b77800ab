"""When a shift's wall-clock hours fall: RFC 5545 rules for the days, kept ready for a week at a time."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

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


_Known = tuple[int, int, tuple[int, ...], tuple[int, ...]]
"""What is known for [from, to): the windows' starts and ends. One value, so that threads see all of it or none."""


@dataclass(slots=True)
class Hours:
    """The windows of one pattern of hours around a time; asks for later times move it on.

    >>> from vitals.times import iso, parse_time
    >>> nights = Hours("FREQ=DAILY", "2020-01-01", "22:00", "06:00", "Europe/London")
    >>> [iso(moment) for moment in nights.at(parse_time("2026-11-22T03:00:00Z"))]
    ['2026-11-21T22:00:00.000Z', '2026-11-22T06:00:00.000Z']
    >>> nights.at(parse_time("2026-11-22T06:00:00Z")) is None
    True
    """

    rule: str
    first_day: str
    start: str
    end: str
    timezone: str
    _known: _Known = (0, 0, (), ())

    @classmethod
    def of(cls, shift: Shift) -> "Hours":
        return cls(*pattern(shift))

    def at(self, now: int) -> tuple[int, int] | None:
        """The window [start, end) that holds ``now`` (ms UTC), or None."""
        known = self._known_at(now)
        place = bisect_right(known[2], now) - 1
        for i in (place, place - 1):  # after a short night, the day before's shift may still run
            if i >= 0 and now < known[3][i]:
                return known[2][i], known[3][i]
        return None

    def next_start(self, now: int) -> int | None:
        """When it next begins within about a week, ms UTC."""
        known = self._known_at(now)
        place = bisect_right(known[2], now)
        return known[2][place] if place < len(known[2]) else None

    def _known_at(self, now: int) -> _Known:
        if not self._known[0] <= now < self._known[1]:
            self._known = self._learn(now)
        return self._known

    def _learn(self, now: int) -> _Known:
        today = local_day(now, self.timezone)
        first, last = today - timedelta(days=2), today + timedelta(days=8)
        days = days_of(self.rule, self.first_day, first, last)
        kept = sorted(w for day in days if (w := window(day, self.start, self.end, self.timezone))[0] < w[1])
        # A window may have begun the day before, so the first day is not known for sure; the last one's start is.
        sure = instant(first + timedelta(days=1), "00:00", self.timezone), instant(last, "00:00", self.timezone)
        return *sure, tuple(start for start, _ in kept), tuple(end for _, end in kept)


def pattern(shift: Shift) -> tuple[str, str, str, str, str]:
    """What shifts with the same hours share, so that hours are worked out once for all of them."""
    return shift.rule, shift.first_day, shift.start, shift.end, shift.timezone
