"""Times of an iCalendar file (RFC 5545) as what a wall clock reads in an IANA zone."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_ZONES = available_timezones()


class CalendarError(Exception):
    """Something in a calendar that cannot become a shift: what, and the remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(f"{problem}: {remedy}")


@dataclass(frozen=True, slots=True)
class Zones:
    """Finds the IANA zone that a TZID means: by name, by Windows' name, or by what its VTIMEZONE says of its place.

    >>> zones = Zones("Europe/London", {})
    >>> zones.named("Eastern Standard Time"), zones.named("/example.org/2026/America/New_York")
    ('America/New_York', 'America/New_York')
    """

    floating: str
    """The zone of times that name none, and of whole days."""
    places: dict[str, str]
    """X-LIC-LOCATION of each VTIMEZONE, by TZID."""

    def named(self, tzid: str) -> str:
        """The IANA zone of a TZID; CalendarError where it is anybody's guess."""
        parts = tzid.strip("/").split("/")
        tails = ["/".join(parts[i:]) for i in range(len(parts))]
        for name in (tzid, self.places.get(tzid, ""), WINDOWS_TO_OLSON.get(tzid, ""), *tails):
            if name in _ZONES:
                return name
        raise CalendarError(f"time zone {tzid!r} is no IANA zone", "export it with one such as America/New_York")

    def of(self, value: Any, moment: date | datetime) -> str:
        """The zone of a property's times."""
        tzid = value.params.get("TZID") if hasattr(value, "params") else None
        if tzid:
            return self.named(str(tzid))
        return "UTC" if isinstance(moment, datetime) and moment.tzinfo is not None else self.floating

    def wall(self, value: Any, moment: date | datetime, zone: str) -> datetime:
        """What the clock in ``zone`` reads at a moment of that property; a whole day begins at midnight."""
        if not isinstance(moment, datetime):
            return datetime.combine(moment, time())
        if self.of(value, moment) != zone and moment.tzinfo is not None:
            moment = moment.astimezone(ZoneInfo(zone))
        if moment.second or moment.microsecond:
            raise CalendarError(f"{moment:%H:%M:%S} is no whole minute", "round it")
        return moment.replace(tzinfo=None)


def moments(prop: Any) -> list[tuple[Any, Any]]:
    """Every (property, value) of EXDATE or RDATE, which may stand once or often, with one value or several."""
    lists = prop if isinstance(prop, list) else [] if prop is None else [prop]
    return [(each, entry.dt) for each in lists for entry in each.dts]


def hours(start: datetime, end: datetime) -> dict[str, Any]:
    """Wall-clock hours as a shift has them.

    >>> hours(datetime(2026, 11, 22, 22, 0), datetime(2026, 11, 23, 6, 0))
    {'start': '22:00', 'end': '06:00', 'extra_days': 0}
    """
    if end <= start:
        raise CalendarError("it ends no later than it begins", "give DTEND, or DURATION, after DTSTART")
    extra = (end.date() - start.date()).days - (end.time() <= start.time())
    if extra > 31:
        raise CalendarError("it lasts longer than a month", "write a rule of shorter shifts")
    return {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "extra_days": extra}
