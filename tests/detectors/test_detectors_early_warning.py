"""NEWS2 against the printed table, in one and in columns; and the detector that watches it."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.early_warning import EarlyWarning, news2_score
from detectors.news2 import COMPONENTS, points_table
from tests.detectors.kit import LATE, T0, World, agency, message, of, row
from vitals.plan import CarePlan
from vitals.times import DAY, HOUR, MINUTE

NORMAL = {"respiration_rate": 16, "spo2": 97, "systolic_bp": 120, "heart_rate": 70, "temperature": 36.8}
ALERT = {**NORMAL, "consciousness": "A"}

# The chart as it is printed (Royal College of Physicians, 2017): component, first and last value of a band, points.
PRINTED = [
    ("respiration_rate", 0, 8, 3), ("respiration_rate", 9, 11, 1), ("respiration_rate", 12, 20, 0),
    ("respiration_rate", 21, 24, 2), ("respiration_rate", 25, 80, 3),
    ("spo2", 40, 91, 3), ("spo2", 92, 93, 2), ("spo2", 94, 95, 1), ("spo2", 96, 100, 0),
    ("systolic_bp", 50, 90, 3), ("systolic_bp", 91, 100, 2), ("systolic_bp", 101, 110, 1),
    ("systolic_bp", 111, 219, 0), ("systolic_bp", 220, 280, 3),
    ("heart_rate", 20, 40, 3), ("heart_rate", 41, 50, 1), ("heart_rate", 51, 90, 0),
    ("heart_rate", 91, 110, 1), ("heart_rate", 111, 130, 2), ("heart_rate", 131, 300, 3),
    ("temperature", 30.0, 35.0, 3), ("temperature", 35.1, 36.0, 1), ("temperature", 36.1, 38.0, 0),
    ("temperature", 38.1, 39.0, 1), ("temperature", 39.1, 44.0, 2),
]  # fmt: skip
SCALE_2 = [
    (False, 40, 83, 3), (False, 84, 85, 2), (False, 86, 87, 1), (False, 88, 100, 0),
    (True, 40, 83, 3), (True, 84, 85, 2), (True, 86, 87, 1), (True, 88, 92, 0),
    (True, 93, 94, 1), (True, 95, 96, 2), (True, 97, 100, 3),
]  # fmt: skip


@pytest.mark.parametrize(("name", "first", "last", "points"), PRINTED)
def test_every_printed_band(name: str, first: float, last: float, points: int):
    step = 10 if name == "temperature" else 1
    for value in range(round(first * step), round(last * step) + 1):
        assert news2_score({name: value / step}).points[name] == points


@pytest.mark.parametrize(("on_oxygen", "first", "last", "points"), SCALE_2)
def test_every_printed_band_of_scale_2(on_oxygen: bool, first: int, last: int, points: int):  # noqa: FBT001
    for value in range(first, last + 1):
        assert news2_score(spo2=value, on_oxygen=on_oxygen, scale=2).points["spo2"] == points


@pytest.mark.parametrize(("letter", "points"), [("A", 0), ("C", 3), ("V", 3), ("P", 3), ("U", 3)])
def test_consciousness(letter: str, points: int):
    assert news2_score(consciousness=letter).points["consciousness"] == points


@given(st.sampled_from(PRINTED), st.floats(0.001, 0.999))
def test_between_two_bands_is_the_next_one_up(band: tuple[str, float, float, int], part: float):
    name, _, last, _ = band
    step = 0.1 if name == "temperature" else 1
    above = news2_score({name: last + step}).points[name]
    assert news2_score({name: last + part * step}).points[name] == above


def test_twenty_and_a_half_breaths_score_as_twenty_one():
    assert news2_score(respiration_rate=20.5).points["respiration_rate"] == 2


def test_fahrenheit_leaves_no_trace_in_the_score():
    assert news2_score(temperature=(96.8 - 32) * 5 / 9).points["temperature"] == 1


def test_a_score_has_total_band_and_missing_parts():
    score = news2_score(ALERT, on_oxygen=True)
    assert (score.total, score.band, score.missing, score.points["oxygen"]) == (2, "low", (), 2)
    assert news2_score({**ALERT, "respiration_rate": 8}).band == "low-medium"
    assert news2_score({**ALERT, "respiration_rate": 8, "spo2": 93}).band == "medium"
    assert news2_score({**ALERT, "respiration_rate": 8, "spo2": 91, "systolic_bp": 105}).band == "high"
    assert news2_score(heart_rate=70, spo2=None).missing == (
        "respiration_rate", "spo2", "systolic_bp", "consciousness", "temperature",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"consciousness": "Z"}, "consciousness 'Z'"),
        ({"consciousness": 1.0}, "consciousness 1.0"),
        ({"scale": 3}, "scale 3"),
        ({"heart_rate": -1}, "heart_rate -1"),
        ({"spo2": float("nan")}, "spo2 nan"),
        ({"spo2": float("inf")}, "spo2 inf"),
        ({"spo2": "97"}, "spo2 '97'"),
        ({"spo2": True}, "spo2 True"),
        ({"pulse": 70}, "'pulse'"),
    ],
)
def test_bad_input_is_named(given_: dict[str, Any], says: str):
    with pytest.raises(ValueError, match=says):
        news2_score(**given_)


VALUES = st.fixed_dictionaries(
    {
        name: st.none() | (st.floats(0, 400, allow_nan=False) | st.integers(0, 3000).map(lambda n: n / 10))
        for name in COMPONENTS
        if name != "consciousness"
    }
    | {"consciousness": st.none() | st.sampled_from("ACVPU")}
)


@given(st.lists(st.tuples(VALUES, st.booleans(), st.sampled_from([1, 2])), min_size=1, max_size=20))
def test_columns_score_as_one_by_one(rows: list[tuple[dict[str, Any], bool, int]]):
    table = np.full((len(rows), len(COMPONENTS)), np.nan)
    for i, (values, _, _) in enumerate(rows):
        for j, name in enumerate(COMPONENTS):
            if values[name] is not None:
                table[i, j] = "ACVPU".index(values[name]) if name == "consciousness" else values[name]
    points = points_table(table, np.array([r[1] for r in rows]), np.array([r[2] for r in rows]))
    for (values, oxygen, scale), got in zip(rows, points.tolist(), strict=True):
        score = news2_score(values, on_oxygen=oxygen, scale=scale)
        assert sum(got) == score.total
        assert got == [score.points.get(name, 0) for name in (*COMPONENTS, "oxygen")]


def watch(plan: CarePlan | None = None) -> World:
    return World(agency(p1=plan or CarePlan()), detectors=(EarlyWarning(),))


def test_one_message_of_a_deteriorating_patient_is_one_finding():
    world = watch()
    world.feed(message(T0, **NORMAL))
    found = world.feed(message(T0 + MINUTE, respiration_rate=26, spo2=93, heart_rate=118, systolic_bp=120))
    assert of(found, "early_warning") == ["high"]
    evidence = found[0].evidence
    assert (evidence["total"], evidence["missing"], evidence["incomplete"]) == (7, ["consciousness"], True)
    assert evidence["components"]["temperature"] == {"value": 36.8, "points": 0, "age": MINUTE}
    assert evidence["points"] == {
        "respiration_rate": 3, "spo2": 2, "systolic_bp": 0, "heart_rate": 2, "temperature": 0, "oxygen": 0,
    }  # fmt: skip
    json.dumps(evidence)


def test_five_and_four_do_not_flap():
    world = watch()
    world.feed(message(T0, **NORMAL))
    world.feed(message(T0 + MINUTE, respiration_rate=22, spo2=93, heart_rate=95))
    for i in range(2, 40):
        assert world.feed(message(T0 + i * MINUTE, heart_rate=89 + (i % 2) * 6)) == []
    assert of(world.feed(message(T0 + HOUR, respiration_rate=16, heart_rate=80)), "early_warning") == ["clear"]


def test_a_single_three_is_low_and_does_not_flap_at_its_edge():
    world = watch()
    world.feed(message(T0, **NORMAL))
    assert of(world.feed(message(T0 + MINUTE, spo2=91)), "early_warning") == ["low"]
    for i in range(2, 20):
        assert world.feed(message(T0 + i * MINUTE, spo2=91 + i % 2)) == []
    assert of(world.feed(message(T0 + HOUR, spo2=95)), "early_warning") == ["clear"]


def test_components_from_several_devices_make_one_score():
    world = watch()
    world.feed([row("spo2", T0, 91, device="oximeter"), row("systolic_bp", T0, 100, device="cuff")])
    assert world.found[0].evidence["total"] == 5


def test_a_component_too_old_is_missing_and_the_score_says_so():
    world = watch(CarePlan(parameters={"early_warning": {"max_age": "12h"}}))
    world.feed(message(T0, temperature=39.5))
    found = world.feed(message(T0 + 13 * HOUR, respiration_rate=26, spo2=90, heart_rate=135))
    assert "temperature" in found[0].evidence["missing"]
    assert found[0].evidence["total"] == 9


def test_silence_of_what_carried_points_is_no_recovery():
    world = watch()
    world.feed(message(T0, **{**NORMAL, "respiration_rate": 26, "spo2": 90}))
    assert of(world.feed(message(T0 + 30 * HOUR, heart_rate=70)), "early_warning") == []
    assert of(world.feed(message(T0 + 31 * HOUR, respiration_rate=16)), "early_warning") == []
    assert of(world.feed(message(T0 + 32 * HOUR, spo2=97)), "early_warning") == ["clear"]


def test_what_was_high_long_before_need_not_be_measured_again():
    world = watch()
    world.feed(message(T0 - 40 * DAY, temperature=38.5))
    world.feed(message(T0, respiration_rate=26, spo2=90))
    assert of(world.feed(message(T0 + HOUR, respiration_rate=16, spo2=97)), "early_warning") == ["clear"]


def test_late_readings_neither_alarm_nor_clear():
    world = watch()
    assert world.feed(message(T0, quality=LATE, respiration_rate=26, spo2=85, heart_rate=140)) == []
    world.feed(message(T0 + HOUR, respiration_rate=26, spo2=85, heart_rate=140))
    assert of(world.found, "early_warning") == ["high"]
    world.feed(message(T0 + 2 * HOUR, quality=LATE, respiration_rate=16, spo2=97, heart_rate=70))
    assert of(world.feed(message(T0 + 3 * HOUR, temperature=36.8)), "early_warning") == []
    assert of(world.feed(message(T0 + 3 * HOUR, respiration_rate=16, spo2=97, heart_rate=70)), "early_warning") == [
        "clear"
    ]


@pytest.mark.parametrize("plan", [CarePlan(on_oxygen=True), CarePlan()])
def test_oxygen_by_plan_or_by_flow(plan: CarePlan):
    world = watch(plan)
    flow = {} if plan.on_oxygen else {"oxygen_flow": 2.0}
    found = world.feed(message(T0, spo2=93, heart_rate=95, **flow))
    assert of(found, "early_warning") == ["medium"]
    assert found[0].evidence["on_oxygen"]


def test_scale_2_where_the_plan_says_so():
    world = watch(CarePlan(news2_scale=2, on_oxygen=True))
    assert world.feed(message(T0, spo2=90)) == []
    found = world.feed(message(T0 + MINUTE, spo2=97))
    assert of(found, "early_warning") == ["medium"]
    assert found[0].evidence["scale"] == 2


@given(
    st.lists(st.tuples(st.sampled_from(COMPONENTS), st.integers(0, 400), st.integers(1, 20)), min_size=1, max_size=40),
    st.booleans(),
    st.sampled_from([1, 2]),
)
def test_the_level_is_never_below_the_score(readings: list[tuple[str, int, int]], oxygen: bool, scale: int):  # noqa: FBT001
    world, now, newest = watch(CarePlan(on_oxygen=oxygen, news2_scale=scale)), T0, {}
    level = 0
    for name, number, minutes in readings:
        now += minutes * MINUTE
        value = number % 5 if name == "consciousness" else number / 3
        newest[name] = "ACVPU"[int(value)] if name == "consciousness" else value
        for finding in world.feed(message(now, **{name: value})):
            level = int(finding.severity)
        score = news2_score(newest, on_oxygen=oxygen, scale=scale)
        must = {"high": 3, "medium": 2, "low-medium": 1, "low": 0}[score.band]
        assert level >= must
        if score.total == 0:
            assert level == 0
