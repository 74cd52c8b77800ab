"""Baseline shift: what has left the patient's own normal; and how seldom chance may look like it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import cusum
from detectors.baseline import baseline
from detectors.baseline_shift import BaselineShift
from tests.detectors.tracks_kit import AT, Series, tracks_of
from vitals.plan import CarePlan
from vitals.times import DAY

SHIFT = BaselineShift()
HIGH, LOW = 0, 1


def row_of(signal: str, detector: BaselineShift = SHIFT) -> tuple[float, ...]:
    row = detector.row(CarePlan(), signal)
    assert row is not None
    return row


def levels(signal: str, *series: Series, rule: int = HIGH, **given: Any) -> list[tuple[int, int]]:
    """(floor, ceiling) of each track."""
    marks = SHIFT.scan(tracks_of(SHIFT, row_of(signal), *series, **given))[rule]
    return list(zip(marks.floor.tolist(), marks.ceiling.tolist(), strict=True))


def hourly(days: float, mean: float, *, seed: int = 0, swing: float = 6, spread: float = 3, **at_end: float) -> Series:
    """A circadian rhythm with noise; ``last`` days of it lie ``shift`` higher."""
    hours, rng = int(days * 24), np.random.default_rng(seed)
    values = mean + swing * np.sin(2 * np.pi * np.arange(hours) / 24) + rng.normal(0, spread, hours)
    values[hours - int(at_end.get("last", 0) * 24) :] += at_end.get("shift", 0)
    return list(enumerate(values[::-1].tolist()))


def daily(values: list[float]) -> Series:
    return [(2 + 24 * i, value) for i, value in enumerate(reversed(values))]


class TestBehaviour:
    def test_a_lasting_shift_is_low(self) -> None:
        assert levels("heart_rate", hourly(14, 68, last=2, shift=14)) == [(1, 3)]

    def test_a_large_one_and_one_over_a_warning_limit_are_medium(self) -> None:
        assert levels("heart_rate", hourly(14, 68, last=2, shift=22)) == [(2, 3)]
        assert levels("spo2", hourly(14, 94.5, swing=0.2, spread=0.4, last=2, shift=-3.4), rule=LOW) == [(2, 3)]

    def test_one_over_an_alert_limit_is_high(self) -> None:
        assert levels("heart_rate", hourly(14, 78, last=2, shift=60)) == [(3, 3)]

    def test_no_shift_is_clear(self) -> None:
        assert levels("heart_rate", hourly(14, 68)) == [(0, 0)]

    def test_a_sure_trifle_pages_nobody(self) -> None:
        assert levels("heart_rate", hourly(14, 68, swing=0, spread=0.3, last=4, shift=7))[0][0] == 0

    def test_one_very_odd_sample_asks_for_a_repeat(self) -> None:
        odd = daily([130.0] * 30 + [210.0])
        tracks = tracks_of(SHIFT, row_of("systolic_bp"), odd)
        assert SHIFT.scan(tracks)[HIGH].floor.tolist() == [1]
        assert SHIFT.evidence(tracks, HIGH, 0, 1, AT)["ask"] == "repeat"
        assert levels("systolic_bp", daily([130.0] * 30 + [210.0, 131.0])) == [(0, 0)]

    def test_one_sample_that_is_off_a_little_pages_nobody(self) -> None:
        assert levels("systolic_bp", daily([130.0] * 30 + [158.0]))[0][0] == 0

    def test_a_shift_that_is_over_ends(self) -> None:
        over = hourly(14, 68, last=4, shift=20)
        back = [(age, value - (20 if age < 40 else 0)) for age, value in over]
        assert levels("heart_rate", back) == [(0, 0)]

    def test_illness_does_not_become_the_new_normal_while_it_is_told(self) -> None:
        ill = daily([70.0] * 8 + [84.0] * 24)
        assert levels("heart_rate", ill)[0][0] == 0
        assert levels("heart_rate", ill, since=AT - 25 * DAY) == [(1, 3)]

    def test_after_four_weeks_it_does(self) -> None:
        assert levels("heart_rate", daily([70.0] * 8 + [84.0] * 40), since=AT - 41 * DAY) == [(0, 0)]

    def test_a_known_normal_of_ones_own_is_not_the_peoples(self) -> None:
        assert levels("heart_rate", hourly(14, 54, swing=3), hourly(14, 88, swing=3)) == [(0, 0)] * 2

    def test_fast_from_the_first_day_is_no_normal(self) -> None:
        assert levels("heart_rate", daily([104.0, 107, 103, 106])) == [(1, 3)]
        assert levels("heart_rate", daily([104.0, 107, 103, 106] * 6))[0][0] >= 1

    def test_evenings_are_compared_with_evenings(self) -> None:
        found = baseline(tracks_of(SHIFT, row_of("heart_rate"), hourly(14, 70, swing=15, spread=1)))
        assert np.nanstd(found.rest) < 7
        assert found.level[0] == pytest.approx(70, abs=4)

    def test_silence_says_nothing(self) -> None:
        old = [(age + 72, value) for age, value in hourly(10, 68, last=3, shift=20)]
        assert levels("heart_rate", old, [], [(0, float("nan"))]) == [(0, 3)] * 3

    def test_a_single_sample_opens_nothing(self) -> None:
        assert levels("heart_rate", [(0, 150.0)])[0][0] == 0

    def test_a_gap_of_ten_years_is_survived(self) -> None:
        old = [(age + 87_600, value) for age, value in hourly(10, 68)]
        assert levels("heart_rate", [*old, (0, 120.0)])[0][0] == 0

    @pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
    def test_the_nights_on_which_clocks_change_make_no_shift(self, zone: str) -> None:
        for night in (1_774_746_000_000, 1_792_890_000_000):
            at = night // DAY * DAY + 2 * DAY
            assert levels("heart_rate", hourly(14, 70, swing=10), zone=zone, at=at)[0][0] == 0

    def test_evidence_explains(self) -> None:
        tracks = tracks_of(SHIFT, row_of("heart_rate"), hourly(14, 68, last=2, shift=16))
        onset = int(SHIFT.scan(tracks)[HIGH].onset[0])
        found = SHIFT.evidence(tracks, HIGH, 0, 1, onset)
        assert found["baseline"] == pytest.approx(68, abs=3)
        assert found["shift"] == pytest.approx(16, abs=4)
        assert found["cusum"] > found["threshold"]
        assert found["learned"] >= 6 * DAY
        assert AT - 3 * DAY <= onset <= AT - DAY

    def test_every_parameter_is_the_care_plans(self) -> None:
        assert BaselineShift(spo2=0).row(CarePlan(), "spo2") is None
        assert SHIFT.row(CarePlan(), "weight") is None
        assert row_of("heart_rate", BaselineShift(arl=180 * DAY))[6] == 180


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), mean=st.floats(60, 82), shift=st.floats(14, 18))
def test_other_tracks_and_signs_change_nothing(seed: int, mean: float, shift: float) -> None:
    one = hourly(14, mean, seed=seed, last=2, shift=shift)
    mirrored = [(age, 141 - value) for age, value in one]
    both = levels("heart_rate", one, mirrored)
    assert both[0] == levels("heart_rate", one)[0] == levels("heart_rate", mirrored, one)[1]
    assert (both[0][0] >= 1) == (mean + shift > 0)


def wandering(auto: float, shape: tuple[int, int]) -> Any:
    """Autocorrelated noise, AR(1), of variance one."""
    noise = np.random.default_rng(5).normal(size=shape)
    for i in range(1, shape[1]):
        noise[:, i] = auto * noise[:, i - 1] + np.sqrt(1 - auto**2) * noise[:, i]
    return noise


class TestAverageRunLength:
    """In control: independent normal samples, or AR(1) ones with the correlation that is assumed."""

    @staticmethod
    def run_lengths(h: float, rows: int, steps: int) -> float:
        rng = np.random.default_rng(11)
        total, alarms = np.zeros(rows), 0
        for _ in range(steps):
            total = np.maximum(0, total + rng.normal(size=rows) - cusum.REFERENCE)
            alarms += int(np.count_nonzero(total > h))
            total[total > h] = 0
        return rows * steps / alarms

    def test_the_formula_agrees_with_a_simulation(self) -> None:
        assert self.run_lengths(4.0, 4000, 1000) == pytest.approx(float(cusum.arl(4.0)), rel=0.06)

    @pytest.mark.parametrize("a_day", [1, 4])
    def test_the_design_keeps_its_word_with_wandering_noise(self, a_day: int) -> None:
        """The detector as it is, judged at every sample, its floor of relevance taken away."""
        detector, m, days, kept = BaselineShift(heart_rate=0.001), 150, 34, 14
        noise, step = wandering(0.5 ** (4 / a_day), (m, days * a_day)), 24 // a_day
        signals, held = 0, np.zeros((2, m), bool)
        for now in range(kept * a_day, days * a_day + 1):
            values = 70 + 6 * noise[:, now - kept * a_day : now]
            ages = range(step * (values.shape[1] - 1), -1, -step)
            series = [list(zip(ages, one.tolist(), strict=True)) for one in values]
            for side, marks in enumerate(detector.scan(tracks_of(detector, row_of("heart_rate", detector), *series))):
                after = np.where(marks.floor > 0, True, held[side] & (marks.ceiling > 0))
                signals += int(np.count_nonzero(after & ~held[side]))
                held[side] = after
        assert m * (days - kept) / max(signals, 1) > 180

    @given(st.floats(20, 1e6))
    def test_threshold_is_the_inverse(self, samples: float) -> None:
        assert float(cusum.arl(cusum.threshold(samples))) == pytest.approx(samples, rel=1e-3)

    @given(st.lists(st.floats(-3, 3), min_size=1, max_size=40))
    def test_run_is_the_recursion(self, z: list[float]) -> None:
        total = 0.0
        for value in z:
            total = max(0.0, total + value - cusum.REFERENCE)
        assert cusum.run(np.array([z]))[0][0] == pytest.approx(total, abs=1e-9)
