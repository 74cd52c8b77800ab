"""The events of one UID of an iCalendar file as shifts: rule, exceptions, additions and changed occurrences."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.shifts import days_of
from monitor.calendar_times import CalendarError, Zones, hours, moments

_RULES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")

Single = tuple[datetime, datetime, str]
"""One occurrence: from when to when on the wall clock, in which zone."""


def shifts_of(events: Sequence[Any], zones: Zones) -> tuple[list[dict[str, Any]], list[Single]]:
    """What recurs, as shifts without their caregiver; and what happens once. CalendarError says what cannot be."""
    for event in events:
        _readable(event)
    masters, changed = _told_apart(events)
    gone = {_changed_day(event, zones, masters) for event in changed}
    singles = [_span(event, zones) for event in changed if not _cancelled(event)]
    shifts = []
    for event in masters:
        if not _cancelled(event):
            shift, once = _master(event, zones, gone)
            shifts += shift
            singles += once
    return shifts, singles


def _told_apart(events: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """The event itself (of several the one of the highest SEQUENCE), and its changed occurrences."""
    newest: dict[Any, Any] = {}
    for event in sorted(events, key=lambda event: int(event.get("SEQUENCE", 0))):
        at = event.get("RECURRENCE-ID")
        if at is not None and at.params.get("RANGE"):
            raise CalendarError("changes this and all later occurrences (RANGE)", "end the rule and begin a new event")
        newest[None if at is None else at.dt] = event
    return [e for at, e in newest.items() if at is None], [e for at, e in newest.items() if at is not None]


def _master(event: Any, zones: Zones, gone: set[date]) -> tuple[list[dict[str, Any]], list[Single]]:
    start, end, zone = _span(event, zones)
    times = hours(start, end)
    more = list(_additions(event, zones, (start, end, zone)))
    rule = event.get("RRULE")
    out = {_excluded(zones, entry, start, zone) for entry in moments(event.get("EXDATE"))} | gone
    if rule is None:
        return [], [single for single in ((start, end, zone), *more) if single[0].date() not in out]
    text = _rule(rule, start, zone)
    if not days_of(text, start.date().isoformat(), start.date(), start.date()):
        raise CalendarError(
            f"DTSTART {start:%Y-%m-%d} is no day of its own rule {text}", "move it to the first that is"
        )
    shift = {**times, "timezone": zone, "rule": text, "first_day": start.date().isoformat()}
    if out:
        shift["exdates"] = [day.isoformat() for day in sorted(out)]
    return [shift], [single for single in more if single[0].date() not in gone]


def _changed_day(event: Any, zones: Zones, masters: list[Any]) -> date:
    """The day, in the event's own zone, on which the occurrence that this one replaces would begin."""
    prop = event["RECURRENCE-ID"]
    return zones.wall(prop, prop.dt, _zone(masters[0] if masters else event, zones)).date()


def _span(event: Any, zones: Zones) -> Single:
    begin = event.get("DTSTART")
    if begin is None:
        raise CalendarError("has no DTSTART", "give the time it begins")
    zone = _zone(event, zones)
    start = zones.wall(begin, begin.dt, zone)
    if event.get("DTEND") is not None:
        return start, zones.wall(event["DTEND"], event["DTEND"].dt, zone), zone
    if event.get("DURATION") is not None:
        return start, start + event["DURATION"].dt, zone
    if not isinstance(begin.dt, datetime):
        return start, start + timedelta(days=1), zone
    raise CalendarError("has no end", "give DTEND or DURATION")


def _zone(event: Any, zones: Zones) -> str:
    begin = event.get("DTSTART") or event["RECURRENCE-ID"]
    return zones.of(begin, begin.dt)


def _additions(event: Any, zones: Zones, span: Single) -> Iterator[Single]:
    start, end, zone = span
    for prop, moment in moments(event.get("RDATE")):
        begin, over = moment if isinstance(moment, tuple) else (moment, None)
        first = zones.wall(prop, begin, zone)
        if not isinstance(begin, datetime):
            first = datetime.combine(first.date(), start.time())
        if over is None:
            yield first, first + (end - start), zone
        else:
            last = first + over if isinstance(over, timedelta) else zones.wall(prop, over, zone)
            yield first, last, zone


def _excluded(zones: Zones, entry: tuple[Any, Any], start: datetime, zone: str) -> date:
    prop, moment = entry
    wall = zones.wall(prop, moment, zone)
    if isinstance(moment, datetime) and wall.time() != start.time():
        raise CalendarError(f"EXDATE {wall:%Y-%m-%d %H:%M} is not when it begins, {start:%H:%M}", "give that time")
    return wall.date()


def _rule(rule: Any, start: datetime, zone: str) -> str:
    if isinstance(rule, list):
        raise CalendarError("has several RRULE", "make an event of each")
    parts = {name.upper(): values for name, values in rule.items()}
    if parts["FREQ"][0] not in _RULES or any(name in parts for name in _TIMES):
        raise CalendarError("recurs within a day", "write one event for each shift of the day")
    text: str = rule.to_ical().decode()
    until = parts.get("UNTIL")
    kept = [part for part in text.split(";") if not part.startswith("UNTIL=")]
    return ";".join([*kept, f"UNTIL={_last_day(until[0], start, zone):%Y%m%d}"] if until else kept)


def _last_day(until: date | datetime, start: datetime, zone: str) -> date:
    """The last day on which it may begin: UNTIL is a moment, most often in UTC."""
    if not isinstance(until, datetime):
        return until
    wall = until if until.tzinfo is None else until.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return wall.date() if wall.time() >= start.time() else wall.date() - timedelta(days=1)


def _cancelled(event: Any) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _readable(event: Any) -> None:
    for name, problem in event.errors:
        raise CalendarError(
            f"{name or 'a line'} cannot be read ({problem})", "correct it, or export the calendar again"
        )
