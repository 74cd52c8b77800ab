"""Shifts from iCalendar files: what rota programs write becomes duty at the hours that the clocks show."""

from pathlib import Path

import pytest

from alerts.roster import Roster
from monitor.agency_file import dump_agency, load_agency
from tests.monitor.calendars import WEEKLY, WEEKS, Load, event
from vitals.agency import Agency
from vitals.times import HOUR, iso, parse_time


def on(agency: Agency, *times: str) -> list[bool]:
    roster = Roster(agency)
    return [any(d.caregiver.id == "ana" for d in roster.on_duty("p1", parse_time(time))) for time in times]


def test_a_weekly_night_keeps_its_wall_clock_hours_over_the_year(load: Load):
    agency = load(event(WEEKLY))
    assert on(agency, "2026-01-06T02:59Z", "2026-01-06T03:00Z", "2026-01-06T10:59Z", "2026-01-06T11:00Z") == [
        *(False, True, True, False)
    ]
    assert on(agency, "2026-07-07T01:59Z", "2026-07-07T02:00Z", "2026-07-07T09:59Z", "2026-07-07T10:00Z") == [
        *(False, True, True, False)
    ]


def test_excluded_days_are_left_out_and_added_ones_count(load: Load):
    agency = load(
        event(
            WEEKLY + "EXDATE;TZID=America/New_York:20260106T220000\nEXDATE:20260113T030000Z\n"
            "RDATE;TZID=America/New_York:20260109T220000\nRDATE;VALUE=PERIOD:20260110T180000Z/PT2H\n"
        )
    )
    nights = ("2026-01-06T04:00Z", "2026-01-07T04:00Z", "2026-01-13T04:00Z", "2026-01-14T04:00Z", "2026-01-10T04:00Z")
    assert on(agency, *nights) == [True, False, False, True, True]
    assert on(agency, "2026-01-10T17:59Z", "2026-01-10T18:00Z", "2026-01-10T20:00Z") == [False, True, False]


def test_a_changed_occurrence_replaces_its_own_and_a_cancelled_one_is_gone(load: Load):
    moved = (
        "RECURRENCE-ID;TZID=America/New_York:20260106T220000\n"
        "DTSTART;TZID=America/New_York:20260107T080000\nDTEND;TZID=America/New_York:20260107T120000\n"
    )
    cancelled = "RECURRENCE-ID:20260113T030000Z\nSTATUS:CANCELLED\n" + WEEKS
    agency = load(event(WEEKLY), event(moved), event(cancelled))
    assert on(agency, "2026-01-07T04:00Z", "2026-01-07T14:00Z", "2026-01-13T04:00Z", "2026-01-14T04:00Z") == [
        *(False, True, False, True)
    ]


def test_whole_days_are_days_of_the_caregivers_zone(load: Load):
    agency = load(event("DTSTART;VALUE=DATE:20260201\nDTEND;VALUE=DATE:20260203"))
    assert on(agency, "2026-02-01T04:59Z", "2026-02-01T05:00Z", "2026-02-03T04:59Z", "2026-02-03T05:00Z") == [
        *(False, True, True, False)
    ]


def test_or_of_the_calendars_own(load: Load):
    agency = load(event("DTSTART;VALUE=DATE:20260201"), head="X-WR-TIMEZONE:Europe/London\n")
    assert on(agency, "2026-01-31T23:59Z", "2026-02-01T00:00Z", "2026-02-02T00:00Z") == [False, True, False]


def test_a_week_of_living_in_is_one_long_shift(load: Load):
    agency = load(event("DTSTART:20260105T080000\nDURATION:P7D\nRRULE:FREQ=WEEKLY;INTERVAL=2"))
    assert on(agency, "2026-01-05T12:59Z", "2026-01-05T13:00Z", "2026-01-12T12:59Z", "2026-01-12T13:00Z") == [
        *(False, True, True, False)
    ]
    assert on(agency, "2026-01-25T00:00Z", "2026-02-01T00:00Z") == [True, False]


def test_a_rule_ends_with_the_last_shift_that_begins_by_then(load: Load):
    agency = load(event(WEEKS + "RRULE:FREQ=DAILY;UNTIL=20260108T025959Z"))
    assert on(agency, "2026-01-07T04:00Z", "2026-01-08T04:00Z") == [True, False]
    agency = load(event(WEEKS + "RRULE:FREQ=DAILY;UNTIL=20260108T030000Z"))
    assert on(agency, "2026-01-08T04:00Z", "2026-01-09T04:00Z") == [True, False]


ZONE = """\
BEGIN:VTIMEZONE
TZID:{name}
{place}BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Eastern Standard Time", ""),
        ("Our office", "X-LIC-LOCATION:America/New_York\n"),
        ("/example.org/America/New_York", ""),
    ],
)
def test_zones_are_known_by_many_names(load: Load, name: str, place: str):
    lines = f"DTSTART;TZID={name}:20260105T220000\nDTEND;TZID={name}:20260106T060000\nRRULE:FREQ=DAILY"
    agency = load(event(lines), head=ZONE.format(name=name, place=place))
    assert agency.shifts[0].timezone == "America/New_York"
    assert on(agency, "2026-07-07T02:00Z", "2026-07-07T01:59Z") == [True, False]


def test_single_shifts_with_the_same_hours_become_one(load: Load):
    days = [event(f"DTSTART:202602{d:02d}T080000\nDTEND:202602{d:02d}T160000", uid=f"e{d}") for d in range(1, 28)]
    agency = load(*days)
    assert len(agency.shifts) == 2
    assert len(agency.shifts[0].rdates) == 27
    roster = Roster(agency)
    hours = sum(
        bool(roster.on_duty("p1", t)) for t in range(parse_time("2026-02-01T00Z"), parse_time("2026-03-01T00Z"), HOUR)
    )
    assert hours == 27 * 8, iso(0)


def test_of_two_versions_the_newer_counts_and_cancelled_events_do_not(load: Load):
    newer = event("SEQUENCE:2\nDTSTART:20260201T100000\nDTEND:20260201T110000")
    older = event("SEQUENCE:1\nDTSTART:20260201T080000\nDTEND:20260201T090000")
    gone = event("STATUS:CANCELLED\nDTSTART:20260203T080000\nDTEND:20260203T090000", uid="e2")
    agency = load(newer, older, gone)
    assert [(s.start, s.rdates) for s in agency.shifts if not s.rule] == [("10:00", ("2026-02-01",))]


def test_what_is_imported_holds_shifts_and_no_file(load: Load, tmp_path: Path):
    agency = load(event(WEEKLY))
    (tmp_path / "ana.ics").unlink()
    (tmp_path / "again.yaml").write_text(dump_agency(agency))
    assert load_agency(tmp_path / "again.yaml") == agency
