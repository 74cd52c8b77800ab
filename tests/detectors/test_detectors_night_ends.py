"""A night is judged when it is over, also of who got up early, and when clocks change."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from detectors.glucose_pattern import GlucosePattern
from detectors.night_desaturation import NightDesaturation
from tests.detectors.kit import row, told
from tests.detectors.slow_kit import Home
from vitals.agency import Agency, Patient
from vitals.times import HOUR, MINUTE, from_datetime


def slept(zone: str, day: tuple[int, int, int], up: tuple[int, int], restart: bool = False) -> tuple[Home, list[str]]:  # noqa: FBT001, FBT002
    """A night with the oximeter and a sensor on from ten until getting up, half of it low; when what was told."""
    clock = ZoneInfo(zone)
    evening = datetime(*day, 22, tzinfo=clock)
    begin, morning = from_datetime(evening), evening + timedelta(days=1)
    end = from_datetime(morning.replace(hour=up[0], minute=up[1]))
    people = Agency(id="a", patients=(Patient(id="p1", name="-", timezone=zone),))
    home = Home(people, detectors=(NightDesaturation(), GlucosePattern()))
    for now in range(begin + 5 * MINUTE, from_datetime(morning.replace(hour=20)), 5 * MINUTE):
        low = (now // HOUR) % 2
        if now <= end:
            values = {"spo2": 86 if low else 96, "glucose": 60 if low else 110}
            home.feed([row(signal, now, value) for signal, value in values.items()], now)
        if restart and now == end + 30 * MINUTE:
            home.restart(now)
        home.sweep(now)
    return home, sorted({datetime.fromtimestamp(f.time / 1000, clock).strftime("%H:%M") for f in home.found})


@pytest.mark.parametrize("up", [(3, 40), (4, 40), (5, 50), (7, 0)])
@pytest.mark.parametrize("restart", [False, True])
def test_whoever_gets_up_early_is_told_when_the_night_is_over(up: tuple[int, int], restart: bool):  # noqa: FBT001
    home, when = slept("Europe/Berlin", (2026, 6, 1), up, restart)
    assert sorted(told(home.found)) == [("glucose_pattern.night", "low"), ("night_desaturation", "low")]
    assert when == ["06:00"]


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", (2026, 3, 28)),
        ("Europe/Berlin", (2026, 10, 24)),
        ("America/New_York", (2026, 3, 7)),
        ("America/New_York", (2026, 10, 31)),
    ],
)
def test_also_when_clocks_change_in_that_night(zone: str, day: tuple[int, int, int]):
    _, when = slept(zone, day, (5, 10))
    assert when == ["06:00"]
