"""Every minute of the nights on which clocks change: shifts keep their wall clock, waits their real length."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from alerts.escalation import next_step
from alerts.explain import who
from alerts.localtime import instant
from alerts.roster import Roster
from alerts.shifts import Hours, Pattern
from alerts.suppress import quiet_until
from tests.alerts.house import NOOR, OPS, agency, patient, person, shift_of
from vitals.alert import Alert, AlertState
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import QuietHours, Role
from vitals.times import MINUTE

ZONES = ("America/New_York", "Europe/London", "Australia/Lord_Howe")
SHIFTS = (
    ("22:00", "06:00"), ("06:00", "22:00"), ("00:00", "00:00"), ("01:30", "01:45"), ("01:45", "02:15"),
    ("02:00", "03:00"), ("02:15", "02:20"), ("02:30", "01:30"), ("00:30", "02:30"), ("23:59", "00:01"),
)  # fmt: skip


def changing_nights(zone: str, year: int = 2026) -> list[date]:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    at = [datetime(d.year, d.month, d.day, 12, tzinfo=ZoneInfo(zone)).utcoffset() for d in days]
    return [day for day, (before, after) in zip(days[1:], pairwise(at), strict=True) if before != after]


NIGHTS = [(zone, night) for zone in ZONES for night in changing_nights(zone)]
EACH_NIGHT = pytest.mark.parametrize(("zone", "night"), NIGHTS, ids=lambda value: str(value).rsplit("/", 1)[-1])


class Night:
    """The minutes of three days around a changing night, and what the clock on the wall reads in each."""

    def __init__(self, zone: str, night: date) -> None:
        self.zone, self.day = zone, night
        first, last = (from_noon(night, days, zone) for days in (-2, 1))
        self.minutes = np.arange(first, last, MINUTE)
        local = [datetime.fromtimestamp(m // 1000, UTC).astimezone(ZoneInfo(zone)) for m in self.minutes.tolist()]
        walls = np.array([moment.replace(tzinfo=None) for moment in local], "datetime64[m]").astype(np.int64)
        self.read = np.maximum.accumulate(walls)
        """The latest time that the clock has shown so far: what it repeats is not reached again."""
        self.inner = slice(*np.searchsorted(self.minutes, [from_noon(night, -1, zone), from_noon(night, 0, zone)]))
        """From noon to noon."""

    def reached(self, day: int, wall: str) -> int:
        """The first minute in which the clock shows that time of that day, or has jumped over it."""
        hour, minute = map(int, wall.split(":"))
        return int(np.searchsorted(self.read, day * 1440 + hour * 60 + minute))

    def on(self, start: str, end: str) -> np.ndarray:
        """In which minutes a daily shift runs."""
        found = np.zeros(len(self.minutes), bool)
        today = (self.day - date(1970, 1, 1)).days
        for day in range(today - 2, today + 2):
            found[self.reached(day, start) : self.reached(day + (end <= start), end)] = True
        return found[self.inner]


def from_noon(night: date, days: int, zone: str) -> int:
    noon = night + timedelta(days=days)
    return int(datetime(noon.year, noon.month, noon.day, 12, tzinfo=ZoneInfo(zone)).timestamp()) * 1000


@pytest.fixture(scope="module")
def nights() -> dict[tuple[str, date], Night]:
    return {(zone, night): Night(zone, night) for zone, night in NIGHTS}


def test_there_are_two_such_nights_a_year_in_each_zone():
    assert len(NIGHTS) == 6


@EACH_NIGHT
def test_every_shift_runs_in_the_minutes_that_the_wall_clock_says(nights: dict, zone: str, night: date):
    around = nights[zone, night]
    for start, end in SHIFTS:
        hours = Hours(Pattern("FREQ=DAILY", "2020-01-01", start, end, zone))
        found = np.array([hours.at(now) is not None for now in around.minutes[around.inner].tolist()])
        assert np.array_equal(found, around.on(start, end)), (start, end)


@EACH_NIGHT
def test_somebody_is_on_duty_in_every_minute_and_hands_over_once(nights: dict, zone: str, night: date):
    around = nights[zone, night]
    early, late = (person(name, Role.CNA, zone=zone) for name in ("ana", "ben"))
    for cut in ("01:30", "02:00", "02:15", "02:30", "03:00"):
        shifts = (shift_of("ana", cut, "14:00", zone), shift_of("ben", "14:00", cut, zone))
        roster = Roster(agency(early, late, shifts=shifts, patients=(patient(zone=zone),)))
        told = [roster.recipients("p1", (Role.CNA,), now) for now in around.minutes[around.inner].tolist()]
        assert {len(people) for people in told} == {1}
        assert sum(before != after for before, after in pairwise(told)) == 2  # at 14:00, and once in the night


@EACH_NIGHT
def test_quiet_hours_hold_in_the_minutes_that_the_wall_clock_says(nights: dict, zone: str, night: date):
    around = nights[zone, night]
    sleeper = person("ana", Role.CNA, quiet=QuietHours(start="22:00", end="02:30"), zone=zone)
    until = [quiet_until(sleeper, Severity.LOW, now) for now in around.minutes[around.inner].tolist()]
    assert np.array_equal(np.array([end is not None for end in until]), around.on("22:00", "02:30"))
    assert {end for end in until if end is not None} <= {
        *(instant(night + timedelta(days=days), "02:30", zone) for days in (-1, 0, 1))
    }


@EACH_NIGHT
def test_a_wait_is_as_long_as_it_says_in_every_minute(nights: dict, zone: str, night: date):
    around = nights[zone, night]
    key = FindingKey("limit.low", "p1", "spo2")
    for now in around.minutes[around.inner].tolist():
        for step, wait in enumerate((3, 2, 5, 10)):
            alert = Alert("A", key, Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN, now, now, now, step=step)
            assert next_step(alert, lambda _: (OPS,), now).next_at == now + wait * MINUTE


@EACH_NIGHT
def test_who_is_told_climbs_in_elapsed_minutes_over_the_change(nights: dict, zone: str, night: date):
    around = nights[zone, night]
    ana = person("ana", Role.CNA, zone=zone)
    roster = Roster(agency(ana, NOOR, OPS, shifts=(shift_of("ana", "22:00", "06:00", zone),)))
    begun = instant(night, "00:30", zone)
    for now in range(begun, begun + 180 * MINUTE, 7 * MINUTE):
        steps = who(roster, "p1", now).steps
        assert [step.at - now for step in steps] == [0, 3 * MINUTE, 5 * MINUTE, 10 * MINUTE]
    assert around.zone == zone
