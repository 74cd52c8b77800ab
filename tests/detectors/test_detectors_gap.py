"""Gaps: silence is its own, technical, alert; it never says that a patient recovered."""

import pytest

from tests.detectors.kit import ARTEFACT, LATE, T0, Past, World, agency, of, row, told, with_devices
from vitals.agency import Device, DeviceType
from vitals.alert import Alert, AlertState
from vitals.finding import FindingKey, Kind, Severity
from vitals.plan import CarePlan, Ordered, Pause
from vitals.times import DAY, HOUR, MINUTE, iso

ORDERED = CarePlan(ordered=(Ordered(signal="spo2", every=HOUR, grace=30 * MINUTE),))
OXIMETER = Device(id="hub", type=DeviceType.OXIMETER)


def ordered(**more: object) -> World:
    world = World(agency(p1=CarePlan.model_validate({**ORDERED.model_dump(), **more})))
    world.sweep(T0)
    return world


def test_an_ordered_measurement_that_is_missed_and_made_up_for():
    world = ordered()
    world.stream("spo2", [97])
    assert world.sweep(T0 + 89 * MINUTE) == []
    missed = world.sweep(T0 + 91 * MINUTE)
    assert told(missed) == [("gap.missed", "medium")]
    assert missed[0].kind is Kind.TECHNICAL
    assert missed[0].onset == T0 + HOUR
    assert missed[0].evidence == {"every": HOUR, "last": T0, "silent_for": 91 * MINUTE}
    assert world.sweep(T0 + 92 * MINUTE) == []
    assert told(world.feed([row("spo2", T0 + 95 * MINUTE, 97, device="other")])) == [("gap.missed", "clear")]


def test_never_measured_since_it_was_ordered_alarms_too():
    world = ordered()
    assert told(world.sweep(T0 + 2 * HOUR)) == [("gap.never", "medium")]
    assert told(world.stream("spo2", [97], start=T0 + 3 * HOUR)) == [("gap.never", "clear")]
    assert told(world.sweep(T0 + 5 * HOUR)) == [("gap.missed", "medium")]


def test_a_silent_device_and_one_never_seen():
    world = World(with_devices(CarePlan(), OXIMETER, Device(id="watch", type=DeviceType.WEARABLE)))
    world.sweep(T0)
    world.stream("spo2", [97])
    found = world.sweep(T0 + 16 * MINUTE)
    assert {(f.key.rule, f.key.device) for f in found} == {("gap.silent", "hub"), ("gap.never", "watch")}


def test_spot_devices_are_not_silent():
    world = World(with_devices(CarePlan(), Device(id="hub", type=DeviceType.CUFF)))
    world.sweep(T0)
    assert world.sweep(T0 + DAY) == []


def test_a_patient_with_no_reading_at_all():
    world = World(agency(p1=CarePlan(silent_after=6 * HOUR)))
    world.sweep(T0)
    assert told(world.sweep(T0 + 7 * HOUR)) == [("gap.never", "medium")]
    world.stream("weight", [80.0], start=T0 + 8 * HOUR)
    assert told(world.sweep(T0 + 15 * HOUR)) == [("gap.silent", "medium")]


def test_readings_of_last_night_are_not_fresh():
    world = ordered()
    assert told(world.sweep(T0 + 2 * HOUR)) == [("gap.never", "medium")]
    assert world.feed([row("spo2", T0 + 119 * MINUTE, 97, quality=LATE)], now=T0 + 2 * HOUR) == []
    assert world.sweep(T0 + 2 * HOUR) == []


def test_a_device_that_sends_artefacts_is_not_silent_but_measures_nothing():
    world = World(with_devices(ORDERED, OXIMETER))
    world.sweep(T0)
    for i in range(120):
        world.stream("spo2", [97], start=T0 + i * MINUTE, quality=ARTEFACT)
    assert told(world.sweep(T0 + 2 * HOUR)) == [("gap.never", "medium")]
    assert [f.key.signal for f in world.found if f.key.rule == "gap.never"] == ["spo2"]


