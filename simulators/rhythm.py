"""The day: local hours in each patient's zone, sleep, the temperature rhythm, and meals."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulators.process import Floats
from vitals.times import DAY, HOUR, to_datetime

MEALS = (8.0, 12.5, 18.5)
"""Local hours of breakfast, lunch and supper (chosen)."""


class LocalTime:
    """Local wall-clock time of many patients at once; zone offsets are looked up once an hour and zone.

    >>> clock = LocalTime(["America/New_York", "Europe/London"])
    >>> clock.hours(1_795_321_267_250, np.array([0, 1])).round(2).tolist()  # 04:21 UTC on a winter's day
    [23.35, 4.35]
    """

    def __init__(self, zones: Sequence[str]) -> None:
        self.names = tuple(zones)
        self._zones = [ZoneInfo(name) for name in zones]
        self._hour = -1
        self._offsets = np.zeros(len(zones), np.int64)

    def offsets(self, now: int, zone: NDArray[np.int64]) -> NDArray[np.int64]:
        """Milliseconds that local time is ahead of UTC at ``now``, for each zone index."""
        if now // HOUR != self._hour:
            self._hour = now // HOUR
            self._offsets = np.array([_ahead(z, now) for z in self._zones], np.int64)
        found: NDArray[np.int64] = self._offsets[zone]
        return found

    def hours(self, now: int, zone: NDArray[np.int64]) -> Floats:
        """Local hour of the day, 0..24."""
        return np.asarray((now + self.offsets(now, zone)) % DAY / HOUR, np.float64)


def _ahead(zone: ZoneInfo, now: int) -> int:
    offset = to_datetime(now).astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) * 1000


def sleep(hours: Any) -> Floats:
    """How asleep, 0..1: a plateau around 03:00, half way at 23:00 and 07:00 (chosen).

    >>> sleep(np.array([3.0, 23.0, 15.0])).round(2).tolist()
    [0.97, 0.5, 0.0]
    """
    depth = np.cos((np.asarray(hours) - 3.0) * (2 * np.pi / 24)) - 0.5
    return np.asarray(1 / (1 + np.exp(-7.0 * depth)), np.float64)


def warmth(hours: Any) -> Floats:
    """The daily temperature rhythm, -1..1, lowest about 05:30 and highest about 17:30.

    Mackowiak, Wasserman and Levine, JAMA 268 (1992) 1578: nadir about 06:00, zenith 16:00–18:00, mean
    daily swing about 0.5 Cel.
    """
    return np.asarray(np.cos((np.asarray(hours) - 17.5) * (2 * np.pi / 24)), np.float64)


def meal_response(hours: Any, peak_after: Any) -> Floats:
    """Glucose after the day's meals, in units of one meal's peak; ``peak_after`` hours (chosen shape)."""
    since = (np.asarray(hours) - np.array(MEALS)[:, None]) % 24
    risen = since / peak_after
    return np.asarray((risen * np.exp(1 - risen)).sum(axis=0), np.float64)
