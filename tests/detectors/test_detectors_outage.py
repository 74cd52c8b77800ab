"""Outages: one fault is one alert, and it hides nobody for long."""

from typing import Any

from tests.detectors.kit import T0, Past, World, live, of, row, told
from vitals.agency import Agency, Device, DeviceType, Patient
from vitals.batch import Batch
from vitals.finding import Finding, Kind
from vitals.intake import BROKER, DeviceStatus, EventType, Intake
from vitals.plan import CarePlan, Ordered
from vitals.times import HOUR, MINUTE

ORDERED = CarePlan(ordered=(Ordered(signal="weight", every=HOUR),))


def oximeter(name: str = "hub", **more: Any) -> Device:
    return Device(id=name, type=DeviceType.OXIMETER, **more)


def people(count: int = 1, *devices: Device, plan: CarePlan | None = None) -> Agency:
    plan, devices = plan or CarePlan(), devices or (oximeter(),)
    ids = [f"p{i + 1}" for i in range(count)]
    return Agency(
        id="a", patients=tuple(Patient(id=i, name="-", timezone="UTC", plan=plan, devices=devices) for i in ids)
    )


def broker(world: World, online: bool, at: int) -> list[Finding]:  # noqa: FBT001
    status = DeviceStatus("", BROKER, at, at, online=online)
    found = world.bank.scan(Intake(Batch.empty(), statuses=(status,)), at)
    world.found += found
    return found


def all_speak(world: World, at: int, *devices: str) -> list[Finding]:
    rows = [row("spo2", at, 97, patient=p.id, device=d) for p in world.people.patients for d in devices or ("hub",)]
    return world.feed(rows)


def minutes(world: World, first: int, last: int) -> list[Finding]:
    return [f for minute in range(first, last) for f in world.sweep(T0 + minute * MINUTE)]


def test_without_the_broker_nobody_is_silent_and_it_is_one_alert():
    world = World(people(200))
    broker(world, True, T0)
    all_speak(world, T0)
    broker(world, False, T0 + MINUTE)
    lost = minutes(world, 1, 21)
    assert told(lost) == [("outage.broker", "medium"), ("outage.broker", "high")]
    assert {(f.key.patient, f.key.device, f.kind, f.onset) for f in lost} == {("", BROKER, Kind.TECHNICAL, T0 + MINUTE)}
    broker(world, True, T0 + 21 * MINUTE)
    all_speak(world, T0 + 21 * MINUTE)
    assert told(minutes(world, 21, 30)) == [("outage.broker", "clear")]
    assert not of(world.found, "gap.silent")


def test_a_short_break_is_no_alert_and_delays_nothing():
    world = World(people(1))
    broker(world, True, T0)
    all_speak(world, T0)
    for minute in range(1, 15):
        broker(world, False, T0 + minute * MINUTE)
        broker(world, True, T0 + minute * MINUTE + 5_000)
    assert told(minutes(world, 1, 17)) == [("gap.silent", "medium")]


def test_who_does_not_come_back_is_silent_soon_after():
    world = World(people(2))
    broker(world, True, T0)
    all_speak(world, T0)
    broker(world, False, T0 + MINUTE)
    minutes(world, 1, 21)
    broker(world, True, T0 + 21 * MINUTE)
    found = [
        f for m in range(21, 50) for f in [*world.feed([row("spo2", T0 + m * MINUTE, 97)]), *minutes(world, m, m + 1)]
    ]
    silent = [f for f in found if f.key.rule == "gap.silent"]
    assert [(f.key.patient, f.time) for f in silent] == [("p2", T0 + 36 * MINUTE)]


def test_back_without_a_reading_it_is_not_over_at_once():
    world = World(people(1, Device(id="cuff", type=DeviceType.CUFF)))
    broker(world, False, T0)
    assert told(minutes(world, 0, 5)) == [("outage.broker", "medium")]
    broker(world, True, T0 + 5 * MINUTE)
    assert minutes(world, 5, 20) == []
    assert told(minutes(world, 20, 21)) == [("outage.broker", "clear")]


def test_an_outage_hides_no_care_and_no_lonely_patient_for_ever():
    world = World(people(3, oximeter(), oximeter("watch"), plan=ORDERED))
    broker(world, True, T0)
    all_speak(world, T0, "hub", "watch")
    broker(world, False, T0 + MINUTE)
    assert not [f for f in minutes(world, 1, 120) if f.key.rule.startswith("gap")]
    found = [f for f in minutes(world, 120, 300) if f.key.rule.startswith("gap")]
    assert sorted(f.key.rule for f in found) == ["gap.never"] * 3 + ["gap.silent"] * 3, "one device of each patient"


def test_an_outage_holds_back_no_cry_for_help():
    world = World(people(1))
    broker(world, False, T0)
    minutes(world, 0, 10)
    assert told(world.event(EventType.SOS, T0 + 10 * MINUTE)) == [("event.sos", "high")]


def test_restarted_in_an_outage_it_goes_on():
    before = World(people(20))
    past = Past(before.series)
    broker(before, True, T0)
    rows = [row("spo2", T0, 97, patient=p.id) for p in before.people.patients]
    past.append(before.batch(rows))
    before.feed(rows)
    broker(before, False, T0 + MINUTE)
    minutes(before, 1, 10)
    after = World(before.people, before.series)
    after.bank.warm(past, live(before.found), T0 + 40 * MINUTE)
    broker(after, False, T0 + 40 * MINUTE)
    minutes(after, 40, 50)
    assert told(after.found) == [("outage.broker", "high")]
    assert after.found[0].onset == T0 + MINUTE
