"""Glucose patterns and night desaturation: what two weeks and last night showed, judged once in the morning."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from detectors.glucose_pattern import GlucosePattern
from detectors.night_desaturation import NightDesaturation
from detectors.nights import Nights
from detectors.slow import KEPT, TrackDetector, Tracks
from detectors.zones import Zones
from vitals.plan import CarePlan
from vitals.times import DAY, HOUR, from_datetime

MORNING = from_datetime(datetime(2026, 4, 11, 8, tzinfo=ZoneInfo("UTC")))
Share = Callable[[int, int], float]
"""(days ago, clock hour in which it was measured) to the share of that hour below; NaN: not measured."""


def tracks(
    detector: TrackDetector,
    *shares: Share,
    at: int = MORNING,
    zone: str = "UTC",
    count: int = 12,
    since: int | None = None,
) -> Tracks:
    signal = "glucose" if isinstance(detector, GlucosePattern) else "spo2"
    row = detector.row(CarePlan(), signal)
    assert row is not None
    hour = np.tile(at // HOUR - KEPT + 1 + np.arange(KEPT), (len(shares), 1))
    local = Zones().local(zone, hour)
    today = local[0, -1] // 24
    below = np.array([[share(int(today - (h - 1) // 24), int((h - 1) % 24)) for h in local[0]] for share in shares])
    order = np.argsort(~np.isnan(below), axis=1, kind="stable")  # hours without readings have no column
    hour, local, below = (np.take_along_axis(column, order, axis=1) for column in (hour, local, below))
    counts = np.where(np.isnan(below), 0, count)
    plan = {name: np.full(len(shares), float(v)) for name, v in zip(detector.columns, row, strict=True)}
    known = np.full(len(shares), at if since is None else since)
    return Tracks(at, hour, local, np.where(counts > 0, 100.0, np.nan), counts, np.nan_to_num(below), known, plan)


def marks(detector: Any, *shares: Share, rule: int = 0, **given: Any) -> list[tuple[int, int]]:
    """(floor, ceiling) of each track."""
    found = detector.scan(tracks(detector, *shares, **given))[rule]
    return list(zip(found.floor.tolist(), found.ceiling.tolist(), strict=True))


def steady(share: float) -> Share:
    return lambda _, __: share


def nightly(*low: int, share: float = 0.5, usual: float = 0.0, hours: tuple[int, ...] = (3,)) -> Share:
    """Low in those hours of those nights (0 is the last)."""
    return lambda ago, hour: share if ago in low and hour in hours else usual


HOLD = (0, 3)


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
        "below": 70, "share": 5.4, "most": 4.0, "days": 13, "measured": 100, "since": MORNING,
    }  # fmt: skip
    assert detector.evidence(found, 1, 0, 2, MORNING) == {
        "below": 70, "share": 50.0, "most": 25.0, "nights": 3, "of": 7, "since": MORNING,
    }  # fmt: skip


def night_of(share: float, usual: float = 0.0) -> Share:
    """The last night, from 22 to 6, and all others."""
    return lambda ago, hour: share if (ago == 0 and hour < 6) or (ago == 1 and hour >= 22) else usual


@pytest.mark.parametrize(
    ("share", "usual", "expected"),
    [
        (0.02, 0.02, (0, 0)),
        (0.35, 0.35, (1, 3)),
        (0.25, 0.02, (1, 3)),
        (0.40, 0.02, (2, 3)),
        (0.25, 0.25, HOLD),
        (0.09, 0.02, (0, 0)),
    ],
)
def test_a_night_is_judged_by_itself_and_by_the_patients_own(share: float, usual: float, expected: tuple[int, int]):
    assert marks(NightDesaturation(), night_of(share, usual)) == [expected]


def test_nights_that_differ_much_ask_for_more():
    ragged: Share = lambda ago, hour: 0.28 if night_of(1)(ago, hour) else 0.1 * ((ago - hour // 22) % 3)  # noqa: E731
    assert marks(NightDesaturation(), ragged) == [HOLD]


def test_nights_since_it_was_found_are_not_the_usual():
    ill: Share = lambda ago, hour: 0.25 if ago - hour // 22 <= 7 else 0.02  # noqa: E731
    assert marks(NightDesaturation(), ill) == [HOLD]
    assert marks(NightDesaturation(), ill, since=MORNING - 7 * DAY - HOUR) == [(1, 3)]


def test_a_spot_measurement_is_no_night_and_an_unmeasured_one_ends_nothing():
    assert marks(NightDesaturation(), steady(1.0), count=5) == [HOLD]
    short: Share = lambda ago, hour: float("nan") if ago <= 1 and hour not in {1, 2, 3} else 0.0  # noqa: E731
    assert marks(NightDesaturation(), short) == [HOLD]


def test_without_earlier_nights_only_the_absolute_share_counts():
    assert marks(NightDesaturation(), night_of(0.25, float("nan")), night_of(0.45, float("nan"))) == [HOLD, (1, 3)]


def test_what_was_found_of_a_night_is_said_in_numbers():
    detector = NightDesaturation()
    found = tracks(detector, night_of(0.4, 0.02))
    assert detector.evidence(found, 0, 0, 2, MORNING) == {
        "below": 90, "share": 40.0, "most": 30.0, "usual": 2.0, "nights": 12, "hours": 8, "since": MORNING,
    }  # fmt: skip


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
@pytest.mark.parametrize("day", [(2026, 3, 8), (2026, 11, 1), (2026, 4, 5), (2026, 10, 4)])
def test_the_night_on_which_clocks_change_is_a_night_like_others(zone: str, day: tuple[int, int, int]):
    at = from_datetime(datetime(*day, 8, tzinfo=ZoneInfo(zone)))
    at += -at % HOUR  # half an hour later where the zone is half an hour off: the hours are UTC's
    nights = Nights.of(tracks(NightDesaturation(), steady(0.1), at=at, zone=zone), 22, 6, 13, 1)
    assert set(nights.hours[0, :-1].tolist()) <= {7, 8, 9}
    assert nights.hours[0, -1] in {7, 8, 9}
    assert nights.hours[0].sum() >= 13 * 8 - 1
    assert marks(NightDesaturation(), steady(0.4), at=at, zone=zone) == [(1, 3)]


def test_tracks_do_not_mind_each_other():
    shares = [nightly(0), steady(0.1), night_of(0.4), nightly(0, 1, 2, 3), steady(float("nan"))]
    for detector in (GlucosePattern(), NightDesaturation()):
        together = [marks(detector, *shares, rule=r) for r in range(len(detector.rules))]
        alone = [[marks(detector, share, rule=r)[0] for share in shares] for r in range(len(detector.rules))]
        assert together == alone


def test_no_tracks_and_empty_ones_are_survived():
    for detector in (GlucosePattern(), NightDesaturation()):
        none = replace(tracks(detector, steady(0.0)), plan={n: np.zeros(0) for n in detector.columns})
        fields = {n: getattr(none, n)[:0] for n in ("hour", "local", "mean", "count", "below", "since")}
        assert [len(m.floor) for m in detector.scan(replace(none, **fields))] == [0] * len(detector.rules)
        assert marks(detector, steady(float("nan"))) == [HOLD]
