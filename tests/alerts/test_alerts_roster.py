from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from alerts.localtime import instant, window
from alerts.roster import Roster, on_duty
from alerts.shifts import Hours, Pattern, days_of
from tests.alerts.house import ANA, NIGHT, NOON, NOOR, OPS, TECH, USUAL, agency, patient, person, shift_of
from vitals.agency import Agency
from vitals.people import Assignment, Role
from vitals.times import DAY, HOUR, MINUTE, from_datetime, iso, parse_time, to_datetime

ZONES = ("America/New_York", "Europe/London", "Australia/Lord_Howe")


def changing_nights(zone: str) -> list[date]:
    """The days of 2026 on which the clocks of a zone change."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    at = [datetime(d.year, d.month, d.day, 12, tzinfo=ZoneInfo(zone)).utcoffset() for d in days]
    return [day for day, (before, after) in zip(days[1:], pairwise(at), strict=True) if before != after]


@pytest.mark.parametrize("zone", ZONES)
def test_a_night_shift_keeps_its_wall_clock_hours_in_every_minute_of_both_changing_nights(zone: str):
    ana = person("ana", Role.CNA, zone=zone)
    roster = Roster(agency(ana, shifts=(shift_of("ana", "22:00", "06:00", zone),)))
    nights = changing_nights(zone)
    assert len(nights) == 2
    for night in nights:
        noon = from_datetime(
            datetime(night.year, night.month, night.day, 12, tzinfo=ZoneInfo(zone)) - timedelta(days=1)
        )
        for now in range(noon, noon + DAY + HOUR, MINUTE):
            hour = to_datetime(now).astimezone(ZoneInfo(zone)).hour
            assert bool(roster.on_duty("p1", now)) == (hour >= 22 or hour < 6), iso(now)


@pytest.mark.parametrize("zone", ZONES)
@given(cut=st.integers(0, 24 * 60 - 1))
def test_shifts_that_meet_on_the_wall_clock_meet_in_real_time_on_changing_nights(zone: str, cut: int):
    """Two people share the day at any wall-clock minute, also one that is skipped or repeated: always exactly one."""
    wall = f"{cut // 60:02d}:{cut % 60:02d}"
    for night in changing_nights(zone):
        first = window(night - timedelta(days=1), wall, wall, zone)
        second = window(night, wall, wall, zone)
        assert first[1] == second[0]
        assert first[0] < first[1]


@given(day=st.dates(date(2024, 1, 1), date(2030, 1, 1)), minute=st.integers(0, 1439), zone=st.sampled_from(ZONES))
def test_an_instant_reads_as_its_wall_clock_or_is_the_jump_over_it(day: date, minute: int, zone: str):
    wall = f"{minute // 60:02d}:{minute % 60:02d}"
    local = to_datetime(instant(day, wall, zone)).astimezone(ZoneInfo(zone))
    if f"{local:%H:%M}" != wall:
        before = to_datetime(instant(day, wall, zone) - MINUTE).astimezone(ZoneInfo(zone))
        assert f"{before:%H:%M}" < wall < f"{local:%H:%M}"
        assert local.utcoffset() > before.utcoffset()


RULES = (
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=MO,TH",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=DAILY;COUNT=2400",
    "FREQ=WEEKLY;BYDAY=WE;UNTIL=20261031",
    "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24,25",
)


@given(rule=st.sampled_from(RULES), start=st.dates(date(2019, 12, 1), date(2027, 12, 31)))
def test_counting_from_nearby_finds_the_same_days_as_counting_from_the_first(rule: str, start: date):
    end = start + timedelta(days=20)
    whole = rrulestr(rule, dtstart=datetime.combine(date(2020, 1, 1), time()))
    every = whole.between(datetime.combine(start, time()), datetime.combine(end, time()), inc=True)
    assert days_of(rule, "2020-01-01", start, end) == [moment.date() for moment in every]


@given(st.lists(st.integers(0, 400 * 24 * 60), min_size=1, max_size=30))
def test_hours_asked_in_any_order_answer_alike(minutes: list[int]):
    kept = Hours(Pattern("FREQ=WEEKLY;BYDAY=MO,SU", "2026-01-01", "20:00", "08:00", "Europe/London"))
    for minute in minutes:
        now = NOON + minute * MINUTE
        fresh = Hours(Pattern("FREQ=WEEKLY;BYDAY=MO,SU", "2026-01-01", "20:00", "08:00", "Europe/London"))
        assert kept.at(now) == fresh.at(now)


def test_assistants_come_first_and_office_roles_serve_everyone():
    assert [d.caregiver.id for d in on_duty(USUAL, "p1", NOON)] == ["ana", "noor", "olga", "tom"]
    roster = Roster(USUAL)
    assert roster.recipients("p1", (Role.NURSE, Role.CNA), NOON) == (ANA, NOOR)
    assert roster.recipients("nobody", (Role.CNA, Role.OPERATIONS_MANAGER), NOON) == (OPS,)


def test_a_nurse_who_is_assigned_serves_those_patients_only():
    house = Agency(
        id="a",
        patients=(patient("p1"), patient("p2")),
        caregivers=(NOOR, TECH),
        assignments=(Assignment(patient="p1", caregiver="noor"),),
    )
    roster = Roster(house)
    assert roster.recipients("p1", (Role.NURSE,), NOON) == (NOOR,)
    assert roster.recipients("p2", (Role.NURSE,), NOON) == ()


def test_on_duty_says_until_when():
    roster = Roster(agency(ANA, NOOR, shifts=(shift_of("ana", "08:00", "16:00"),)))
    ana, noor = roster.on_duty("p1", NOON)
    assert (iso(ana.until or 0), noor.until) == ("2026-11-18T16:00:00.000Z", None)
    assert [d.caregiver.id for d in roster.on_duty("p1", NIGHT)] == ["noor"]


def test_a_shift_for_one_patient_covers_that_one_only():
    house = agency(
        ANA,
        patients=(patient("p1"), patient("p2")),
        shifts=(shift_of("ana", "08:00", "16:00", patient="p1"),),
        unassigned=("ana",),
    )
    roster = Roster(house)
    assert [bool(roster.on_duty(p, NOON)) for p in ("p1", "p2")] == [True, False]


def test_assignments_begin_and_end_with_days_of_the_patient():
    zone = "Pacific/Auckland"
    house = Agency(
        id="a",
        patients=(patient("p1", zone=zone),),
        caregivers=(ANA,),
        assignments=(Assignment(patient="p1", caregiver="ana", start="2026-11-18", end="2026-11-18"),),
        shifts=(shift_of("ana", "00:00", "00:00", patient="p1"),),
    )
    roster = Roster(house)
    begin, end = parse_time("2026-11-18T00:00:00+13:00"), parse_time("2026-11-19T00:00:00+13:00")
    on = [bool(roster.on_duty("p1", now)) for now in (begin - 1, begin, end - 1, end)]
    assert on == [False, True, True, False]


def test_nobody_is_listed_twice():
    both = (shift_of("noor", "08:00", "16:00"), shift_of("noor", "10:00", "18:00", patient="p1"))
    roster = Roster(agency(NOOR, shifts=both))
    assert roster.recipients("p1", (Role.NURSE,), NOON) == (NOOR,)
    (noor,) = roster.on_duty("p1", NOON)
    assert noor.caregiver is NOOR
