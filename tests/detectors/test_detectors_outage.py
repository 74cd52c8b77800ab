"""Outages: one fault is one alert, and it hides nobody for long."""

from typing import Any

import pytest

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


BEHIND = tuple(oximeter(name, gateway="g1") for name in "abcde")
NAMES = tuple("abcde")


def speak(world: World, first: int, last: int, *devices: str) -> list[Finding]:
    """Those devices each minute, and the sweeps between."""
    return [
        f for m in range(first, last) for f in [*all_speak(world, T0 + m * MINUTE, *devices), *minutes(world, m, m + 1)]
    ]


@pytest.mark.parametrize("devices", [BEHIND, tuple(oximeter(name) for name in "abcde")])
def test_a_gateway_that_falls_silent_is_one_alert(devices: tuple[Device, ...]):
    world = World(people(1, *devices))
    speak(world, 0, 10, *NAMES)
    (gone,) = minutes(world, 10, 120)
    assert (gone.key.rule, gone.key.patient, gone.severity.word) == ("outage.gateway", "p1", "medium")
    assert (gone.evidence, gone.onset) == ({"devices": 5, "patients": 1}, T0 + 9 * MINUTE)
    assert gone.key.device == (devices[0].gateway or "home")
    assert told(speak(world, 120, 160, *NAMES)) == [("outage.gateway", "clear")]


def test_a_gateway_of_several_patients_names_none_of_them():
    world = World(people(3, *BEHIND))
    speak(world, 0, 10, *NAMES)
    (gone,) = minutes(world, 10, 60)
    assert (gone.key.patient, gone.key.device, gone.evidence) == ("", "g1", {"devices": 15, "patients": 3})


def test_one_device_that_dies_is_told_as_before_and_two_of_five_are_two():
    world = World(people(1, *BEHIND))
    speak(world, 0, 10, *NAMES)
    found = speak(world, 10, 60, "c", "d", "e")
    assert [(f.key.rule, f.key.device, f.time) for f in found] == [
        ("gap.silent", name, T0 + 25 * MINUTE) for name in ("a", "b")
    ]


def test_a_device_long_dead_is_no_part_of_it():
    world = World(people(1, *BEHIND))
    speak(world, 0, 10, *NAMES)
    assert told(speak(world, 10, 60, "b", "c", "d", "e")) == [("gap.silent", "medium")]
    (gone,) = minutes(world, 60, 90)
    assert gone.evidence["devices"] == 4


def test_its_last_will_is_enough_and_the_devices_do_not_follow():
    gateway = Device(id="g1", type=DeviceType.GATEWAY, silent_after=HOUR)
    world = World(people(1, gateway, *BEHIND[:2]))
    speak(world, 0, 10, "g1", "a", "b")
    assert world.status(False, T0 + 10 * MINUTE, device="g1") == []
    (gone,) = minutes(world, 10, 60)
    assert (gone.key.rule, gone.key.device, gone.time) == ("outage.gateway", "g1", T0 + 13 * MINUTE)
    assert gone.evidence == {"devices": 2, "patients": 1}
    assert told(world.status(True, T0 + 60 * MINUTE, device="g1")) == [("outage.gateway", "clear")]
    later = [f for m in range(60, 90) for f in [*all_speak(world, T0 + m * MINUTE, "a"), *minutes(world, m, m + 1)]]
    assert [(f.key.rule, f.key.device) for f in later] == [("gap.silent", "b")], "who does not come back is told"


def test_a_gateway_hides_no_ordered_measurement_and_no_lonely_patient_for_ever():
    plan = CarePlan(ordered=(Ordered(signal="spo2", every=30 * MINUTE),))
    world = World(people(1, *BEHIND, plan=plan))
    speak(world, 0, 10, *NAMES)
    found = minutes(world, 10, 300)
    assert told(found) == [("outage.gateway", "medium"), ("gap.missed", "medium"), ("gap.silent", "medium")]
    assert found[2].time == T0 + (9 + 15 + 120 + 1) * MINUTE


def test_restarted_it_finds_the_same_outage_and_tells_it_once():
    before = World(people(1, *BEHIND))
    past = Past(before.series)
    rows = [row("spo2", T0, 97, device=name) for name in NAMES]
    past.append(before.batch(rows))
    before.feed(rows)
    minutes(before, 0, 30)
    for alerts in ([], live(before.found)):
        after = World(before.people, before.series)
        after.bank.warm(past, alerts, T0 + 40 * MINUTE)
        found = minutes(after, 40, 50)
        assert [(f.key, f.onset) for f in found] == ([] if alerts else [(f.key, f.onset) for f in before.found])


