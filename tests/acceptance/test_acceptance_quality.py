"""A sensor that measures nothing, as a scene in a home: a technical notice to the right person, and no alarm."""

from typing import Any

OFF = {"spo2": 0, "heart_rate": 0}
GOOD = {"spo2": 97, "heart_rate": 72}


def test_a_probe_that_is_off_for_long_is_told_once_as_something_to_put_right(home: Any):
    home.stream("02:00", "02:20", every="2m", **GOOD)
    home.stream("02:20", "04:20", every="2m", **OFF)
    notice = home.expect("ana", "Sensor off")
    assert "Put the sensor back on" in notice
    assert [alert.key.rule for alert in home.live()] == ["quality.probe_off"]
    assert len(home.notices("ana", "Sensor off")) == 1
    home.restart()
    home.stream("04:20", "04:30", every="2m", **OFF)
    assert len(home.notices("ana", "Sensor off")) == 1, "told once is told"
    home.stream("04:30", "05:10", every="2m", **GOOD)
    assert not home.live()


def test_a_single_wild_value_is_kept_and_pages_nobody(home: Any):
    home.stream("00:00", "00:10", **GOOD)
    home.push("00:10", spo2=70, heart_rate=72)
    home.stream("00:10:20", "00:20", **GOOD)
    home.nobody_hears_of()
    assert home.readings.count() == 2 * 60
