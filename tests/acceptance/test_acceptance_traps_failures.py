"""What breaks, and who keeps others waiting: traps 11 and 15. Times are UTC."""

import threading
from typing import Any

from tests.acceptance.house import EMERGENCY
from tests.acceptance.people import ANA, NOOR, OLU, patient, person, phone
from vitals.times import SECOND, iso

LOW = {"spo2": 84}
GOOD = {"spo2": 97}


def test_trap_11_the_store_is_down(home: Any):
    """The store down, the broker down, the channel down (one by one): nothing accepted is lost, and someone is told."""
    home.stream("00:00", "00:01", **GOOD)
    home.store_goes_down()
    home.stream("00:01", "00:04", **LOW)
    assert home.times("ana", "Oxygen saturation low") == ["00:02"], "alarms do not wait for a disk"
    home.expect(EMERGENCY, "readings have not been kept")
    assert len(home.broker.unacknowledged) == 9, "the broker keeps what we have not"
    home.store_comes_back()
    assert (home.readings.count(), home.broker.unacknowledged) == (12, [])
    home.expect(EMERGENCY, "works again", within="1m")


def test_11_what_the_store_had_not_is_redelivered_after_a_restart(home: Any):
    home.store_goes_down()
    home.stream("00:01", "00:03", **LOW)
    home.restart()
    assert (home.readings.count(), home.broker.unacknowledged) == (6, [])
    assert home.times("ana", "Oxygen saturation low") == ["00:02"], "and nobody hears of it twice"


def test_trap_11_the_broker_is_down(home: Any):
    """The store down, the broker down, the channel down (one by one): nothing accepted is lost, and someone is told."""
    home.stream("00:00", "00:01", **GOOD)
    home.broker.reachable = False
    home.stream("00:01", "00:05", every="1m", **LOW)
    home.fast_forward(minutes=20)
    outages = [alert.key.rule for alert in home.live("outage")]
    assert outages == ["outage.broker"], "one technical alert, and nobody called silent whom we cannot hear"
    assert [n for n in home.phones.heard if n.alert == home.ledger.live()[0].id], "and somebody is told"
    home.broker.reachable = True
    home.stream("00:26", "00:28", **LOW)
    assert home.readings.count() == 3 + 4 + 6, "what the broker kept has arrived"
    home.expect("ana", "Oxygen saturation low")
    home.fast_forward(minutes=5)
    assert not home.live("outage")


def test_trap_11_every_channel_is_down(make_home: Any):
    """The store down, the broker down, the channel down (one by one): nothing accepted is lost, and someone is told."""
    home = make_home(patients=[patient()])
    home.phones.dead |= {"ana", "noor", "olu"}
    home.stream("00:00", "00:02", **LOW)
    home.expect(EMERGENCY, "an alert has reached nobody", within="3m")
    home.phones.dead.clear()
    home.expect("ana", "Oxygen saturation low", within="3m")
    home.expect(EMERGENCY, "works again", within="1m")


def test_11_one_way_is_down_and_the_same_person_has_another(make_home: Any):
    ways = [phone("push"), {"name": "sms", "url": "console://sms", "after": "90s", "private": True}]
    home = make_home(caregivers=[person("ana", "cna", channels=ways), NOOR, OLU], patients=[patient()])
    home.phones.dead.add("push")
    home.stream("00:00", "00:01:20", **LOW)
    assert home.times("sms", "act now") == ["00:01"], "at once, not ninety seconds later"
    home.fast_forward(minutes=10)
    assert not home.notices(EMERGENCY), "somebody was reached"


def test_11_one_persons_phone_is_down_and_the_next_is_told(make_home: Any):
    home = make_home(patients=[patient()])
    home.phones.dead.add("ana")
    home.stream("00:00", "00:02", **LOW)
    home.expect("noor", "Oxygen saturation low", within="6m")


BEN = person("ben", "cna")
TWO_HOMES = {
    "patients": [patient(), patient("p2", "Patient Two")],
    "caregivers": [ANA, BEN, NOOR, OLU],
    "assignments": [{"patient": "p1", "caregiver": "ana"}, {"patient": "p2", "caregiver": "ben"}],
}


def flood(home: Any, times: int) -> None:
    """Of p1 so many readings, by the kilobyte: everything is wrong, and changes all the time."""
    wrong = ({"spo2": 60, "heart_rate": 190, "glucose": 30}, {"spo2": 97, "heart_rate": 75, "glucose": 420})
    now = home.clock.now()
    rows = [{"time": iso(now - i * SECOND), "vitals": wrong[i // 90 % 2]} for i in range(times - 1, -1, -1)]
    for part in range(0, times, 400):
        home.sends(rows[part : part + 400])
    for _ in range(20):
        home.sends({"time": iso(now), "event": "fall"}, device="button", kind="event")


def test_trap_15_one_noisy_patient_delays_nobody(make_home: Any):
    """One noisy patient cannot delay another patient's alert."""
    home = make_home(**TWO_HOMES)
    home.with_real_outbox()
    home.phones.hanging = {who: threading.Event() for who in ("ana", "noor", "olu")}
    home.stream("00:00", "00:01", patient="p2", **LOW)
    home.fast_forward(minutes=1)
    flood(home, 1_667)
    home.push("00:02", patient="p2", **LOW)
    assert home.readings.count() == 3 * 1_667 + 4, "5,001 of the noisy one, and all of the other's"
    assert home.phones.wait_for("ben", "Oxygen saturation low"), "while no phone of the noisy one's people answers"
    assert not home.notices("ana"), "they hang"


def test_15_and_what_is_dangerous_goes_before_what_is_not(make_home: Any):
    home = make_home(**{**TWO_HOMES, "assignments": [{"patient": p, "caregiver": "ana"} for p in ("p1", "p2")]})
    home.stream("00:00", "00:01", patient="p2", **LOW)
    for device in range(40):
        home.sends(
            {"time": iso(home.clock.now()), "state": "online", "battery": 0.04}, device=f"d{device}", kind="status"
        )
    home.push("00:01", patient="p2", **LOW)
    assert home.phones.heard[-1].who == "ana"
    tonight = [n.text for n in home.phones.heard if n.time == home.clock.now() and n.who == "ana"]
    assert "Act now" in tonight[0]
    assert "Patient Two" in tonight[0]
