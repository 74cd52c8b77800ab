"""Rate of change: what has moved quickly and stays; what exercise, single values and slow drifts may not do."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.rate_of_change import RateOfChange
from tests.detectors.kit import LATE, T0, World, agency, by_key, of, row
from vitals.finding import Finding
from vitals.plan import CarePlan
from vitals.times import HOUR, MINUTE, SECOND

RISE, FALL = "rate_of_change.rise", "rate_of_change.fall"


def world(**plans: CarePlan) -> World:
    return World(agency(**(plans or {"p1": CarePlan()})), detectors=(RateOfChange(),))


def minutes(signal: str, *runs: tuple[float, int], every: int = MINUTE) -> list[Finding]:
    """What is found in a stream of runs (value, how many)."""
    values = [value for value, count in runs for _ in range(count)]
    return at_once(signal, values, every=every)


def at_once(signal: str, values: Sequence[float], every: int = MINUTE) -> list[Finding]:
    return world().feed(row(signal, T0 + i * every, value) for i, value in enumerate(values))


def told(found: Sequence[Finding]) -> list[tuple[str, str, int]]:
    """(rule, severity, minutes since the start)."""
    return [(f.key.rule.rsplit(".")[-1], f.severity.word, (f.time - T0) // MINUTE) for f in found]


@pytest.mark.parametrize(
    ("signal", "before", "after", "rule", "severity"),
    [
        ("heart_rate", 68, 102, RISE, "low"),
        ("heart_rate", 68, 118, RISE, "medium"),
        ("heart_rate", 84, 48, FALL, "low"),
        ("spo2", 97, 93, FALL, "low"),
        ("spo2", 97, 90, FALL, "medium"),
        ("respiration_rate", 15, 24, RISE, "low"),
        ("respiration_rate", 15, 28, RISE, "medium"),
        ("temperature", 36.8, 38.4, RISE, "low"),
    ],
)
def test_a_sudden_change_that_stays_is_found(signal: str, before: float, after: float, rule: str, severity: str):
    found = minutes(signal, (before, 60), (after, 60))
    assert of(found, rule) == [severity]
    assert len(found) == 1
    assert found[0].onset == T0 + HOUR


@pytest.mark.parametrize(
    ("signal", "before", "after"),
    [("heart_rate", 60, 92), ("spo2", 99, 95), ("respiration_rate", 11, 20), ("temperature", 35.9, 37.5)],
)
def test_a_change_that_ends_in_comfort_says_nothing(signal: str, before: float, after: float):
    assert minutes(signal, (before, 60), (after, 200)) == []


def test_exercise_of_twenty_minutes_is_no_news_and_a_fast_heart_that_stays_is():
    assert minutes("heart_rate", (70, 60), (125, 20), (74, 120)) == []
    assert minutes("respiration_rate", (15, 60), (29, 20), (15, 120)) == []
    assert minutes("heart_rate", (70, 60), (125, 28), (90, 120)) == []
    assert told(minutes("heart_rate", (70, 60), (125, 60)))[0] == ("rise", "medium", 89)


def test_what_is_seen_says_from_what_to_what():
    found = minutes("spo2", (97, 30), (92, 30))[0]
    assert found.onset == T0 + 30 * MINUTE
    assert found.time == T0 + 37 * MINUTE
    assert found.evidence == {
        "value": 92.0, "before": 97.0, "now": 92.0, "change": -5.0, "limit": 4.0, "since": found.onset,
        "held": 420.0, "readings": 10, "unit": "%",
    }  # fmt: skip


def test_single_values_and_short_dips_are_not_a_change():
    rng = np.random.default_rng(3)
    values = np.where(rng.random(600) < 0.2, 82, 97).tolist()
    assert at_once("spo2", values) == []
    assert minutes("spo2", (97, 60), (85, 6), (97, 60)) == []


def test_a_slow_drift_is_not_a_rate_of_change():
    assert at_once("heart_rate", np.linspace(60, 120, 240).tolist()) == []
    assert at_once("spo2", np.linspace(98, 86, 240).tolist()) == []


def test_it_ends_in_comfort_or_when_the_new_level_has_become_the_usual_one():
    assert told(minutes("spo2", (97, 60), (91, 30), (96, 30))) == [("fall", "medium", 67), ("fall", "clear", 99)]
    kept = told(minutes("spo2", (97, 60), (91, 300)))
    assert kept[0] == ("fall", "medium", 67)
    assert kept[1][:2] == ("fall", "clear")
    assert 110 <= kept[1][2] - 60 <= 130
    assert len(kept) == 2


def test_it_ends_back_at_an_earlier_level_that_was_never_comfortable():
    found = told(minutes("heart_rate", (98, 90), (136, 60), (99, 60)))
    assert [(r, s) for r, s, _ in found] == [("rise", "low"), ("rise", "clear")]
    assert found[1][2] - 150 <= 40


def test_a_short_return_to_comfort_ends_nothing():
    found = minutes("spo2", (97, 60), (90, 20), (95, 4), (90, 20))
    assert of(found, FALL) == ["medium"]


def test_a_cuffs_fall_is_confirmed_by_its_repeat_and_ends_with_a_normal_reading():
    ward = world()
    for at, value in ((0, 152), (3, 148), (180, 104), (185, 102)):
        ward.feed([row("systolic_bp", T0 + at * MINUTE, value)])
    assert told(ward.found) == [("fall", "medium", 185)]
    assert ward.found[0].evidence["before"] == 150
    ward.feed([row("systolic_bp", T0 + 240 * MINUTE, 128)])
    assert told(ward.found)[1:] == [("fall", "clear", 240)]


def test_of_a_cuffs_single_readings_none_is_enough():
    ward = world()
    for at, value in ((0, 152), (180, 104), (185, 103), (420, 150), (423, 150), (600, 99)):
        ward.feed([row("systolic_bp", T0 + at * MINUTE, value)])
    assert ward.found == []


def test_glucose_falling_fast_towards_low_is_found_in_good_time():
    level = [180.0] * 6 + [180 - 16.0 * i for i in range(1, 8)] + [72.0] * 6
    found = world().stream("glucose", level, every=5 * MINUTE)
    assert told(found) == [("fall", "medium", 45), ("fall", "clear", 70)]
    assert found[0].evidence["value"] == 116
    assert found[0].evidence["limit"] == 30


def test_glucose_falling_fast_from_high_or_slowly_says_nothing():
    assert world().stream("glucose", [300 - 16.0 * i for i in range(10)], every=5 * MINUTE) == []
    assert world().stream("glucose", [130 - 5.0 * i for i in range(12)], every=5 * MINUTE) == []


def test_at_a_reading_a_second_it_is_the_same():
    found = minutes("spo2", (97, 1800), (90, 900), every=SECOND)
    assert told(found) == [("fall", "medium", 37)]
    hour = [97.0] * 4200 + [90.0] * 4000
    one, lots = world(), world()
    rows = [row("spo2", T0 + i * SECOND, v) for i, v in enumerate(hour)]
    one.feed(rows)
    for i in range(0, len(rows), 700):
        lots.feed(rows[i : i + 700])
    assert by_key(one.found) == by_key(lots.found)


def test_hourly_values_and_gaps_are_another_detectors():
    assert minutes("heart_rate", (60, 12), (130, 12), every=HOUR) == []
    ward = world()
    ward.stream("spo2", [97] * 30, every=MINUTE)
    assert ward.stream("spo2", [90] * 30, every=MINUTE, start=T0 + 5 * HOUR) == []


def test_stale_readings_open_and_end_nothing():
    assert world().stream("spo2", [97] * 40 + [88] * 40, every=MINUTE, quality=LATE) == []
    ward = world()
    ward.stream("spo2", [97] * 40 + [88] * 15, every=MINUTE)
    assert ward.stream("spo2", [97] * 40, every=MINUTE, start=T0 + 56 * MINUTE, quality=LATE) == []


def test_the_plan_sets_the_change_and_how_long_exercise_may_last():
    plan = CarePlan(parameters={"rate_of_change": {"heart_rate": 20, "exertion": "20m"}})
    ward = world(p1=plan)
    ward.stream("heart_rate", [75] * 60 + [100] * 30, every=MINUTE)
    assert told(ward.found) == [("rise", "low", 74)]


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(st.sampled_from([97.0, 93.0, 90.0, 84.0]), st.integers(1, 40), st.sampled_from([20, 60, 61, 300])),
        min_size=2,
        max_size=8,
    ),
    st.lists(st.integers(1, 200), max_size=4),
)
def test_any_cut_finds_the_same(runs: list[tuple[float, int, int]], cuts: list[int]):
    now, rows = T0, []
    for value, count, seconds in runs:
        for _ in range(count):
            rows.append(row("spo2", now, value))
            now += seconds * SECOND
    whole, single, cut = world(), world(), world()
    whole.feed(rows)
    for each in rows:
        single.feed([each])
    edges = sorted({0, len(rows), *(c for c in cuts if c < len(rows))})
    for a, b in zip(edges, edges[1:], strict=False):
        cut.feed(rows[a:b])
    assert by_key(whole.found) == by_key(single.found) == by_key(cut.found)
