"""Trends: what rises or falls surely and by enough, over hours, days and weeks; and weight over days."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.theil_sen import fit
from detectors.trend import Trend
from tests.detectors.tracks_kit import AT, Series, tracks_of
from vitals.plan import CarePlan
from vitals.times import DAY, HOUR

TREND = Trend()
RISING, FALLING = 0, 1


def row_of(signal: str, trend: Trend = TREND) -> tuple[float, ...]:
    row = trend.row(CarePlan(), signal)
    assert row is not None
    return row


def levels(signal: str, *series: Series, rule: int = RISING, **given: Any) -> list[tuple[int, int]]:
    """(floor, ceiling) of each track."""
    marks = TREND.scan(tracks_of(TREND, row_of(signal), *series, **given))[rule]
    return list(zip(marks.floor.tolist(), marks.ceiling.tolist(), strict=True))


def daily(values: Sequence[float]) -> Series:
    """One value each morning, the newest two hours ago."""
    return [(2 + 24 * i, value) for i, value in enumerate(reversed(values))]


def hourly(values: Sequence[float]) -> Series:
    return list(enumerate(reversed(values)))


def rhythm(hours: int, mean: float = 70, swing: float = 8) -> Any:
    """A circadian rhythm, hour by hour."""
    return mean + swing * np.sin(2 * np.pi * np.arange(hours) / 24)


class TestSlopes:
    def test_a_week_of_falling_saturation_is_told(self) -> None:
        assert levels("spo2", daily([97, 96.4, 95.7, 95.2, 94.6, 94, 93.5]), rule=FALLING) == [(1, 3)]

    def test_twice_the_relevant_change_is_medium(self) -> None:
        assert levels("spo2", daily([97, 96, 95, 94, 93, 92, 90]), rule=FALLING) == [(2, 3)]

    def test_a_change_that_is_sure_but_small_pages_nobody(self) -> None:
        assert levels("spo2", daily([97, 96.9, 96.8, 96.7, 96.6, 96.5, 96.4]), rule=FALLING) == [(0, 0)]

    def test_a_change_that_is_large_but_not_sure_opens_nothing_and_ends_nothing(self) -> None:
        assert levels("systolic_bp", daily([120, 160, 125, 150, 118, 155, 165])) == [(0, 3)]

    def test_a_recovery_is_no_decline(self) -> None:
        ill = daily([60.0] * 18 + [80, 92, 88, 83, 78, 73, 68, 62])
        assert levels("heart_rate", ill, rule=FALLING)[0][0] == 0

    def test_weeks_show_what_a_week_cannot(self) -> None:
        noise = np.random.default_rng(1).normal(0, 4, 28)
        assert levels("systolic_bp", daily((120 + np.arange(28) + noise).tolist()))[0][0] >= 1

    def test_hours_are_judged_against_the_same_hours_of_other_days(self) -> None:
        usual = rhythm(7 * 24, 37, 0.4) + np.random.default_rng(2).normal(0, 0.05, 7 * 24)
        fever = usual + np.append(np.zeros(6 * 24), np.linspace(0, 1.6, 24))
        assert levels("temperature", hourly(usual.tolist()), hourly(fever.tolist())) == [(0, 0), (1, 3)]

    def test_the_days_rhythm_is_no_trend_whenever_it_is_judged(self) -> None:
        for hour in range(0, 24, 3):
            values = rhythm(8 * 24 + hour, 70, 15) + np.random.default_rng(hour).normal(0, 1, 8 * 24 + hour)
            assert levels("heart_rate", hourly(values.tolist()))[0][0] == 0

    def test_resting_heart_rate_ignores_the_days_exertion(self) -> None:
        rng = np.random.default_rng(3)
        active = rhythm(14 * 24) + np.where(rng.random(14 * 24) < 0.3, rng.uniform(20, 60, 14 * 24), 0)
        assert levels("heart_rate", hourly(active.tolist()))[0][0] == 0

    def test_silence_says_nothing(self) -> None:
        old = [(age + 72, value) for age, value in daily([97, 96, 95, 94, 93, 92, 90])]
        assert levels("spo2", old, [], [(0, 97.0)], daily([np.nan] * 9), rule=FALLING) == [(0, 3)] * 4

    def test_saturation_that_rises_is_nobodys_worry(self) -> None:
        assert levels("spo2", daily([90, 91, 92, 94, 95, 96, 98])) == [(0, 3)]

    def test_a_gap_of_ten_years_joins_nothing(self) -> None:
        values = [(age + 87_600, 60.0) for age in range(0, 240, 24)]
        assert levels("heart_rate", [*values, (0, 100.0)]) == [(0, 3)]

    @pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
    def test_the_nights_on_which_clocks_change_make_no_trend(self, zone: str) -> None:
        spring = 1_774_746_000_000 // DAY * DAY + DAY
        assert levels("heart_rate", hourly(rhythm(14 * 24).tolist()), zone=zone, at=spring)[0][0] == 0

    def test_evidence_explains(self) -> None:
        tracks = tracks_of(TREND, row_of("spo2"), daily([97, 96, 95, 94, 93, 92, 90]))
        found = TREND.evidence(tracks, FALLING, 0, 2, AT - 7 * DAY)
        assert found["slope"] == -1.0
        assert (found["first"], found["last"], found["span"], found["window"]) == (97.0, 90.0, "days", 7 * DAY)
        assert found["p"] < 0.01


class TestWeight:
    STEADY = (70.1, 69.8, 70.0, 70.2, 69.9, 70.1, 70.0, 69.9, 70.1, 70.0)

    def test_two_kilos_in_three_days_are_medium(self) -> None:
        assert levels("weight", daily([*self.STEADY, 70.8, 71.6, 72.4])) == [(2, 3)]

    def test_three_kilos_in_a_week_are_high(self) -> None:
        assert levels("weight", daily([*self.STEADY, 70.6, 71.1, 71.7, 72.3, 72.8, 73.4])) == [(3, 3)]

    def test_loss_is_medium(self) -> None:
        assert levels("weight", daily([*self.STEADY, 69.0, 68.2, 67.4]), rule=FALLING) == [(2, 3)]

    def test_one_odd_weighing_asks_for_a_repeat(self) -> None:
        assert levels("weight", daily([*self.STEADY, 74.0])) == [(1, 3)]
        tracks = tracks_of(TREND, row_of("weight"), daily([*self.STEADY, 74.0]))
        assert TREND.evidence(tracks, RISING, 0, 1, AT)["ask"] == "repeat"

    def test_a_second_weighing_confirms_or_ends_it(self) -> None:
        odd = [(age + 3, value) for age, value in daily([*self.STEADY, 74.0])]
        since = AT - 45 * HOUR
        assert levels("weight", [*odd, (0, 73.8)])[0][0] == 3
        assert levels("weight", [*odd, (0, 70.1)], since=since) == [(0, 0)]

    def test_an_odd_reference_does_not_make_a_gain(self) -> None:
        assert levels("weight", daily([*self.STEADY, 66.0, 70.0, 70.1, 70.2]))[0][0] == 0

    def test_back_to_the_usual_weight_is_no_gain(self) -> None:
        assert levels("weight", daily([*self.STEADY, *self.STEADY, 67.0, 67.1, 67.0, 70.0, 70.1]))[0][0] == 0

    def test_it_holds_on_a_plateau_and_ends_when_the_weight_is_back(self) -> None:
        since = AT - 6 * DAY
        plateau = daily([*self.STEADY, 71, 72.1, 73.2, 73.2, 73.3, 73.1])
        assert levels("weight", plateau, since=since)[0][1] == 3
        back = daily([*self.STEADY, 71, 72.1, 73.2, 72.0, 70.5, 70.4])
        assert levels("weight", back, since=since) == [(0, 0)]

    def test_thresholds_are_the_plans(self) -> None:
        strict = Trend(weight=1.0)
        tracks = tracks_of(strict, row_of("weight", strict), daily([*self.STEADY, 70.6, 71.2]))
        assert strict.scan(tracks)[RISING].floor.tolist() == [2]

    def test_weighed_once_a_week(self) -> None:
        assert levels("weight", [(2, 74.0), (170, 70.0), (338, 70.0)]) == [(1, 3)]


class TestStatistics:
    @given(st.lists(st.floats(-100, 100), min_size=6, max_size=20), st.floats(0.1, 10), st.floats(-100, 100))
    def test_slope_moves_with_shift_and_scale(self, values: list[float], scale: float, shift: float) -> None:
        y = np.round(np.array([values]), 3)
        plain, moved = fit(y), fit(y * scale + shift)
        assert moved.slope == pytest.approx(plain.slope * scale, abs=1e-6)

    @given(st.lists(st.floats(0.01, 5), min_size=6, max_size=20))
    def test_what_only_rises_is_sure(self, steps: list[float]) -> None:
        found = fit(np.cumsum(steps)[None])
        assert found.slope[0] > 0
        assert found.p[0] < 0.01

    @given(st.integers(0, 1000))
    def test_order_of_tracks_does_not_matter(self, seed: int) -> None:
        y = np.random.default_rng(seed).normal(size=(5, 12))
        assert np.array_equal(fit(y[::-1]).p, fit(y).p[::-1])

    def test_a_third_of_odd_values_does_not_move_the_slope(self) -> None:
        y = np.arange(28.0)
        y[[3, 9, 14, 20, 25]] = 500
        assert fit(y[None]).slope[0] == pytest.approx(1, abs=0.2)

    def test_noise_is_called_a_trend_no_more_often_than_alpha_says(self) -> None:
        y = np.random.default_rng(7).normal(size=(2000, 28))
        assert np.mean(fit(y).p < 0.01) < 0.015

    def test_wandering_noise_passes_less_often_than_an_uncorrected_test_lets_it(self) -> None:
        rng, y = np.random.default_rng(8), np.zeros((1000, 28))
        for i in range(1, 28):
            y[:, i] = 0.6 * y[:, i - 1] + rng.normal(size=1000)
        assert np.mean(fit(y).p < 0.01) < 0.16

    def test_nothing_of_nothing(self) -> None:
        found = fit(np.full((2, 7), np.nan))
        assert np.isnan(found.slope).all()
        assert found.p.tolist() == [1.0, 1.0]


def test_every_parameter_is_the_care_plans() -> None:
    assert Trend(heart_rate=8).row(CarePlan(), "heart_rate") != row_of("heart_rate")
    assert TREND.row(CarePlan(), "consciousness") is None