def test_silence_never_clears_what_is_about_the_patient():
    world = ordered()
    world.stream("spo2", [84] * 5)
    for hours in range(1, 48):
        world.sweep(T0 + hours * HOUR)
    assert of(world.found, "limit.low") == ["high"]
    assert of(world.found, "early_warning") == ["low"]


def test_during_a_pause_nothing_opens_and_waits_begin_anew_when_it_ends():
    world = ordered(pauses=(Pause(start=iso(T0 + HOUR), end=iso(T0 + DAY)),))
    world.stream("spo2", [97])
    assert world.sweep(T0 + 10 * HOUR) == []
    assert world.sweep(T0 + DAY + HOUR) == []
    late = world.sweep(T0 + DAY + 2 * HOUR)
    assert told(late) == [("gap.missed", "medium")]
    assert late[0].onset == T0 + DAY + HOUR


def test_a_pause_does_not_end_what_is_open():
    world = ordered(pauses=(Pause(start=iso(T0 + 3 * HOUR), end=iso(T0 + DAY)),))
    world.stream("spo2", [97])
    world.sweep(T0 + 2 * HOUR)
    for hours in (4, 24, 25):
        assert world.sweep(T0 + hours * HOUR) == []
    assert told(world.stream("spo2", [97], start=T0 + 25 * HOUR)) == [("gap.missed", "clear")]


def test_what_is_no_longer_ordered_is_over():
    world = ordered()
    world.sweep(T0 + 2 * HOUR)
    world.bank.use(agency(p1=CarePlan()), T0 + 2 * HOUR)
    assert told(world.sweep(T0 + 2 * HOUR)) == [("gap.never", "clear")]


def test_a_change_of_plan_forgets_neither_since_when_nor_what_was_told():
    world = ordered()
    world.bank.use(agency(p1=ORDERED, p2=CarePlan()), T0 + HOUR)
    assert told(world.sweep(T0 + 2 * HOUR)) == [("gap.never", "medium")]
    world.bank.use(agency(p1=ORDERED), T0 + 2 * HOUR)
    assert world.sweep(T0 + 2 * HOUR) == []


def test_since_when_it_is_ordered_outlives_the_bank():
    since = {("p1", "spo2", ""): T0, ("p1", "", "hub"): T0 + HOUR, ("p1", "", ""): T0 - HOUR}
    plan = CarePlan(ordered=ORDERED.ordered, silent_after=3 * HOUR)
    world = World(with_devices(plan, OXIMETER))
    world.bank.warm(Past(), [], T0 + HOUR, since)
    assert world.sweep(T0 + 75 * MINUTE) == []
    assert {f.key[2:] for f in world.sweep(T0 + 76 * MINUTE)} == {("", "hub")}
    found = world.sweep(T0 + 91 * MINUTE)
    assert [(f.key.rule, f.key.signal, f.onset) for f in found] == [("gap.never", "spo2", T0 + HOUR)]
    assert [(f.key[2:], f.onset) for f in world.sweep(T0 + 2 * HOUR + 1)] == [(("", ""), T0 + 2 * HOUR)]


def test_what_was_missed_was_heard_once_though_memory_goes_back_no_further():
    key = FindingKey("gap.missed", "p1", "spo2")
    missed = Alert("A", key, Kind.TECHNICAL, Severity.MEDIUM, AlertState.OPEN, T0 - 3 * DAY, T0, T0)
    world = World(agency(p1=ORDERED))
    world.bank.warm(Past(), [missed], T0, {("p1", "spo2", ""): T0 - 9 * DAY})
    assert world.sweep(T0 + DAY) == []
    assert told(world.feed([row("spo2", T0 + DAY, 97)])) == [("gap.missed", "clear")]


def test_plans_taken_up_say_since_when_and_what_they_do_not_say_counts_from_now():
    world = World(agency())
    world.bank.use(agency(p1=ORDERED, p2=ORDERED), T0, {("p1", "spo2", ""): T0 - HOUR})
    assert [f.key.patient for f in world.sweep(T0 + 31 * MINUTE)] == ["p1"]
    world.bank.use(agency(p1=ORDERED, p2=ORDERED), T0 + HOUR)
    assert [f.key.patient for f in world.sweep(T0 + 91 * MINUTE)] == ["p2"]