class Restarted:
    """A world whose readings are kept, and that may be started again."""

    def __init__(self, people: Agency) -> None:
        self.world = World(people)
        self.past = Past(self.world.series)

    def hears(self, at: int, *devices: str) -> None:
        batch = self.world.batch([row("spo2", at, 97, device=name) for name in devices])
        self.past.append(batch)
        self.world.found += self.world.bank.scan(Intake(batch), at)

    def starts(self, now: int) -> None:
        after = World(self.world.people, self.world.series)
        after.bank.warm(self.past, live(self.world.found), now)
        after.found, self.world = self.world.found, after


@pytest.mark.parametrize("start", [34, 40])
def test_restarted_after_a_return_it_waits_for_who_has_not_been_heard_yet(start: int):
    found = []
    for restarts in (False, True):
        home = Restarted(people(1, *BEHIND[:3], oximeter("d", gateway="g1", silent_after=10 * MINUTE)))
        for minute in range(46):
            if restarts and minute == start:
                home.starts(T0 + minute * MINUTE)
            if minute < 10 or minute == 33:
                home.hears(T0 + minute * MINUTE, *NAMES[: 4 if minute < 10 else 3])
            home.world.sweep(T0 + minute * MINUTE)
        found.append([(f.key.rule, f.key.device, f.severity, f.time, f.onset) for f in home.world.found])
    assert [rule for rule, *_ in found[0]] == ["outage.gateway", "outage.gateway", "gap.silent"]
    assert found[0] == found[1]


def test_restarted_after_the_brokers_return_waits_are_excused_as_they_were():
    found, silent = [], []
    for restarts in (False, True):
        home = Restarted(people(1, oximeter("a", silent_after=10 * MINUTE), oximeter("b")))
        broker(home.world, True, T0)
        for minute in range(60):
            if restarts and minute == 33:
                home.starts(T0 + minute * MINUTE)
                broker(home.world, False, T0 + minute * MINUTE)
            if minute in (10, 30) or (restarts and minute == 33):
                broker(home.world, minute > 10, T0 + minute * MINUTE)
            if minute < 10 or minute >= 30:
                home.hears(T0 + minute * MINUTE, *("ab" if minute < 10 else "b"))
            home.world.sweep(T0 + minute * MINUTE)
        found.append([(f.key.rule, f.key.device, f.severity, f.onset) for f in home.world.found])
        silent.append(home.world.found[-1].time)
    assert [rule for rule, *_ in found[0]] == ["outage.broker"] * 3 + ["gap.silent"]
    assert found[0] == found[1]
    assert silent[0] <= silent[1] <= silent[0] + MINUTE, "when it was sure that the broker is back is known, no more"


def test_a_second_silence_is_another_question_than_the_first():
    world = World(people(1, oximeter("a", gateway="g1", silent_after=5 * MINUTE), *BEHIND[1:3]))
    speak(world, 0, 10, *NAMES[:3])
    speak(world, 10, 30, "b", "c")
    speak(world, 30, 40, *NAMES[:3])
    found = minutes(world, 40, 56)
    assert told(found) == [("outage.gateway", "medium")], "the first time only one was silent, now it is all three"
    assert of(world.found, "gap.silent") == ["medium", "clear"]


def test_a_device_that_cannot_be_missed_in_time_holds_nobodys_silence_back():
    scale = Device(id="scale", type=DeviceType.OTHER, silent_after=24 * HOUR)
    for last in (0, 100):
        world = World(people(1, *BEHIND[:1], oximeter("b", gateway="g1"), scale.model_copy(update={"gateway": "g1"})))
        all_speak(world, T0 + last * MINUTE, "scale")
        speak(world, 100, 110, "a", "b")
        found = minutes(world, 110, 150)
        assert {(f.key.rule, f.time) for f in found} == {("gap.silent", T0 + (109 + 16) * MINUTE)}


def test_what_nobody_is_behind_any_more_is_over():
    world = World(people(1, *BEHIND))
    speak(world, 0, 10, *NAMES)
    minutes(world, 10, 30)
    world.bank.use(people(1, oximeter("a")), T0 + 30 * MINUTE)
    assert ("outage.gateway", "clear") in told(minutes(world, 30, 31))


def test_both_at_once_the_gateway_is_judged_when_the_broker_is_back():
    world = World(people(2, *BEHIND))
    broker(world, True, T0)
    speak(world, 0, 10, *NAMES)
    minutes(world, 10, 30)
    assert told(world.found) == [("outage.gateway", "medium")]
    broker(world, False, T0 + 30 * MINUTE)
    minutes(world, 30, 60)
    broker(world, True, T0 + 60 * MINUTE)
    minutes(world, 60, 70)
    assert of(world.found, "outage.gateway") == ["medium"], "not over for being unheard"
