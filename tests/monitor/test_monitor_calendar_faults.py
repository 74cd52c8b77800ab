"""iCalendar files and overrides that cannot become duty: each refused by name, with its remedy."""

from pathlib import Path

import pytest

from monitor.agency_file import load_agency
from tests.monitor.calendars import FILE, WEEKLY, WEEKS, Faults, calendar, event
from vitals.errors import ConfigError

BAD = [
    ("DTSTART:2026010\nDURATION:PT8H", "DTSTART cannot be read"),
    ("DTSTART:20260105T220000", "has no end (give DTEND or DURATION)"),
    ("DTSTART:20260105T220000\nDTEND:20260105T220000", "ends no later than it begins"),
    ("DTSTART:20260105T220030\nDURATION:PT8H", "22:00:30 is no whole minute (round it)"),
    ("DTSTART:20260105T220000\nDURATION:P60D", "lasts longer than a month"),
    ("DTSTART;TZID=Nowhere:20260105T220000\nDURATION:PT8H", "'Nowhere' is no IANA zone"),
    (WEEKS + "RRULE:FREQ=HOURLY", "recurs within a day"),
    (WEEKS + "RRULE:FREQ=DAILY;BYHOUR=8,16", "recurs within a day"),
    (WEEKS + "RRULE:FREQ=WEEKLY;BYDAY=WE", "is no day of its own rule"),
    (WEEKLY + "EXDATE;TZID=America/New_York:20260106T230000", "EXDATE 2026-01-06 23:00 is not when it begins, 22:00"),
    (WEEKS + "RECURRENCE-ID;RANGE=THISANDFUTURE:20260106T030000Z", "end the rule and begin a new event"),
]


@pytest.mark.parametrize(("lines", "words"), BAD)
def test_what_cannot_become_a_shift_names_file_event_and_remedy(faults: Faults, lines: str, words: str):
    (fault,) = faults(event(lines, uid="night-7"), event(WEEKLY, uid="good"))
    assert fault.startswith("ana.ics: event night-7: shifts[0].calendar: ")
    assert words in fault
    assert fault.endswith(")")


def test_every_bad_event_is_named_at_once(faults: Faults):
    found = faults(*(event(lines, uid=f"e{place}") for place, (lines, _) in enumerate(BAD)))
    assert len(found) == len(BAD)


def test_a_calendar_that_is_none_is_said(faults: Faults, tmp_path: Path):
    assert "has no event" in faults()[0]
    (tmp_path / "agency.yaml").write_text(FILE)
    for content in (b"garbage", b"", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", b"\xff\xfe"):
        (tmp_path / "ana.ics").write_bytes(content)
        with pytest.raises(ConfigError, match=r"is no iCalendar file|has no event"):
            load_agency(tmp_path / "agency.yaml")
    (tmp_path / "ana.ics").unlink()
    with pytest.raises(ConfigError, match=r"agency.yaml:8:\d+: shifts\[0\].calendar: .*no such file"):
        load_agency(tmp_path / "agency.yaml")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{caregiver: ana, calendar: 'https://example.org/ana.ics?token=s3cret'}", "is no file"),
        ("{caregiver: ana, calendar: ana.ics, rule: FREQ=DAILY}", "is what the calendar's events say"),
        ("{caregiver: anna, calendar: ana.ics}", "did you mean 'ana'?"),
    ],
)
def test_the_entry_itself_is_checked(tmp_path: Path, entry: str, words: str):
    (tmp_path / "ana.ics").write_text(calendar(event(WEEKLY)))
    (tmp_path / "agency.yaml").write_text(FILE.partition("shifts:")[0] + f"shifts: [{entry}]\n")
    with pytest.raises(ConfigError) as caught:
        load_agency(tmp_path / "agency.yaml")
    assert words in str(caught.value)
    assert "s3cret" not in str(caught.value)


OVERRIDE = "overrides: [{{action: {0}, caregiver: ben, {1}, reason: ill, entered_by: olga}}]\n"


@pytest.mark.parametrize(
    ("action", "rest", "words"),
    [
        ("replace", "by: ana, day: 2026-12-24", "'ben' has no shift that begins on 2026-12-24"),
        ("replace", "day: 2020-01-01", "name in 'by' who takes the duty"),
        ("replace", "by: anna, day: 2020-01-01", "did you mean 'ana'?"),
        ("add", "day: 2020-01-01", "give start and end"),
        ("remove", "start: 2026-12-24T08:00, end: 2026-12-24T09:00", "has no time zone"),
        ("remove", "start: 2026-12-24T08:00Z, end: 2026-12-24T07:00Z", "must lie after 'start'"),
        ("remove", "by: ana, day: 2020-01-01", "leave 'by' out"),
        ("away", "day: 2020-01-01", "one of replace, swap, add or remove"),
        ("remove", "day: 2020-02-31", "no day of the calendar"),
    ],
)
def test_an_override_that_says_too_little_is_refused(tmp_path: Path, action: str, rest: str, words: str):
    (tmp_path / "ana.ics").write_text(calendar(event(WEEKLY)))
    (tmp_path / "agency.yaml").write_text(FILE + OVERRIDE.format(action, rest))
    with pytest.raises(ConfigError) as caught:
        load_agency(tmp_path / "agency.yaml")
    assert words in str(caught.value)
    assert "overrides[0]" in str(caught.value)
