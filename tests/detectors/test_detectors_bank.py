"""What the bank promises whatever the detector: batches, order, redelivery, restart."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detectors.registry import DEFAULT
from tests.detectors.kit import ARTEFACT, LATE, T0, Past, Row, World, agency, by_key, live, message, of, row, told
from vitals.agency import Agency
from vitals.batch import Batch
from vitals.errors import ConfigError
from vitals.intake import Intake
from vitals.plan import CarePlan, Limits, Ordered
from vitals.series import SeriesTable
from vitals.times import DAY, HOUR, MINUTE, SECOND

PEOPLE = agency(
    p1=CarePlan(),
    p2=CarePlan(limits={"heart_rate": Limits(alert_high=120, warning_high=100, on_delay="5m", hysteresis=3)}),
    p3=CarePlan(news2_scale=2, on_oxygen=True, parameters={"limit": {"clear_delay": "0s"}}),
)
EVENTFUL = {
    "heart_rate": st.sampled_from([35, 45, 51, 70, 88, 108, 111, 128, 131, 140]),
    "spo2": st.sampled_from([80, 86, 88, 89, 91, 92, 93, 95, 97]),
    "systolic_bp": st.sampled_from([85, 95, 101, 120, 161, 181, 190]),
    "respiration_rate": st.sampled_from([7, 9, 12, 16, 21, 25, 29]),
}
VALUES = st.fixed_dictionaries({}, optional=EVENTFUL).filter(bool)
STREAM = st.lists(
    st.tuples(
        st.sampled_from(["p1", "p2", "p3"]),
        VALUES,
        st.sampled_from([SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, HOUR]),
        st.sampled_from([0, 0, 0, 0, int(LATE)]),
    ),
    min_size=1,
    max_size=60,
)


def messages(stream: list[tuple[str, dict[str, float], int, int]]) -> list[list[Row]]:
    now, made = T0, []
    for patient, values, later, quality in stream:
        now += later
        made.append(message(now, patient, quality, **values))
    return made


def joined(parts: Iterable[list[Row]]) -> list[Row]:
    return [row for part in parts for row in part]


def run(parts: list[list[Row]], world: World | None = None) -> World:
    world = world or World(PEOPLE)
    for part in parts:
        world.feed(part)
    return world


@given(STREAM, st.lists(st.integers(0, 60)))
def test_any_split_into_batches_finds_the_same(stream: list[Any], cuts: list[int]):
    parts = messages(stream)
    edges = sorted({0, len(parts), *(c for c in cuts if c < len(parts))})
    lots = [joined(parts[a:b]) for a, b in zip(edges, edges[1:], strict=False)]
    one_by_one = by_key(run(parts).found)
    assert by_key(run(lots).found) == one_by_one
    assert by_key(run([joined(parts)]).found) == one_by_one


@given(STREAM, st.randoms(use_true_random=False))
def test_a_batch_in_any_order_finds_the_same(stream: list[Any], shuffle: Any):
    rows = joined(messages(stream))
    mixed = rows.copy()
    shuffle.shuffle(mixed)
    assert by_key(run([mixed]).found) == by_key(run([rows]).found)


@given(STREAM, st.integers(1, 7))
def test_scanning_again_is_harmless(stream: list[Any], times: int):
    parts = messages(stream)
    once, often = World(PEOPLE), World(PEOPLE)
    for i, part in enumerate(parts):
        once.feed(part)
        often.feed(part)
        assert often.feed(joined(parts[max(0, i - times) : i + 1])) == []
    assert by_key(once.found) == by_key(often.found)


@settings(max_examples=60)
@given(STREAM, st.integers(0, 60), st.integers(0, 3))
@example([("p1", {"heart_rate": 35}, SECOND, 0), ("p1", {"spo2": 80}, SECOND, int(LATE))], 2, 2)
@example(
    [
        ("p1", {"heart_rate": 35, "respiration_rate": 7}, SECOND, 0),
        ("p1", {"heart_rate": 35, "systolic_bp": 85}, 5 * MINUTE, 0),
        ("p1", {"heart_rate": 35}, HOUR, 0),
    ],
    3,
    0,
)
def test_a_restart_neither_repeats_nor_forgets(stream: list[Any], at: int, again: int):
    """After it, what was not acknowledged is redelivered: told or not, nothing is told twice and nothing is lost."""
    parts = messages(stream)
    at = min(at, len(parts))
    whole, before, past = run(parts), World(PEOPLE), Past()
    for part in parts[:at]:
        past.append(before.batch(part))
        before.feed(part)
    after = World(PEOPLE, SeriesTable(before.series.keys))
    now = parts[at - 1][0][3] if at else T0
    before.sweep(now)  # hours that are over: the run without a restart judges none
    after.bank.warm(past, live(before.found), now)
    assert after.sweep(now) == []
    run(parts[max(0, at - again) : at] + parts[at:], after)
    hourly = {rule for detector in DEFAULT if hasattr(detector, "every") for rule in detector.rules}
    told_last = [
        {key: changes[-1][0] for key, changes in by_key(found).items() if key.rule not in hourly}
        for found in (whole.found, [*before.found, *after.found])
    ]
    assert told_last[0] == told_last[1]


def test_what_was_told_is_not_found_again_after_a_restart():
    before, past = World(), Past()
    rows = [row("spo2", T0 + i * 20 * SECOND, 84) for i in range(6)]
    past.append(before.batch(rows))
    before.feed(rows)
    after = World(series=SeriesTable(before.series.keys))
    after.bank.warm(past, live(before.found), T0 + 3 * MINUTE)
    assert after.sweep(T0 + 3 * MINUTE) == []
    assert after.feed(rows) == []
    found = after.stream("spo2", [84] * 4 + [97] * 8, start=T0 + 3 * MINUTE)
    assert [(f.key.rule, f.severity.word, f.onset) for f in found] == [
        ("early_warning", "clear", T0),
        ("limit.low", "clear", T0),
    ]


def test_a_condition_already_true_at_start_is_found():
    before, past = World(), Past()
    past.append(before.batch([row("spo2", T0 + i * 20 * SECOND, 84) for i in range(6)]))
    after = World(series=before.series)
    after.bank.warm(past, [], T0 + 3 * MINUTE)
    assert told(after.sweep(T0 + 3 * MINUTE)) == [("limit.low", "high"), ("early_warning", "low")]


def test_but_not_one_of_last_night():
    before, past = World(), Past()
    past.append(before.batch([row("spo2", T0 + i * 20 * SECOND, 84) for i in range(6)]))
    after = World(series=before.series)
    after.bank.warm(past, [], T0 + 9 * HOUR)
    assert after.sweep(T0 + 9 * HOUR) == []


def test_a_device_that_fell_silent_while_we_were_down_is_told():
    people = agency(p1=CarePlan(ordered=(Ordered(signal="spo2", every=HOUR),)))
    before, past = World(people), Past()
    past.append(before.batch([row("spo2", T0, 97)]))
    after = World(people, before.series)
    after.bank.warm(past, [], T0 + 3 * HOUR)
    assert told(after.sweep(T0 + 3 * HOUR)) == [("gap.missed", "medium")]


def test_a_told_gap_survives_a_restart_and_ends_with_a_reading():
    people = agency(p1=CarePlan(ordered=(Ordered(signal="spo2", every=HOUR),)))
    before = World(people)
    before.sweep(T0)
    before.sweep(T0 + 2 * HOUR)
    after = World(people)
    after.bank.warm(Past(), live(before.found), T0 + 2 * HOUR)
    assert after.sweep(T0 + 2 * HOUR) == []
    assert after.sweep(T0 + 9 * HOUR) == []
    assert told(after.feed([row("spo2", T0 + 9 * HOUR, 97)])) == [("gap.never", "clear")]


ODD = {
    "empty": [],
    "one sample": [row("spo2", T0, 84)],
    "no number": [row("heart_rate", T0 + i, float("nan")) for i in range(50)],
    "constant": [row("spo2", T0 + i * MINUTE, 97) for i in range(200)],
    "late": [row("spo2", T0 + i * MINUTE, 70, quality=LATE) for i in range(200)],
    "artefacts": [row("spo2", T0 + i * MINUTE, 70, quality=ARTEFACT) for i in range(200)],
    "all at one time": [row("spo2", T0, float(v)) for v in range(99, 40, -1)],
    "missing signals": [row("weight", T0 + i * DAY, 80) for i in range(9)],
}


@pytest.mark.parametrize("detector", DEFAULT, ids=lambda d: d.name)
@pytest.mark.parametrize("rows", ODD.values(), ids=ODD)
def test_no_detector_minds_odd_batches(detector: Any, rows: list[Row]):
    world = World(detectors=(detector,))
    world.feed(rows, now=T0 + 10 * DAY)
    assert [f for f in world.found if len(rows) > 1 and f.key.rule != "quality.stuck"] == []
    assert world.sweep(T0 + 10 * DAY) == []


@pytest.mark.parametrize("detector", DEFAULT, ids=lambda d: d.name)
def test_no_detector_joins_what_is_ten_years_apart(detector: Any):
    world = World(detectors=(detector,))
    world.feed(message(T0, heart_rate=80, spo2=97))
    world.feed(message(T0 + 3650 * DAY, heart_rate=125, spo2=97))
    world.feed(message(T0 + 7300 * DAY, heart_rate=80, spo2=97))
    assert world.found == []


@given(st.floats(-1e300, 1e300) | st.sampled_from([float("inf"), float("-inf")]))
def test_values_of_any_size_are_survived(value: float):
    world = World()
    for i in range(3):
        world.feed(message(T0 + i * HOUR, heart_rate=value, spo2=value, temperature=value, glucose=value))
    for finding in world.found:
        json.dumps(finding.evidence, allow_nan=False)


def test_every_finding_is_json():
    world = World()
    world.feed(joined(message(T0 + i * MINUTE, heart_rate=140, spo2=80, systolic_bp=200) for i in range(9)))
    assert len(world.found) == 5
    for finding in world.found:
        json.dumps([*finding.key, finding.evidence, finding.time, finding.onset], allow_nan=False)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"limits": {}}, "'limits' is no detector (use event, limit, "),
        ({"early_warning": {"max_aeg": 1}}, "early_warning has no such parameter (use max_age, "),
        ({"early_warning": {"max_age": "soon"}}, "'soon' is no duration"),
        ({"limit": {"warning": 9}}, "less than or equal to 3"),
        ({"event": {"x": 1}}, "it takes none"),
        ({"trend": {"every": "12h"}}, "trend has no such parameter (use alpha, "),
        ({"baseline_shift": {"every": "12h"}}, "baseline_shift has no such parameter (use arl, "),
    ],
)
def test_wrong_parameters_are_refused_by_name(parameters: dict[str, Any], says: str):
    bad = agency(p1=CarePlan(parameters=parameters))
    with pytest.raises(ConfigError) as refused:
        World(bad)
    assert says in str(refused.value)
    assert "patients[0].plan.parameters" in str(refused.value)
    world = World()
    with pytest.raises(ConfigError):
        world.bank.use(bad, T0)


def test_patients_whom_the_agency_does_not_know_have_the_default_plan():
    world = World(Agency(id="a"))
    rows = [row("spo2", T0 + i * 20 * SECOND, 84, patient="stranger") for i in range(5)]
    assert of(world.feed(rows), "limit.low") == ["high"]


def test_a_board_sees_the_newest_of_each_signal_from_any_device():
    world = World()
    world.feed([row("spo2", T0, 97, device="x"), row("spo2", T0 + 1, 95, device="y"), row("weight", T0, 80)])
    assert {name: reading.value for name, reading in world.bank.of_patient("p1").items()} == {"spo2": 95, "weight": 80}
    assert sorted(world.bank.newest().value.tolist()) == [80, 95, 97]


def test_rings_grow_and_hold_what_a_store_would():
    """The ring against a plain list, over runs of every size and overlaps of every kind."""
    rng = np.random.default_rng(7)
    world = World(agency(p1=CarePlan(limits={"heart_rate": Limits(alert_high=200, on_delay="20m")})))
    code = world.series.code("p1", "hub", 0)
    held: dict[int, float] = {}
    now = T0
    for _ in range(300):
        size = int(rng.choice([1, 1, 1, 2, 7, 40]))
        times = now + np.cumsum(rng.integers(-3, 60, size)) * SECOND
        values = rng.integers(60, 90, size).astype(float)
        for time, value in zip(times.tolist(), values.tolist(), strict=True):
            held.setdefault(time, value)
        world.bank.scan(Intake(Batch.of([code] * size, times, values, times)), int(times.max()))
        now = max(now, int(times.max()))
        _, time, value = world.bank._ward.rings.context(np.array([code]))
        expected = sorted(held.items())[-len(time) :]
        assert list(zip(time.tolist(), value.tolist(), strict=True)) == expected
        oldest = time[0] if len(held) > len(time) else now - DAY
        assert now - oldest >= 20 * MINUTE
