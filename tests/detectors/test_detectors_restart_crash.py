"""A crash between telling and keeping, and what else a start must read to find what no restart would have found."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.detectors.kit import T0, Past, World, by_key, live, of, row, with_devices
from tests.detectors.test_detectors_restart_redelivery import Life, one, run_of, stream
from vitals.agency import Device, DeviceType
from vitals.batch import Batch, Quality
from vitals.intake import DeviceStatus, Intake
from vitals.plan import CarePlan, Ordered
from vitals.series import SeriesTable
from vitals.times import DAY, HOUR, MINUTE, SECOND

OFF = int(Quality.ARTEFACT)
RISE = (*[76.0, 75, 74] * 5, 85, 96, 107, 118, 132, 133, 132, 118, 107, 96, 85, 74, 75)
"""A heart rate that scores 3 for three minutes, and steps too small to be doubted."""


def heart(values: Sequence[float], every: int = MINUTE) -> Life:
    series = SeriesTable()
    return Life(run_of(series, "watch", "heart_rate", values, every), series).live()


@pytest.mark.parametrize("unkept", [1, 2, 3])
@pytest.mark.parametrize("after", [19, 20, 21, 22, 23])
def test_what_was_told_but_not_kept_is_neither_ended_nor_told_again(after: int, unkept: int):
    life = heart(RISE)
    assert of(life.found, "early_warning") == ["low", "clear"]
    assert by_key(life.lost(after, 3, unkept).found) == by_key(life.found)


def test_a_trouble_that_ended_with_what_was_not_kept_is_not_told_again():
    series = SeriesTable()
    parts = run_of(series, "oximeter", "spo2", [*[97, 98] * 15, *[0.0] * 100, *[97, 96] * 25], MINUTE)
    parts = [b if b.value[0] else one(series, "oximeter", "spo2", int(b.time[0]), 0.0, OFF) for b in parts]
    life = Life(parts, series).live()
    ends = next(f.time for f in life.found if f.key.rule == "quality.probe_off" and not f.severity)
    after = [int(b.time[0]) for b in parts].index(ends)
    assert by_key(life.lost(after, 3, 2).found) == by_key(life.found)


@pytest.mark.parametrize("seed", range(2))
def test_a_crash_anywhere_finds_what_no_crash_finds(seed: int):
    batches, series = stream(seed)
    life = Life(batches, series).live()
    whole = {key: changes for key, changes in by_key(life.found).items() if not key.rule.startswith("gap")}
    rng = np.random.default_rng(seed)
    for unkept in (1, 2):
        lost = int(rng.integers(50, len(batches)))
        found = by_key(life.lost(lost, 10, unkept).found)
        assert {k: changes for k, changes in found.items() if not k.rule.startswith("gap")} == whole, (lost, unkept)


@pytest.mark.parametrize("lost", [4, 5, 6])
def test_the_scale_knows_who_stood_on_it_last(lost: int):
    series = SeriesTable()
    weights = [71.0, 70.8, 60.0, 56.0, 60.1, 59.9, 60.0, 60.1, 60.0]
    life = Life(run_of(series, "scale", "weight", weights, DAY), series).live()
    assert of(life.found, "quality.person") == ["low", "clear"]
    assert by_key(life.lost(lost, 1).found) == by_key(life.found)


def test_how_often_a_slow_value_stands_still_is_known_from_days_ago():
    rng, series = np.random.default_rng(3), SeriesTable()
    steps = np.round(110 + 3 * rng.normal(size=60)).cumsum() % 40 + 90
    values = [*steps.repeat(2).tolist(), *[100 + i % 7 for i in range(48)], *[109.0] * 40]
    life = Life(run_of(series, "cgm", "glucose", values, HOUR), series).live()
    assert of(life.found, "quality.stuck") == ["medium"]
    assert by_key(life.lost(166, 1).found) == by_key(life.found)


def test_a_reading_that_comes_seldom_is_told_from_one_that_streams_though_it_was_off_for_days():
    series = SeriesTable()
    values = [*[74.0, 76, 75, 74, 77], *[0.0] * 15, 30.0, 76, 74]
    parts = run_of(series, "watch", "heart_rate", values, 4 * HOUR)
    parts = [b if b.value[0] else one(series, "watch", "heart_rate", int(b.time[0]), 0.0, OFF) for b in parts]
    life = Life(parts, series).live()
    assert of(life.found, "limit.low") == ["low", "clear"]
    assert by_key(life.lost(19, 1).found) == by_key(life.found)


def test_what_came_late_is_told_with_the_next_reading_after_a_restart_too():
    series = SeriesTable()
    late = one(series, "oximeter", "spo2", T0 + 9 * MINUTE, 90.0, int(Quality.LATE))
    late = Batch.of(late.series, late.time, late.value, [T0 + 30 * MINUTE], late.quality)
    calm = [97.0, 97, 96, 97, 98, 97]
    parts = [
        *run_of(series, "oximeter", "spo2", calm, MINUTE),
        *run_of(series, "watch", "heart_rate", [74.0] * 40, MINUTE),
    ]
    parts = sorted([*parts, late], key=lambda batch: int(batch.received[0]))
    life = Life(parts, series).live()
    assert of(life.found, "early_warning") == ["low"]
    assert by_key(life.lost(parts.index(late), 1).found) == by_key(life.found)


def test_what_came_late_had_no_say_in_what_was_doubted_before_it_came():
    series = SeriesTable()
    parts = run_of(series, "watch", "heart_rate", [*[35.0, 36, 37] * 4, 74.5, 74.3, 0.5, *[36.0, 35] * 30], 40 * SECOND)
    late = parts.pop(12)
    parts.insert(20, Batch.of(late.series, late.time, late.value, [int(parts[20].time[0]) - 1000]))
    life = Life(parts, series).live()
    kept = [b.time[b.value == 74.3].tolist() for b in life.past.batches if (b.quality & OFF).any()]
    assert kept == [[T0 + 13 * 40 * SECOND]]
    again = life.lost(25, 1)
    assert 74.3 not in again.bank._ward.rings.tail(0, 200)[1].tolist()


def test_a_pulse_that_was_doubted_and_believed_is_compared_after_a_restart_too():
    series = SeriesTable()
    pulse = [*[74.0, 76, 75] * 6, 48.0, 81, *[138.0, 137] * 14]
    parts = [b for i, p in enumerate(pulse) for b in (
        one(series, "watch", "heart_rate", T0 + i * 20 * SECOND, 74),
        one(series, "oximeter", "heart_rate", T0 + (i * 20 + 1) * SECOND, p),
        one(series, "oximeter", "spo2", T0 + (i * 20 + 1) * SECOND, 97),
    )]  # fmt: skip
    life = Life(parts, series).live()
    assert of(life.found, "quality.disagreement") == ["low"]
    assert by_key(life.lost(3 * 24, 2).found) == by_key(life.found)


def test_a_sign_of_life_by_status_counts_again_when_the_ledger_tells_of_it():
    hub = Device(id="hub", type=DeviceType.OXIMETER, silent_after=10 * MINUTE)
    status = DeviceStatus("p1", "hub", T0 + 9 * MINUTE, T0 + 9 * MINUTE, online=True)
    told = []
    for restarts in (False, True):
        world = World(with_devices(CarePlan(), hub))
        past = Past(world.series)
        past.append(world.batch([row("spo2", T0, 97)]))
        world.feed([row("spo2", T0, 97)])
        world.status(True, T0 + 9 * MINUTE)
        if restarts:
            world = World(world.people, world.series)
            world.bank.warm(past, [], T0 + 12 * MINUTE)
            world.bank.scan(Intake(Batch.empty(), statuses=(status,)), T0 + 12 * MINUTE)
        for minute in range(12, 25):
            world.sweep(T0 + minute * MINUTE)
        told.append([(f.key.rule, f.time, f.onset) for f in world.found])
    assert [rule for rule, *_ in told[0]] == ["gap.silent"]
    assert told[0] == told[1]


def test_who_was_told_to_be_back_is_not_missed_at_the_start_before_that_reading_comes_again():
    plan = CarePlan(ordered=(Ordered(signal="spo2", every=HOUR),))
    told = []
    for crashes in (False, True):
        world = World(with_devices(plan))
        past = Past(world.series)
        past.append(world.batch([row("spo2", T0, 97)]))
        world.feed([row("spo2", T0, 97)])
        world.sweep(T0 + 4 * HOUR)
        world.feed([row("spo2", T0 + 5 * HOUR, 97)])
        if crashes:
            found, now = world.found, T0 + 5 * HOUR + MINUTE
            world = World(world.people, world.series)
            world.bank.warm(past, live(found), now)
            world.sweep(now)
            world.feed([row("spo2", T0 + 5 * HOUR, 97)], now + SECOND)
            world.found = found + world.found
        for minute in range(5 * 60 + 2, 7 * 60):
            world.sweep(T0 + minute * MINUTE)
        told.append(by_key(world.found))
    assert [len(changes) for changes in told[0].values()] == [3]
    assert told[0] == told[1]