def test_offline_after_its_grace_and_then_not_silent_as_well():
    world = World(with_devices(CarePlan(), OXIMETER))
    world.stream("spo2", [97])
    assert world.status(False, T0 + MINUTE) == []
    assert told(world.sweep(T0 + 4 * MINUTE)) == [("gap.offline", "low")]
    assert told(world.sweep(T0 + 20 * MINUTE)) == [("gap.offline", "medium")]
    assert told(world.status(True, T0 + 30 * MINUTE)) == [("gap.offline", "clear")]


def test_a_short_absence_is_not_told_and_a_reading_is_a_return():
    world = World(with_devices(CarePlan(), OXIMETER))
    world.status(False, T0)
    world.status(True, T0 + MINUTE)
    assert world.sweep(T0 + 10 * MINUTE) == []
    world.status(False, T0 + 10 * MINUTE)
    world.sweep(T0 + 14 * MINUTE)
    assert told(world.stream("spo2", [97], start=T0 + 15 * MINUTE)) == [("gap.offline", "clear")]


def test_a_retained_status_may_open_and_clears_nothing():
    world = World(with_devices(CarePlan(), OXIMETER))
    world.status(False, T0, 0.1, retained=True)
    assert set(told([*world.found, *world.sweep(T0 + 3 * MINUTE)])) == {("gap.offline", "low"), ("gap.battery", "low")}
    assert world.status(True, T0 + 4 * MINUTE, 0.9, retained=True) == []


def test_who_says_twice_that_it_is_gone_is_not_back():
    world = World(with_devices(CarePlan(), OXIMETER))
    world.stream("spo2", [97])
    world.status(False, T0 + MINUTE)
    world.status(False, T0 + 2 * MINUTE)
    assert told(world.sweep(T0 + 4 * MINUTE)) == [("gap.offline", "low")]
    assert world.status(False, T0 + 5 * MINUTE) == []
    assert told(world.stream("spo2", [97], start=T0 + 6 * MINUTE)) == [("gap.offline", "clear")]


def test_after_a_pause_who_is_offline_has_its_wait_anew_and_a_weak_battery_is_told_as_of_now():
    world = World(with_devices(CarePlan(pauses=(Pause(start=iso(T0), end=iso(T0 + DAY)),)), OXIMETER))
    world.status(False, T0 + HOUR, 0.1)
    assert world.sweep(T0 + 12 * HOUR) == []
    weak = world.sweep(T0 + DAY)
    assert [(f.key.rule, f.time, f.onset) for f in weak] == [("gap.battery", T0 + DAY, T0 + HOUR)]
    assert world.sweep(T0 + DAY + 2 * MINUTE) == []
    assert told(world.sweep(T0 + DAY + 3 * MINUTE)) == [("gap.offline", "low")]
    assert told(world.sweep(T0 + DAY + 16 * MINUTE)) == [("gap.offline", "medium")]


@pytest.mark.parametrize(
    ("charges", "severities"),
    [
        ([0.9, 0.16, 0.15, 0.1, 0.2, 0.25], ["low", "clear"]),
        ([0.05, 0.1, 0.3], ["medium", "clear"]),
        ([0.15, 0.04, 0.24, 0.26], ["low", "medium", "clear"]),
        ([0.24, 0.16], []),
    ],
)
def test_battery(charges: list[float], severities: list[str]):
    world = World(with_devices(CarePlan(), OXIMETER))
    for i, charge in enumerate(charges):
        world.status(True, T0 + i * MINUTE, charge)
    assert of(world.found, "gap.battery") == severities


def test_two_thousand_patients_are_swept_without_a_finding_too_many():
    plans = {f"p{i}": ORDERED for i in range(2000)}
    world = World(agency(**plans))
    world.sweep(T0)
    world.feed([row("spo2", T0 + i, 97, patient=f"p{i}") for i in range(0, 2000, 2)])
    found = world.sweep(T0 + 100 * MINUTE)
    assert (of(found, "gap.never"), of(found, "gap.missed")) == (["medium"] * 1000, ["medium"] * 1000)
