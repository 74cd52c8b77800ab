"""Wall-clock hours as moments: what a time of day in a zone means on a given day, daylight-saving nights included.

The rule: a time that the clocks skip is the moment they jump; a time they repeat is its first occurrence. So two
shifts that meet on the wall clock meet in real time (no hole, no overlap), and no shift has a negative length.
(RFC 5545, 3.3.5, agrees on repeated times; it would carry a skipped time past the jump, which opens holes.)
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from vitals.times import DAY, SECOND, from_datetime, to_datetime

zone = lru_cache(maxsize=1024)(ZoneInfo)


def instant(day: date, wall: str, timezone: str) -> int:
    """The moment, ms UTC, at which clocks in ``timezone`` (IANA name) read ``wall`` (HH:MM) on ``day``.

    >>> from vitals.times import iso
    >>> iso(instant(date(2026, 3, 8), "02:30", "America/New_York"))  # skipped: the clocks jump from 02:00 to 03:00
    '2026-03-08T07:00:00.000Z'
    >>> iso(instant(date(2026, 11, 1), "01:30", "America/New_York"))  # repeated: the first
    '2026-11-01T05:30:00.000Z'
    """
    local = datetime.combine(day, time.fromisoformat(wall), zone(timezone))
    moment = local.astimezone(UTC)
    skipped = moment.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None)
    return _jump(from_datetime(moment), timezone) if skipped else from_datetime(moment)


def _jump(after: int, timezone: str) -> int:
    """The last change of the clocks before ``after``, ms UTC; one lies within the day before."""
    before, offset = after - DAY, _offset(after, timezone)
    while after - before > SECOND:
        middle = (before + after) // (2 * SECOND) * SECOND
        before, after = (before, middle) if _offset(middle, timezone) == offset else (middle, after)
    return after


def _offset(moment: int, timezone: str) -> timedelta | None:
    return to_datetime(moment).astimezone(zone(timezone)).utcoffset()


def local_day(moment: int, timezone: str) -> date:
    """The calendar day in ``timezone`` at ``moment`` (ms UTC).

    >>> local_day(1795321267250, "Pacific/Auckland").isoformat()
    '2026-11-22'
    """
    return to_datetime(moment).astimezone(zone(timezone)).date()


def window(day: date, start: str, end: str, timezone: str, extra_days: int = 0) -> tuple[int, int]:
    """The moments [start, end) of wall-clock hours that begin on ``day``; at or before ``start`` means the next day.

    ``extra_days`` is how many days later still they end.

    >>> begin, end = window(date(2026, 11, 1), "22:00", "06:00", "Europe/London")
    >>> (end - begin) // 3_600_000
    8
    """
    last = day + timedelta(days=(end <= start) + extra_days)
    return instant(day, start, timezone), instant(last, end, timezone)
