"""One fault is not a thousand notices, and no phone rings without end. Times are UTC."""

from dataclasses import replace
from typing import Any

from alerts.bundle import Bundler
from alerts.throttle import Rate, Throttle
from tests.acceptance.people import ANA, NOOR, OLU, patient, person
from vitals.times import MINUTE, SECOND, iso

TOM = person("tom", "device_support")
WATCH = {"id": "watch", "type": "wearable"}
GOOD, LOW = {"heart_rate": 70}, {"spo2": 84}


def homes(count: int, *devices: dict[str, Any]) -> list[dict[str, Any]]:
    return [patient(f"p{n}", f"Patient {n}", devices=devices or (WATCH,)) for n in range(count)]


def all_measure(home: Any, count: int, *devices: str) -> None:
    """Every device of every patient sends one reading, and the service takes them together."""
    payload = {"time": iso(home.clock.now()), "vitals": GOOD}
    for n in range(count):
        for device in devices or ("watch",):
            home.sends(payload, patient=f"p{n}", device=device)
    home.pipeline.step(0)


def test_twenty_minutes_without_the_broker_are_one_technical_alert(make_home: Any):
    home = make_home(patients=homes(200), caregivers=[ANA, NOOR, OLU, TOM])
    all_measure(home, 200)
    home.broker.reachable = False
    home.fast_forward(minutes=20)
    assert [alert.key.rule for alert in home.live()] == ["outage.broker"]
    home.broker.reachable = True
    for _ in range(20):
        home.fast_forward(minutes=1)
        all_measure(home, 200)
    assert not home.live()
    assert {t.alert for t in home.ledger.transitions()} == {a.id for a in home.ledger.alerts()}
    assert len(home.ledger.alerts()) == 1
    assert 1 <= len(home.notices("tom")) <= 2, "told, and told when it had become worse"
    assert not home.notices("ana"), "nobody is asked to look after two hundred watches"


def test_a_gateway_with_five_devices_is_one_alert(make_home: Any):
    names = ("strap", "clip", "watch", "patch", "ring")
    devices = [{"id": name, "type": "wearable", "gateway": "hub-7"} for name in names]
    home = make_home(patients=homes(1, *devices), caregivers=[ANA, NOOR, OLU, TOM])
    for _ in range(10):
        home.fast_forward(minutes=1)
        all_measure(home, 1, *names)
    home.fast_forward(hours=1)
    assert [(alert.key.rule, alert.key.device) for alert in home.live()] == [("outage.gateway", "hub-7")]
    assert len(home.notices("tom")) == 1
    for _ in range(10):
        home.fast_forward(minutes=1)
        all_measure(home, 1, *names)
    assert not home.live()


def test_a_flood_for_one_phone_is_a_handful_of_messages_and_a_new_high_goes_at_once(make_home: Any):
    home = make_home(patients=homes(40), caregivers=[ANA])
    home.sender = replace(
        home.sender, throttle=Throttle(Rate(6, 10 * MINUTE)), bundle=Bundler(home.ledger, lambda: home.desk.roster)
    )
    home.with_real_outbox()
    for n in range(40):
        home.sends({"time": iso(home.clock.now()), "vitals": GOOD}, patient=f"p{n}", device="watch")
        home.pipeline.step(0)
        home.fast_forward(seconds=10)
    home.fast_forward(minutes=12)
    assert home.phones.wait_for("ana", "")
    low = home.clock.now()
    while not home.live("limit.low"):
        home.arrive({"time": iso(home.clock.now()), "vitals": LOW}, patient="p39", device="clip")
        home.clock.advance(0 if home.live("limit.low") else 20 * SECOND)  # threads send now: time must not run away
    assert home.phones.wait_for("ana", "Oxygen saturation low"), "in the middle of the flood"
    (danger,) = [n for n in home.phones.heard if "Oxygen saturation low" in n.text]
    assert danger.time - low <= 2 * MINUTE
    assert "technical" not in danger.text
    for _ in range(30):
        home.fast_forward(minutes=1)
        home.outbox.wake()
        if home.phones.wait_for("ana", " alerts\n", seconds=0.5):
            break
    home.fast_forward(minutes=15)  # threads may have bundled before the last had fallen silent
    home.outbox.stop(10)
    assert home.notices("ana", " alerts\n"), "the rest, as one"
    assert len(home.live("gap.silent")) == 40
    assert len([n for n in home.phones.heard if n.who == "ana"]) <= 12
