"""Glucose patterns: what two weeks and their nights showed, judged once in the morning."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from detectors.glucose_pattern import GlucosePattern
from detectors.night_desaturation import NightDesaturation
from tests.detectors.nights_kit import HOLD, MORNING, Share, marks, nightly, steady, tracks
from vitals.times import DAY, HOUR, from_datetime


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, (0, 0)), (0.029, (0, 0)), (0.035, HOLD), (0.05, (1, 3)), (0.09, (2, 3))]
)
def test_time_below_range_is_judged_against_the_consensus(share: float, expected: tuple[int, int]):
    assert marks(GlucosePattern(), steady(share)) == [expected]


def test_older_people_have_a_target_of_their_own():
    assert marks(GlucosePattern(most=1), steady(0.012)) == [(1, 3)]
    assert marks(GlucosePattern(), steady(0.012)) == [(0, 0)]


def test_too_little_measured_says_nothing_of_two_weeks():
    lately: Share = lambda ago, _: 0.2 if ago < 9 else float("nan")  # noqa: E731
    assert marks(GlucosePattern(), lately) == [HOLD]
    assert marks(GlucosePattern(), steady(0.2), count=2) == [HOLD]


def test_it_is_judged_by_the_patients_night_and_the_same_until_the_next_is_over():
    """So it does not matter which hour of the day has fresh readings, and is judged."""
    low: Share = lambda ago, hour: 0.5 if ago <= 0 and hour in {1, 2} else 0.1  # noqa: E731
    for detector in (GlucosePattern(), NightDesaturation(most=20)):
        for rule in range(len(detector.rules)):
            found = [
                marks(detector, shifted(low, late), rule=rule, at=MORNING + (late - 2) * HOUR) for late in range(24)
            ]
            assert found == [found[0]] * 24
            assert found[0][0][0] > 0
    assert marks(GlucosePattern(), low, rule=1, at=MORNING - 3 * HOUR) == [(0, 0)]  # it is not over
    assert marks(GlucosePattern(), low, rule=1, at=MORNING - 4 * HOUR, zone="Asia/Tokyo") == [(1, 3)]


def shifted(share: Share, hours: int) -> Share:
    """As ``hours`` later than 06:00 look at it: from midnight on, its day is yesterday."""
    return lambda ago, hour: share(ago - (hours >= 18), hour)


@pytest.mark.parametrize("zone", ["UTC", "Europe/London", "America/New_York"])
@pytest.mark.parametrize("day", [(2026, 4, 11), (2026, 3, 29), (2026, 10, 25), (2026, 11, 1), (2026, 11, 8)])
def test_it_is_about_fourteen_whole_days_all_day_long(zone: str, day: tuple[int, int, int]):
    """Low in the first ten hours alone: 3 % of fourteen days, and nothing of thirteen."""
    morning = from_datetime(datetime(*day, 6, tzinfo=ZoneInfo(zone)))
    over = int(tracks(GlucosePattern(), steady(0), at=morning, zone=zone).local[0, -1])
    next_day = from_datetime(datetime.fromtimestamp(morning / 1000 + DAY // 1000, ZoneInfo(zone)).replace(hour=6))
    shares = set()
    for at in range(morning, next_day, HOUR):
        found = tracks(GlucosePattern(most=1), steady(0), at=at, zone=zone)
        first = (found.local > over - 14 * 24) & (found.local <= over - 14 * 24 + 10)
        found = replace(found, below=first * 1.0)
        said = GlucosePattern(most=1).evidence(found, 0, 0, 2, morning)
        assert (said["days"], GlucosePattern(most=1).scan(found)[0].floor.tolist()) == (14, [2])
        shares.add((said["share"], said["measured"]))
    assert len(shares) == 1


def test_a_low_hour_last_night_is_low_and_three_nights_of_seven_are_medium():
    found = marks(GlucosePattern(), nightly(0), nightly(0, 3), nightly(0, 3, 6), nightly(0, 7, 8, 9), rule=1)
    assert found == [(1, 3), (1, 3), (2, 3), (1, 3)]


def test_a_low_night_ends_after_three_nights_without():
    nights = [nightly(*range(ago, 7)) for ago in (1, 2, 3)]
    assert marks(GlucosePattern(), *nights, rule=1) == [HOLD, HOLD, (0, 0)]
    unmeasured: Share = lambda ago, hour: float("nan") if ago == 1 and hour < 6 else 0.0  # noqa: E731
    assert marks(GlucosePattern(), unmeasured, rule=1) == [HOLD]


def test_lows_of_the_day_and_short_ones_are_no_low_nights():
    day = nightly(0, 1, 2, 3, hours=(6, 7, 12, 22, 23))
    assert marks(GlucosePattern(), day, nightly(0, share=0.2), rule=1) == [(0, 0), (0, 0)]


def test_what_was_found_of_glucose_is_said_in_numbers():
    detector = GlucosePattern()
    found = tracks(detector, nightly(0, 1, 4, usual=0.05))
    assert detector.evidence(found, 0, 0, 1, MORNING) == {
        "below": 70, "share": 5.4, "most": 4.0, "days": 14, "measured": 100, "since": MORNING,
    }  # fmt: skip
    assert detector.evidence(found, 1, 0, 2, MORNING) == {
        "below": 70, "share": 50.0, "most": 25.0, "nights": 3, "of": 7, "since": MORNING,
    }  # fmt: skip
