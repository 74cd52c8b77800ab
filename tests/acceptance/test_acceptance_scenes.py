"""A day as it goes, where nothing is a trap. Times are UTC."""

from typing import Any

LOW = {"spo2": 84}
GOOD = {"spo2": 97}


def test_a_low_saturation_reaches_the_assistant_once(home: Any):
    home.stream("00:00", "00:10", **GOOD)
    home.stream("00:10", "00:13", **LOW)
    assert "84 %" in home.expect("ana", "Oxygen")
    assert len(home.notices("ana", "Oxygen")) == 1
    assert len(home.live("limit.low")) == 1


def test_it_clears_on_fresh_normal_readings_and_nobody_climbs_further(home: Any):
    home.stream("00:00", "00:02", **LOW)
    home.stream("00:02", "00:12", **GOOD)
    assert not home.live("limit.low")
    home.nobody_hears_of("Oxygen", but="ana", for_="15m")


def test_nobody_answers_and_it_climbs_to_the_nurse_and_the_manager(home: Any):
    home.stream("00:00", "00:20", **LOW)
    assert [home.times(who, "Oxygen")[0] for who in ("ana", "noor", "olu")] == ["00:01", "00:06", "00:11"]


def test_a_redelivered_message_changes_nothing(home: Any):
    home.stream("00:00", "00:05", **LOW)
    before = (home.readings.count(), len(home.phones.heard), len(home.ledger.transitions()))
    for second in range(0, 300, 20):
        home.arrive({"time": f"2026-11-22T00:{second // 60:02d}:{second % 60:02d}.000Z", "vitals": LOW})
    assert (home.readings.count(), len(home.phones.heard), len(home.ledger.transitions())) == before


def test_a_fall_is_told_at_once_and_stays_until_a_person_closes_it(home: Any):
    home.happens("fall", "00:00")
    home.expect("ana", "Act now")
    home.stream("00:01", "00:10", **GOOD)
    assert home.live("event.fall")
    home.closes("ana", "Fall")
    assert not home.live("event.fall")


def test_what_cannot_be_used_is_kept_with_its_reason(home: Any):
    home.push("00:00", spo2=970, heart_rate=70)
    assert home.readings.count() == 1
    assert [r.reason.value for r in home.ledger.rejects()] == ["implausible"]
