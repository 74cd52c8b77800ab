import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.effect import shift
from simulators.patient import ZONES, Cohort
from simulators.physiology import SIMULATED
from simulators.process import ou_start, ou_step
from vitals.signals import BY_NAME
from vitals.times import DAY, HOUR, MINUTE, parse_time

START = parse_time("2026-11-22T12:00:00Z")
ONE = np.ones(1)


def watched(cohort: Cohort, span: int, step: int = 10 * MINUTE) -> dict[str, np.ndarray]:
    """(times, patients) of every signal."""
    moments = [cohort.advance(START + at) for at in range(0, span, step)]
    return {signal: np.array([moment[signal] for moment in moments]) for signal in SIMULATED}


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    steps=st.lists(st.integers(0, 3 * DAY), min_size=1, max_size=8),
    shock=st.floats(-200, 200),
)
def test_vital_signs_stay_plausible_whatever_the_steps_and_shocks(seed: int, steps: list[int], shock: float):
    cohort, now = Cohort(20, seed, START), START
    for step in steps:
        now += step
        effects = [(i, {s: shift(ONE, shock) for s in SIMULATED}) for i in range(5)]
        vital = cohort.advance(now, effects=effects)
        for signal, values in vital.items():
            assert np.isfinite(values).all()
            assert (values >= BY_NAME[signal].low).all()
            assert (values <= BY_NAME[signal].high).all()
        assert (vital["systolic_bp"][5:] > vital["diastolic_bp"][5:]).all()


def test_signals_are_in_the_order_of_the_catalogue():
    assert [BY_NAME[signal].code for signal in SIMULATED] == list(range(len(SIMULATED)))


def test_same_seed_same_patients_and_same_days():
    first, second = watched(Cohort(30, 4, START), 6 * HOUR), watched(Cohort(30, 4, START), 6 * HOUR)
    assert all((first[signal] == second[signal]).all() for signal in SIMULATED)
    other = watched(Cohort(30, 5, START), 6 * HOUR)
    assert (first["heart_rate"] != other["heart_rate"]).all()


@pytest.mark.parametrize("parts", [1, 7])
def test_a_step_has_the_same_law_whole_or_in_parts(parts: int):
    rng = np.random.default_rng(11)
    begin = ou_start(2.0, (1, 40_000), rng)
    state = begin
    for _ in range(parts):
        state = ou_step(state, 60.0 / parts, 100.0, 2.0, rng)
    assert state.std() == pytest.approx(2.0, rel=0.03)
    assert np.corrcoef(begin[0], state[0])[0, 1] == pytest.approx(np.exp(-0.6), abs=0.02)


def difference(signal: str, by: float) -> dict[str, float]:
    """What changes in everything when one signal is moved: same seed, with and without."""
    plain, moved = Cohort(50, 9, START), Cohort(50, 9, START)
    without = plain.advance(START + HOUR)
    shifted = moved.advance(START + HOUR, effects=[(i, {signal: shift(ONE, by)}) for i in range(50)])
    return {s: float((shifted[s] - without[s]).mean()) for s in SIMULATED}


def test_fever_quickens_heart_by_liebermeister_and_breath():
    changed = difference("temperature", 1.0)
    assert 8 <= changed["heart_rate"] <= 10
    assert changed["respiration_rate"] > 1


def test_lack_of_oxygen_quickens_heart_and_breath():
    changed = difference("spo2", -8)
    assert changed["heart_rate"] > 3
    assert changed["respiration_rate"] > 2
    assert difference("spo2", -1)["respiration_rate"] < 0.1


def test_activity_raises_heart_breath_and_pressure_together():
    vital = watched(Cohort(400, 2, START), 4 * HOUR)
    deviation = {s: (vital[s] - vital[s].mean(axis=0)).ravel() for s in SIMULATED}
    for signal in ("respiration_rate", "systolic_bp"):
        assert np.corrcoef(deviation["heart_rate"], deviation[signal])[0, 1] > 0.2
    assert np.corrcoef(deviation["systolic_bp"], deviation["diastolic_bp"])[0, 1] > 0.5


@pytest.mark.parametrize("zone", ZONES)
def test_night_sinks_pressure_heart_and_temperature_in_the_patients_own_zone(zone: str):
    cohort = Cohort(300, 3, START, zones=(zone,))
    vital, at = {}, START
    for _ in range(24):
        vital[int(cohort.local.hours(at, np.zeros(1, np.int64))[0])] = cohort.advance(at)
        at += HOUR
    for signal, least in (("systolic_bp", 0.05), ("heart_rate", 0.05), ("temperature", 0.004)):
        night, day = vital[4][signal].mean(), vital[16][signal].mean()
        assert night < day * (1 - least), signal


def test_meals_raise_glucose_more_in_diabetes():
    cohort = Cohort(400, 6, parse_time("2026-11-22T00:00:00Z"), zones=("Europe/London",))
    before = cohort.advance(parse_time("2026-11-22T06:30:00Z"))["glucose"]
    after = cohort.advance(parse_time("2026-11-22T09:00:00Z"))["glucose"]
    ill = cohort.traits.diabetes
    rise = after - before
    assert rise[~ill].mean() > 10
    assert rise[ill].mean() > rise[~ill].mean()
    assert before[ill].mean() > before[~ill].mean()


def test_illness_shows_in_resting_values():
    traits = Cohort(3_000, 1, START).traits
    assert traits.spo2[traits.copd].mean() < traits.spo2[~traits.copd].mean() - 3
    assert traits.systolic_bp[traits.hypertension].mean() > traits.systolic_bp[~traits.hypertension].mean()
    assert traits.reserve[traits.age > 85].mean() < traits.reserve[traits.age < 70].mean()


def test_weight_moves_from_day_to_day_by_less_than_a_kilogram_or_so():
    weight = watched(Cohort(200, 8, START), 10 * DAY, step=DAY)["weight"]
    steps = np.abs(np.diff(weight, axis=0))
    assert 0.05 < steps.mean() < 0.6
    assert steps.max() < 2


def test_some_patients_advance_while_others_wait():
    cohort = Cohort(10, 1, START)
    before = cohort.latest.copy()
    cohort.advance(START + HOUR, np.array([2, 5]))
    moved = (cohort.latest != before).any(axis=0)
    assert np.flatnonzero(moved).tolist() == [2, 5]


def test_no_patients_are_refused():
    with pytest.raises(ValueError, match="patients 0 must be at least 1"):
        Cohort(0, 1, START)
