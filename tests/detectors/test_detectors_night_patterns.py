"""Night desaturation: what last night showed, judged once in the morning; and what all patterns of nights hold to."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from detectors.glucose_pattern import GlucosePattern
from detectors.night_desaturation import NightDesaturation
from detectors.nights import Nights
from tests.detectors.nights_kit import HOLD, MORNING, Share, marks, nightly, steady, tracks
from vitals.times import DAY, HOUR, from_datetime


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
