"""Limits: delay, repeat, hysteresis, gaps, and what stale readings may not do."""

import numpy as np
import pytest

from detectors.limit import Limit
from tests.detectors.kit import ARTEFACT, LATE, T0, World, agency, of, row, told
from vitals.plan import CarePlan, Limits
from vitals.times import DAY, HOUR, MINUTE, SECOND


def test_a_single_low_value_says_nothing_and_one_that_holds_does():
    world = World()
    assert of(world.stream("spo2", [97, 84, 97, 97]), "limit.low") == []
    found = world.stream("spo2", [85, 84, 85, 84], start=T0 + HOUR)
    assert of(found, "limit.low") == ["high"]
    finding = next(f for f in found if f.key.rule == "limit.low")
    assert finding.onset == T0 + HOUR
    assert finding.time == T0 + HOUR + MINUTE
    assert finding.evidence == {
        "value": 84.0, "limit": 88.0, "band": "alert", "since": T0 + HOUR, "held": 60.0, "readings": 4, "unit": "%",
    }  # fmt: skip


def test_one_good_value_within_the_run_starts_the_delay_anew():
    found = World().stream("heart_rate", [135, 135, 135, 80, 135, 135, 135], every=30 * SECOND)
    assert of(found, "limit.high") == []


@pytest.mark.parametrize(
    ("value", "rule", "severity"),
    [
        (45, "limit.low", "medium"),
        (35, "limit.low", "high"),
        (115, "limit.high", "medium"),
        (140, "limit.high", "high"),
    ],
)
def test_each_band_has_its_severity(value: float, rule: str, severity: str):
    assert (rule, severity) in told(World().stream("heart_rate", [value] * 8))


def test_it_grows_worse_then_milder_then_ends_and_keeps_its_onset():
    values = [90] * 5 + [85] * 6 + [90] * 8 + [93] * 8
    found = [f for f in World().stream("spo2", values) if f.key.rule == "limit.low"]
    assert [f.severity.word for f in found] == ["medium", "high", "medium", "clear"]
    assert {f.onset for f in found} == {T0}


def test_a_value_hovering_at_the_limit_does_not_flap():
    world = World()
    world.stream("spo2", [86, 86, 86, 86])
    assert world.stream("spo2", [88.5, 87.5] * 30, start=T0 + HOUR) == []


def test_an_hourly_value_is_confirmed_and_ended_by_the_next_one():
    found = World().stream("heart_rate", [80, 140, 142, 141, 85, 84], every=HOUR)
    assert [(f.severity.word, f.time - T0) for f in found if f.key.rule == "limit.high"] == [
        ("high", 2 * HOUR),
        ("clear", 5 * HOUR),
    ]


def test_a_stream_that_was_interrupted_starts_anew():
    world = World()
    world.stream("spo2", [97] * 10 + [84])
    assert of(world.feed([row("spo2", T0 + 3 * HOUR, 84)]), "limit.low") == []


def test_years_apart_is_not_in_a_row():
    world = World()
    world.stream("heart_rate", [140])
    assert of(world.feed([row("heart_rate", T0 + 3650 * DAY, 140)]), "limit.high") == []


def test_a_cuff_asks_for_a_repeat_before_it_pages_at_high():
    world = World()
    first = world.feed([row("systolic_bp", T0, 190)])
    assert told(first) == [("limit.high", "low")]
    assert first[0].evidence["ask"] == "repeat"
    assert told(world.feed([row("systolic_bp", T0 + 5 * MINUTE, 185)])) == [("limit.high", "high")]
    assert told(world.feed([row("systolic_bp", T0 + DAY, 150)])) == [("limit.high", "clear")]


def test_an_unrepeated_reading_stays_low_and_a_normal_repeat_ends_it():
    world = World()
    world.feed([row("systolic_bp", T0, 190)])
    assert world.feed([row("systolic_bp", T0 + DAY, 190)]) == []
    assert told(world.feed([row("systolic_bp", T0 + DAY + 5 * MINUTE, 120)])) == [("limit.high", "clear")]


def test_the_same_cuff_reading_sent_twice_is_no_repeat():
    world = World()
    world.feed([row("systolic_bp", T0, 190)])
    assert world.feed([row("systolic_bp", T0 + 2 * SECOND, 190)]) == []


def test_a_confirmed_high_is_not_made_milder_by_an_unconfirmed_reading():
    world = World()
    world.stream("systolic_bp", [190, 190], every=5 * MINUTE)
    assert world.feed([row("systolic_bp", T0 + DAY, 191)]) == []


def test_a_day_uploaded_at_once_pages_about_nothing_of_it():
    world = World()
    rows = [row("spo2", T0 + i * MINUTE, 80, quality=LATE) for i in range(1440)]
    assert world.feed(rows, now=T0 + DAY) == []


def test_if_the_newest_part_of_an_upload_is_fresh_and_abnormal_it_makes_one():
    world = World()
    rows = [row("spo2", T0 + i * MINUTE, 80, quality=LATE if i < 1435 else 0) for i in range(1440)]
    assert of(world.feed(rows, now=T0 + DAY), "limit.low") == ["high"]


def test_stale_readings_never_clear():
    world = World()
    world.stream("spo2", [84] * 4)
    assert world.stream("spo2", [97] * 30, start=T0 + HOUR, quality=LATE) == []


