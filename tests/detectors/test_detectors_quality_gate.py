"""What the gate holds back, and above all what it does not: no deterioration is lost, whatever the noise."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.limit import Limit
from detectors.quality import SignalQuality
from tests.detectors.gate import Gated
from tests.detectors.kit import LATE, T0, Past, Row, World, agency, by_key, of, row
from vitals.batch import Quality
from vitals.plan import CarePlan, Limits
from vitals.series import SeriesTable
from vitals.times import DAY, HOUR, MINUTE, SECOND

FEW = (Limit(), SignalQuality())
RNG = np.random.default_rng(7)
CALM = [97, 98, 97, 96, 97, 97, 98, 97, 97, 96, 97, 97]


def limits(world: World) -> list[tuple[str, int, int]]:
    found = (f for f in world.found if f.key.rule.startswith("limit."))
    return [(f.key.rule, int(f.severity), f.time) for f in found]


def test_a_single_spike_is_kept_flagged_and_pages_nobody():
    world = Gated()
    world.stream("spo2", [*CALM, 80, *CALM])
    assert world.found == []
    assert world.artefacts() == [("spo2", T0 + 240 * SECOND, 80)]
    assert sum(map(len, world.kept)) == 25


def test_a_fall_that_the_next_reading_confirms_alarms_when_it_would_have_without_the_gate():
    with_gate, without = Gated(), World()
    for world in (with_gate, without):
        world.stream("spo2", [*CALM, 84, 85, 84, 85, 84])
    assert limits(with_gate) == limits(without) != []
    assert with_gate.artefacts() == [], "the doubted reading is part of the truth again"


def test_of_two_steps_the_second_is_taken_as_it_is():
    world = Gated()
    world.stream("heart_rate", [70, 72, 71, 70, 69, 71, 70, 72, 150, 30, 150, 30, 150], every=20 * SECOND)
    assert [v for _, _, v in world.artefacts()] == [150, 150, 150], "never two in a row"


def test_a_reading_nearer_to_what_was_before_leaves_the_spike_alone():
    world = Gated()
    world.stream("spo2", [*CALM, 80, 94, 93, 94])
    assert [v for _, _, v in world.artefacts()] == [80]


def test_with_little_past_only_what_no_body_does_is_doubted():
    world = Gated()
    world.stream("spo2", [97, 84, 97], every=20 * SECOND)
    assert world.artefacts() == []
    world.stream("temperature", [36.8, 41.5, 36.9], every=20 * SECOND)
    assert [v for _, _, v in world.artefacts()] == [41.5]


@pytest.mark.parametrize("every", [HOUR, 15 * MINUTE])
def test_what_is_given_now_and_then_is_never_a_spike(every: int):
    world = Gated()
    world.stream("systolic_bp", [120, 122, 121, 119, 120, 122, 121, 120, 190, 120], every=every)
    world.stream("heart_rate", [70, 72, 71, 69, 70, 72, 71, 70, 140, 70], every=every)
    assert world.artefacts() == []


def test_a_restless_series_has_wider_bounds():
    world = Gated()
    world.stream("heart_rate", [60, 100, 70, 110, 65, 95, 80, 120, 60, 105, 75, 115, 60, 140, 60])
    assert world.artefacts() == []


def test_zeros_are_no_context_and_no_spikes():
    world = Gated()
    zeros = [row("spo2", T0 + i * 20 * SECOND, 0, quality=Quality.ARTEFACT) for i in range(20)]
    world.stream("spo2", CALM, start=T0 - HOUR)
    world.feed(zeros)
    world.stream("spo2", CALM, start=T0 + HOUR)
    assert world.found == []
    assert len(world.artefacts()) == 20


def test_a_plan_can_switch_it_off():
    world = Gated(agency(p1=CarePlan(parameters={"quality": {"spike": 0, "stuck": 0}})))
    world.stream("spo2", [*CALM, 80, *CALM])
    world.stream("heart_rate", [70, 71] * 10 + [60] * 300, every=MINUTE)
    assert world.artefacts() == []


def wander(n: int, around: float, spread: float) -> list[float]:
    return np.round(around + spread * RNG.standard_normal(n), 0).tolist()


def test_a_heart_rate_that_stands_still_for_an_hour_is_stuck():
    world = Gated()
    world.stream("heart_rate", [*wander(60, 70, 3), *[68.0] * 70, *wander(10, 70, 3)], every=MINUTE)
    times = [t for _, t, _ in world.artefacts()]
    assert T0 + 118 * MINUTE <= times[0] <= T0 + 120 * MINUTE
    assert times[-1] == T0 + 129 * MINUTE, "the first that moves is good again"


def test_a_saturation_of_97_for_an_hour_is_normal():
    world = Gated()
    world.stream("spo2", [*wander(60, 97, 0.7), *[97.0] * 90], every=MINUTE)
    assert world.artefacts() == []


def test_a_pacemakers_steady_beat_is_not_stuck():
    world = Gated()
    world.stream("heart_rate", [60.0] * 110, every=MINUTE)
    assert world.artefacts() == []
    steady = [60.0 + (i % 25 == 0) for i in range(400)]
    world = Gated()
    world.stream("heart_rate", [*steady, *[60.0] * 200], every=MINUTE)
    assert world.artefacts() == []


def test_a_dangerous_value_that_stands_still_has_long_been_told_and_is_not_cleared():
    world = Gated()
    world.stream("heart_rate", [*wander(60, 70, 3), *[140.0] * 120], every=MINUTE)
    assert of(world.found, "limit.high") == ["high"]


def test_a_redelivered_spike_stays_one():
    world = Gated()
    world.stream("spo2", CALM)
    spike = [row("spo2", T0 + 240 * SECOND, 80)]
    world.feed(spike)
    world.stream("spo2", [97, 96], start=T0 + 260 * SECOND)
    world.feed(spike)
    assert [v for _, _, v in world.artefacts()] == [80]
    assert world.found == []


def test_a_spike_waits_for_its_next_reading_over_a_restart():
    before, past = Gated(), Past()
    before.stream("spo2", [*CALM, 84])
    for batch in before.kept:
        past.append(batch)
    after = Gated(series=SeriesTable(before.series.keys))
    after.bank.warm(past, [], T0 + 241 * SECOND)
    after.stream("spo2", [85, 84, 85, 84], start=T0 + 260 * SECOND)
    assert of(after.found, "limit.low") == ["high"]
    assert after.artefacts() == []


STREAM = st.lists(
    st.tuples(
        st.sampled_from(["heart_rate", "spo2", "temperature"]),
        st.sampled_from([0, 1, 1, 2, 30]),
        st.sampled_from([0, 0, 0, 0, int(LATE)]),
        st.sampled_from([0, 0, 0, 0, 0, 1, 2]),
    ),
    min_size=1,
    max_size=80,
)
KINDS = {"heart_rate": (70, 150, 30), "spo2": (97, 84, 0), "temperature": (36.8, 39.9, 33)}


def readings(stream: list[tuple[str, int, int, int]]) -> list[Row]:
    """Streams that mostly stay where they are, with spikes, steps, zeros and pauses."""
    now, made = T0, []
    for i, (signal, pause, quality, kind) in enumerate(stream):
        now += pause * 20 * SECOND + 1_000
        value = KINDS[signal][kind] + (i % 3 if signal == "heart_rate" and kind == 0 else 0)
        made.append(row(signal, now, value, quality=quality | (int(Quality.ARTEFACT) if value == 0 else 0)))
    return made


@settings(max_examples=40)
@given(STREAM, st.lists(st.integers(0, 80)), st.randoms(use_true_random=False))
def test_any_split_in_any_order_flags_and_finds_the_same(stream: list[Any], cuts: list[int], shuffle: Any):
    rows = readings(stream)
    edges = sorted({0, len(rows), *(c for c in cuts if c < len(rows))})
    single, parts = Gated(detectors=FEW), Gated(detectors=FEW)
    for one in rows:
        single.feed([one])
    for a, b in zip(edges, edges[1:], strict=False):
        part = rows[a:b]
        shuffle.shuffle(part)
        parts.feed(part)
    assert parts.artefacts() == single.artefacts()
    assert by_key(parts.found) == by_key(single.found)


@settings(max_examples=25)
@given(STREAM)
def test_scanning_again_flags_and_finds_nothing_new(stream: list[Any]):
    rows = readings(stream)
    once, often = Gated(detectors=FEW), Gated(detectors=FEW)
    for i, one in enumerate(rows):
        once.feed([one])
        often.feed([one])
        assert often.feed(rows[max(0, i - 3) : i + 1]) == []
    assert by_key(once.found) == by_key(often.found)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 3), min_size=20, max_size=120), st.integers(0, 2**32))
def test_no_high_alert_comes_more_than_one_reading_later_than_without_the_gate(moves: list[int], seed: int):
    """Random walks with jumps, in which nothing is an artefact: whatever was alarmed is, one reading later at most."""
    rng, level, values = np.random.default_rng(seed), 97.0, []
    for move in moves:
        level = float(np.clip(level + (rng.normal(0, 1) if move < 3 else rng.normal(0, 12)), 60, 100))
        values.append(round(level))
    with_gate, without = Gated(detectors=FEW), World(detectors=FEW)
    for world in (with_gate, without):
        world.stream("spo2", values)
    opened = [[f.time for f in w.found if f.key.rule == "limit.low" and f.severity == 3] for w in (with_gate, without)]
    if opened[1] and opened[1][0] < T0 + (len(values) - 1) * 20 * SECOND:
        assert opened[0]
        assert opened[0][0] <= opened[1][0] + 20 * SECOND


def test_a_limit_that_alarms_at_once_waits_for_one_reading():
    plan = CarePlan(limits={"spo2": Limits(alert_low=88, on_delay=0)})
    world = Gated(agency(p1=plan))
    world.stream("spo2", [*CALM, 80])
    assert world.found == []
    assert of(world.stream("spo2", [81], start=T0 + 260 * SECOND), "limit.low") == ["high"]


def test_a_day_of_backlog_is_judged_whole():
    world = Gated()
    values = [97 + i % 2 for i in range(1440)]
    values[700] = 70
    world.feed([row("spo2", T0 + i * MINUTE, v, quality=LATE) for i, v in enumerate(values)], now=T0 + DAY)
    assert [v for _, _, v in world.artefacts()] == [70]
