"""Agencies whose shifts stand in an iCalendar file, for tests."""

from collections.abc import Callable

from vitals.agency import Agency

Load = Callable[..., Agency]
Faults = Callable[..., list[str]]
FILE = """\
id: north
patients: [{id: p1, name: Patient one, timezone: America/New_York}]
caregivers:
  - {id: ana, name: On-duty CNA, role: cna, timezone: America/New_York}
  - {id: ben, name: Other CNA, role: cna, timezone: America/New_York}
assignments: [{patient: p1, caregiver: ana}, {patient: p1, caregiver: ben}]
shifts:
  - {caregiver: ana, calendar: ana.ics}
  - {caregiver: ben, rule: FREQ=DAILY;COUNT=1, start: 00:00, end: 01:00, timezone: UTC}
"""
WEEKS = "DTSTART;TZID=America/New_York:20260105T220000\nDTEND;TZID=America/New_York:20260106T060000\n"
WEEKLY = WEEKS + "RRULE:FREQ=WEEKLY;BYDAY=MO,TU\n"


def event(lines: str, uid: str = "e1") -> str:
    return f"BEGIN:VEVENT\nUID:{uid}\n{lines.strip()}\nEND:VEVENT\n"


def calendar(*events: str, head: str = "") -> str:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t//t//\n{head}{''.join(events)}END:VCALENDAR\n"