def test_artefacts_and_values_that_are_no_number_are_not_physiology():
    world = World()
    assert world.stream("spo2", [60] * 10, quality=ARTEFACT) == []
    assert world.stream("spo2", [float("nan")] * 10, start=T0 + HOUR) == []


def test_out_of_order_but_fresh_readings_count_in_their_place():
    world = World()
    world.feed([row("spo2", T0, 84)])
    world.feed([row("spo2", T0 + 80 * SECOND, 84)])
    assert of(world.found, "limit.low") == ["high"]
    world = World()
    world.feed([row("spo2", T0 + 60 * SECOND, 84)])
    assert of(world.feed([row("spo2", T0, 85), row("spo2", T0 + 30 * SECOND, 85)]), "limit.low") == ["high"]


def test_without_limits_nothing_is_watched_and_what_was_open_ends():
    world = World(agency(p1=CarePlan()))
    world.stream("spo2", [84] * 4)
    world.bank.use(agency(p1=CarePlan(limits={"spo2": None})), T0 + HOUR)
    assert told(world.sweep(T0 + HOUR)) == [("limit.low", "clear")]
    assert of(world.stream("spo2", [84] * 4, start=T0 + HOUR), "limit.low") == []


def test_the_plan_decides_and_may_change_while_it_runs():
    world = World(agency(p1=CarePlan(limits={"spo2": Limits(alert_low=80, on_delay="30s")})))
    assert of(world.stream("spo2", [84] * 6), "limit.low") == []
    world.bank.use(agency(p1=CarePlan()), T0 + 2 * MINUTE)
    assert of(world.feed([row("spo2", T0 + 2 * MINUTE, 84)]), "limit.low") == ["high"]


def test_the_warning_bands_severity_is_a_parameter():
    world = World(agency(p1=CarePlan(parameters={"limit": {"warning": 1}})))
    assert of(world.stream("spo2", [90] * 4), "limit.low") == ["low"]


def test_a_delay_of_nought_alarms_at_once():
    world = World(agency(p1=CarePlan(limits={"heart_rate": Limits(alert_high=130, on_delay=0)})))
    assert of(world.feed([row("heart_rate", T0, 140)]), "limit.high") == ["high"]


def test_at_one_a_second_a_long_delay_is_kept_to_the_second():
    found = World().stream("temperature", [39.5] * 700, every=SECOND)
    assert [f.time - T0 for f in found if f.key.rule == "limit.high"] == [10 * MINUTE]


def test_a_delay_longer_than_memory_ends_when_memory_does():
    world = World(agency(p1=CarePlan(limits={"heart_rate": Limits(alert_high=130, on_delay="3h")})))
    rows = [row("heart_rate", T0 + i * SECOND, 140) for i in range(6000)]
    world.feed(rows)
    assert of(world.feed([row("heart_rate", T0 + 6000 * SECOND, 140)]), "limit.high") == ["high"]


def test_each_device_and_each_patient_has_its_own_alert():
    world = World(agency(p1=CarePlan(), p2=CarePlan()))
    rows = [
        row("spo2", T0 + i * 30 * SECOND, 84, patient=p, device=d) for i in range(4) for p in ("p1", "p2") for d in "xy"
    ]
    found = [f.key for f in world.feed(rows) if f.key.rule == "limit.low"]
    assert {(k.patient, k.device) for k in found} == {("p1", "x"), ("p1", "y"), ("p2", "x"), ("p2", "y")}


def test_what_is_found_is_json():
    found = World(detectors=(Limit(),)).stream("spo2", [84] * 4)
    assert all(type(v) in (int, float, str) for v in found[0].evidence.values())
    assert type(found[0].time) is int
    assert type(found[0].onset) is int
    assert not isinstance(found[0].evidence["value"], np.floating)


def test_a_pulse_taken_now_and_then_asks_for_a_repeat_at_once_and_one_good_one_ends_it():
    world = World()
    found = world.stream("heart_rate", [70, 72, 71, 44, 70], every=DAY // 2)
    assert of(found, "limit.low") == ["low", "clear"]
    assert found[0].evidence["ask"] == "repeat"
    assert of(world.stream("heart_rate", [44, 45], every=DAY // 2, start=T0 + 3 * DAY), "limit.low") == [
        "low",
        "medium",
    ]


def test_an_hourly_value_and_a_stream_that_begins_again_ask_for_nothing():
    world = World()
    assert world.stream("heart_rate", [70, 72, 71, 44, 70], every=HOUR) == []
    assert world.stream("heart_rate", [44, 70, 70], start=T0 + DAY) == []


@pytest.mark.filterwarnings("error")
def test_a_band_that_is_not_given_is_none_where_limits_are_inclusive():
    plan = CarePlan(limits={"heart_rate": Limits(warning_high=100, hysteresis=1, inclusive=True)})
    bands = (Limit().row(plan, "heart_rate") or ())[:4]
    assert bands == (-np.inf, -np.inf, np.nextafter(100, 0), np.inf)
    found = World(agency(p1=plan), detectors=(Limit(),)).stream("heart_rate", [90, *[100] * 8, *[90] * 4])
    assert of(found, "limit.high") == ["medium", "clear"]
