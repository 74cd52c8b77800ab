"""Shifts from an iCalendar file: ``shifts: [{caregiver: ana, calendar: ana.ics}]`` becomes shifts like any other."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from icalendar import Calendar

from monitor.agency_yaml import Document
from monitor.calendar_events import Single, shifts_of
from monitor.calendar_times import CalendarError, Zones, hours
from monitor.faults import Loc, path_of
from vitals.errors import Fault

_OWN = frozenset({"caregiver", "calendar", "patient"})
_LARGEST = 10_000_000
_ADDRESS = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+://")


def expand(document: Document, folder: Path) -> None:
    """Put in place of each entry that names a calendar the shifts of its events; faults go to the document.

    A calendar is read once, here: the agency that is imported holds its shifts, not its name. Import again when the
    calendar changes.
    """
    shifts = document.value.get("shifts")
    if not isinstance(shifts, list):
        return
    for place, entry in enumerate(list(shifts)):
        if isinstance(entry, dict) and "calendar" in entry:
            found = list(_from_calendar(document, ("shifts", place), entry, folder))
            shifts[place] = found[0] if found else _nothing(entry)
            shifts += found[1:]


def _nothing(entry: dict[str, Any]) -> dict[str, Any]:
    """What stands in for a calendar that gave nothing but faults, so that it causes no others."""
    own: dict[str, Any] = {name: entry[name] for name in ("caregiver", "patient") if name in entry}
    return {**own, "start": "00:00", "end": "00:00", "timezone": "UTC"}


def _from_calendar(document: Document, loc: Loc, entry: dict[str, Any], folder: Path) -> Iterator[dict[str, Any]]:
    for name in sorted(entry.keys() - _OWN):
        document.blame((*loc, name), "is what the calendar's events say", f"leave it out, or write {name} without one")
    own: dict[str, Any] = {name: entry[name] for name in ("caregiver", "patient") if name in entry}
    try:
        calendar, path = _read(entry["calendar"], folder)
    except CalendarError as error:
        document.blame((*loc, "calendar"), error.problem, error.remedy)
        return
    zone = _zone_of(document.value, entry.get("caregiver"))
    said = str(calendar.get("X-WR-TIMEZONE", ""))
    floating = said if _is_zone(said) else zone
    once: dict[tuple[str, ...], list[Single]] = defaultdict(list)
    empty = True
    for uid, events in _by_uid(calendar).items():
        try:
            shifts, singles = shifts_of(events, Zones(floating, _places(calendar)))
            for single in singles:
                start, end, at = single
                once[at, *map(str, hours(start, end).values())].append(single)
        except CalendarError as error:
            where = f"{path}: event {uid}"
            document.faults.append(Fault(where, path_of((*loc, "calendar")), error.problem, error.remedy))
            shifts, empty = [], False
        for shift in shifts:
            empty = False
            yield {**own, **shift}
    for singles in once.values():
        days = sorted({start.date().isoformat() for start, _, _ in singles})
        yield {**own, **hours(*singles[0][:2]), "timezone": singles[0][2], "rule": "", "rdates": days}
    if empty and not once:
        document.blame((*loc, "calendar"), f"{entry['calendar']!r} has no event", "export the calendar with its events")


def _read(name: Any, folder: Path) -> tuple[Any, Path]:
    if not isinstance(name, str) or not name or _ADDRESS.match(name):
        raise CalendarError("is no file", "save the calendar as an .ics file beside this one and name it")
    path = folder / name
    try:
        if path.stat().st_size > _LARGEST:
            raise CalendarError(f"{name!r} is larger than 10 MB", "export fewer years")
        calendar = Calendar.from_ical(path.read_bytes())
    except OSError as error:
        why = (error.strerror or "cannot be read").lower()
        raise CalendarError(f"{name!r}, {why}", "name an .ics file, from this file's folder") from None
    except (ValueError, IndexError, KeyError):
        raise CalendarError(f"{name!r} is no iCalendar file", "export it again, as iCalendar (.ics)") from None
    if getattr(calendar, "name", "") != "VCALENDAR":
        raise CalendarError(f"{name!r} is no iCalendar file", "export it again, as iCalendar (.ics)")
    return calendar, path


def _by_uid(calendar: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for place, event in enumerate(calendar.walk("VEVENT"), start=1):
        found[str(event.get("UID") or f"number {place} (without a UID)")].append(event)
    return found


def _places(calendar: Any) -> dict[str, str]:
    zones = calendar.walk("VTIMEZONE")
    return {str(zone.get("TZID")): str(zone.get("X-LIC-LOCATION", "")) for zone in zones}


def _zone_of(file: dict[str, Any], caregiver: Any) -> str:
    people = file.get("caregivers")
    for person in people if isinstance(people, list) else ():
        if isinstance(person, dict) and person.get("id") == caregiver and _is_zone(person.get("timezone")):
            return str(person["timezone"])
    return "UTC"


def _is_zone(name: Any) -> bool:
    try:
        return isinstance(name, str) and Zones("UTC", {}).named(name) == name
    except CalendarError:
        return False
