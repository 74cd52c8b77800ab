"""Poor quality that persists is one technical alert for the device, and over when its readings are good again."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.detectors.gate import Gated
from tests.detectors.kit import LATE, T0, Past, Row, agency, live, of, row, told, with_devices
from vitals.agency import Device, DeviceType
from vitals.batch import Quality
from vitals.finding import FindingKey, Kind
from vitals.plan import CarePlan, Ordered
from vitals.series import SeriesTable
from vitals.times import DAY, HOUR, MINUTE

OFF = int(Quality.ARTEFACT)
SOON = agency(p1=CarePlan(parameters={"quality": {"off_delay": "10m", "clear_delay": "10m"}}))
OXIMETER = Device(id="ox", type=DeviceType.OXIMETER)
CUFF = Device(id="cuff", type=DeviceType.CUFF)


def zeros(start: int, minutes: int, *signals: str, device: str = "ox", quality: int = 0) -> list[Row]:
    signals = signals or ("spo2", "heart_rate")
    times = range(start, start + minutes * MINUTE, MINUTE)
    return [row(s, t, 0, device=device, quality=OFF | quality) for t in times for s in signals]


def good(start: int, minutes: int, device: str = "ox", **signals: float) -> list[Row]:
    signals = signals or {"spo2": 97.0, "heart_rate": 70.0}
    times = range(start, start + minutes * MINUTE, MINUTE)
    return [row(s, t, v + (t // MINUTE) % 2, device=device) for t in times for s, v in signals.items()]


def one_by_one(world: Gated, rows: Iterable[Row]) -> list[Any]:
    return [finding for one in rows for finding in world.feed([one])]


def test_a_probe_that_is_off_for_long_is_one_technical_alert_for_the_device():
    world = Gated()
    world.feed(good(T0, 30))
    found = world.feed(zeros(T0 + 30 * MINUTE, 180))
    assert told(found) == [("quality.probe_off", "medium")]
    assert found[0].key == FindingKey("quality.probe_off", "p1", "", "ox")
    assert found[0].kind is Kind.TECHNICAL
    assert (found[0].onset, found[0].time) == (T0 + 30 * MINUTE, T0 + 120 * MINUTE)
    assert found[0].evidence["signals"] == ["heart_rate", "spo2"]


@pytest.mark.parametrize("minutes", [2, 45])
def test_a_finger_taken_out_for_a_while_pages_nobody(minutes: int):
    world = Gated()
    for hour in range(6):
        start = T0 + hour * HOUR
        world.feed([*good(start, 10), *zeros(start + 10 * MINUTE, minutes), *good(start + 55 * MINUTE, 5)])
    assert [f for f in world.found if f.onset >= T0 + HOUR and minutes == 2] == []
    assert of(world.feed(zeros(T0 - HOUR, 20)), "quality.probe_off") == []


def test_a_plan_may_ask_for_it_sooner():
    world = Gated(SOON)
    assert told(world.feed(zeros(T0, 12))) == [("quality.probe_off", "medium")]


def test_it_ends_when_all_was_good_for_a_while_and_a_relapse_is_the_same_alert():
    world = Gated(SOON)
    world.feed(zeros(T0, 12))
    assert world.feed([*good(T0 + 12 * MINUTE, 9), *zeros(T0 + 21 * MINUTE, 30), *good(T0 + 51 * MINUTE, 9)]) == []
    found = world.feed(good(T0 + 60 * MINUTE, 5))
    assert [(f.key.rule, f.severity.word, f.onset) for f in found] == [("quality.probe_off", "clear", T0)]


def test_silence_and_stale_readings_end_nothing():
    world = Gated(SOON)
    world.feed(zeros(T0, 12))
    world.sweep(T0 + 5 * HOUR)
    stale = [(*one[:5], int(LATE)) for one in good(T0 + HOUR, 60)]
    world.feed(stale, now=T0 + 5 * HOUR)
    assert of(world.found, "quality.probe_off") == ["medium"]


def test_stale_zeros_open_nothing():
    assert Gated(SOON).feed(zeros(T0, 200, quality=int(LATE)), now=T0 + 5 * HOUR) == []


def test_one_message_at_a_time_or_a_day_at_once_is_the_same():
    rows = [*good(T0, 20), *zeros(T0 + 20 * MINUTE, 120), *good(T0 + 140 * MINUTE, 60), *zeros(T0 + 200 * MINUTE, 30)]
    single, whole = Gated(), Gated()
    one_by_one(single, rows)
    whole.feed(rows)
    assert [(f.key, f.time, f.severity, f.onset) for f in single.found] == [
        (f.key, f.time, f.severity, f.onset) for f in whole.found
    ]
    assert told(single.found) == [("quality.probe_off", "medium"), ("quality.probe_off", "clear")]


def test_a_hub_whose_other_signals_are_good_is_judged_by_the_one_that_is_off():
    world = Gated()
    rows = [*zeros(T0, 120, "spo2"), *good(T0, 120, device="ox", heart_rate=70.0)]
    assert told(world.feed(rows)) == [("quality.probe_off", "medium")]


def test_a_cuff_that_fails_three_times_in_a_row_is_told_and_the_first_good_one_ends_it():
    world = Gated(with_devices(CarePlan(), CUFF))
    for i in range(3):
        assert told(world.found) == []
        world.feed([row("systolic_bp", T0 + i * 3 * MINUTE, 0, device="cuff", quality=OFF)])
    assert told(world.found) == [("quality.probe_off", "medium")]
    assert told(world.feed([row("systolic_bp", T0 + HOUR, 130, device="cuff")])) == [("quality.probe_off", "clear")]


def test_a_restart_neither_repeats_nor_forgets_and_does_not_begin_to_count_anew():
    before, past = Gated(), Past()
    before.feed([*good(T0, 30), *zeros(T0 + 30 * MINUTE, 80)])
    after = restarted(before, past, T0 + 110 * MINUTE)
    assert after.sweep(T0 + 110 * MINUTE) == []
    assert told(after.feed(zeros(T0 + 110 * MINUTE, 20))) == [("quality.probe_off", "medium")]
    again = restarted(after, past, T0 + 130 * MINUTE)
    assert again.sweep(T0 + 130 * MINUTE) == []
    assert again.feed(zeros(T0 + 130 * MINUTE, 60)) == []
    assert told(again.feed(good(T0 + 190 * MINUTE, 40))) == [("quality.probe_off", "clear")]


def restarted(before: Gated, past: Past, now: int) -> Gated:
    for batch in before.kept:
        past.append(batch)
    after = Gated(before.people, SeriesTable(before.series.keys))
    after.bank.warm(past, live(before.found), now)
    return after


def test_a_condition_already_true_at_start_is_told():
    before, past = Gated(), Past()
    past.append(before.batch(zeros(T0, 100)))
    after = Gated(before.people, SeriesTable(before.series.keys))
    after.bank.warm(past, [], T0 + 100 * MINUTE)
    assert told(after.sweep(T0 + 100 * MINUTE)) == [("quality.probe_off", "medium")]


def test_zeros_fulfil_no_order_but_the_device_is_not_silent_not_even_over_a_restart():
    plan = CarePlan(ordered=(Ordered(signal="spo2", every=HOUR),))
    before, past = Gated(with_devices(plan, OXIMETER)), Past()
    before.feed([*good(T0, 5), *zeros(T0 + 5 * MINUTE, 75)])
    after = restarted(before, past, T0 + 80 * MINUTE)
    assert after.sweep(T0 + 80 * MINUTE) == []
    after.feed(zeros(T0 + 80 * MINUTE, 12))
    assert of(after.sweep(T0 + 96 * MINUTE), "gap.missed") == ["medium"]
    assert of(after.found, "gap.silent") == []


def test_a_sensor_that_is_stuck_is_told_and_ends_when_it_moves():
    world = Gated()
    world.feed(good(T0, 60, heart_rate=70.0))
    found = world.feed([row("heart_rate", T0 + (60 + i) * MINUTE, 71.0, device="ox") for i in range(90)])
    assert told(found) == [("quality.stuck", "medium")]
    assert told(world.feed(good(T0 + 150 * MINUTE, 40, heart_rate=70.0))) == [("quality.stuck", "clear")]


def test_many_spikes_are_noise_and_a_few_are_not():
    few, many = Gated(), Gated()
    for world, every in ((few, 10), (many, 4)):
        world.feed(good(T0, 20))
        spikes = [row("spo2", T0 + (20 + i) * MINUTE, 70 if i % every == 0 else 97, device="ox") for i in range(80)]
        world.feed(spikes)
    assert told(few.found) == []
    assert told(many.found) == [("quality.noise", "low")]


def weigh(world: Gated, *values: float, start: int = 0) -> list[Any]:
    rows = (row("weight", T0 + (start + i) * DAY, v, device="scale") for i, v in enumerate(values))
    return [finding for one in rows for finding in world.feed([one]) if finding.key.rule.startswith("quality")]


def test_somebody_elses_weight_asks_to_weigh_again_and_the_patients_ends_it():
    world = Gated()
    assert weigh(world, 70.1, 70.4, 69.9) == []
    found = weigh(world, 92.3, start=3)
    assert told(found) == [("quality.person", "low")]
    assert found[0].key == FindingKey("quality.person", "p1", "weight", "scale")
    assert found[0].evidence == {"value": 92.3, "unit": "kg", "ask": "repeat"}
    assert world.artefacts() == [("weight", T0 + 3 * DAY, 92.3)]
    assert told(weigh(world, 70.2, start=4)) == [("quality.person", "clear")]


def test_a_new_weight_is_believed_after_three_days_that_agree():
    world = Gated()
    weigh(world, 70.0, 70.2)
    assert told(weigh(world, 58.0, 58.3, 58.1, start=2)) == [("quality.person", "low"), ("quality.person", "clear")]
    assert world.artefacts() == [], "they were the patient all along"
    assert weigh(world, 58.2, 58.0, start=5) == []
    assert told(weigh(world, 70.0, start=7)) == [("quality.person", "low")]


def test_a_visitor_who_weighs_thrice_on_one_day_changes_nothing():
    world = Gated()
    weigh(world, 70.0, 70.2)
    world.feed([row("weight", T0 + 2 * DAY + i * MINUTE, 95.0 + i / 10, device="scale") for i in range(5)])
    assert len(world.artefacts()) == 5
    assert told(weigh(world, 70.1, start=3)) == [("quality.person", "clear")]


def test_what_fluid_does_in_days_is_no_other_person():
    world = Gated()
    assert weigh(world, 70.0, 71.2, 72.1, 73.4, 74.6, 75.3) == []
    assert weigh(world, 81.0, start=26) == [], "and after three weeks without weighing more may have changed"


@pytest.mark.parametrize("cut", range(8))
def test_weights_uploaded_together_are_judged_as_if_one_by_one(cut: int):
    values = [70.0, 70.2, 58.0, 58.3, 58.1, 58.2, 90.0, 58.0]
    rows = [row("weight", T0 + i * DAY, v, device="scale") for i, v in enumerate(values)]
    single, parts = Gated(), Gated()
    one_by_one(single, rows)
    for part in (rows[:cut], rows[cut:]):
        parts.feed(part)
    assert parts.artefacts() == single.artefacts() == [("weight", T0 + 6 * DAY, 90.0)]
    assert [(f.key, f.time, f.severity) for f in parts.found] == [(f.key, f.time, f.severity) for f in single.found]


def beats(world: Gated, pulse: float, rate: float, start: int, minutes: int) -> list[Any]:
    rows = []
    for i in range(minutes):
        at = T0 + (start + i) * MINUTE
        rows += [row("spo2", at, 96 + i % 2, device="ox"), row("heart_rate", at, pulse + i % 3, device="ox")]
        rows.append(row("heart_rate", at, rate + i % 3, device="strap"))
    return [f for f in world.feed(rows) if f.key.rule == "quality.disagreement"]


def test_pulse_and_heart_rate_that_disagree_are_told_and_both_kept():
    world = Gated()
    assert beats(world, 70, 72, 0, 10) == []
    found = beats(world, 60, 100, 10, 10)
    assert told(found) == [("quality.disagreement", "low")]
    assert found[0].key == FindingKey("quality.disagreement", "p1", "heart_rate", "ox")
    assert found[0].evidence["other_device"] == "strap"
    assert world.artefacts() == []
    assert told(beats(world, 72, 74, 20, 10)) == [("quality.disagreement", "clear")]


def test_a_disagreement_hides_no_alarm():
    world = Gated()
    beats(world, 70, 72, 0, 10)
    beats(world, 70, 150, 10, 10)
    assert ("strap", 3) in {(f.key.device, int(f.severity)) for f in world.found if f.key.rule == "limit.high"}


def test_one_odd_minute_and_a_cuff_are_no_disagreement():
    world = Gated()
    for i in range(10):
        assert beats(world, 60, 100 if i % 5 == 0 else 62, i, 1) == []
    rows = [row("systolic_bp", T0 + HOUR, 120, device="cuff"), row("heart_rate", T0 + HOUR, 110, device="cuff")]
    world.feed(rows)
    assert beats(world, 60, 62, 61, 10) == []
