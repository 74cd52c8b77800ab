"""Hours as the clocks of a zone show them, in columns; right also on the nights when they are changed."""

from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from detectors.columns import Ints
from vitals.times import HOUR, MINUTE, to_datetime

_DAY: Final = 24
_MIDDLE: Final = 30 * MINUTE


class Zones:
    """Local hours by zone; what a zone's clocks showed is worked out once a day of its past.

    >>> zones = Zones()
    >>> hours = np.array([495_361, 495_362])  # 2026-07-06T01:00Z and 02:00Z
    >>> (zones.local("Europe/Berlin", hours) - hours).tolist(), zones.local("Asia/Kolkata", hours).tolist()
    ([2, 2], [495366, 495367])
    """

    def __init__(self) -> None:
        self._days: dict[str, dict[int, Ints]] = {}

    def local(self, zone: str, hours: Ints) -> Ints:
        """The number of each hour on that zone's clocks, counted from their 1970-01-01T00:00; where they stand half
        an hour off, rounded down. ``hours`` int64, of any shape, of one era.
        """
        if not hours.size:
            return hours
        day, within = np.divmod(hours, _DAY)
        first, last = int(day.min()), int(day.max())
        known = self._days.setdefault(zone, {})
        for number in range(first, last + 1):
            if number not in known:
                known[number] = _offsets(ZoneInfo(zone), number)
        table = np.array([known[number] for number in range(first, last + 1)])
        offset: Ints = table[day - first, within]
        return (hours * HOUR + offset) // HOUR


def _offsets(zone: ZoneInfo, day: int) -> Ints:
    """How far, ms, the zone's clocks were ahead in the middle of each hour of a day: ``24 * day`` and those after."""
    middles = [(day * _DAY + hour) * HOUR - _MIDDLE for hour in range(_DAY)]
    first, last = _ahead(zone, middles[0]), _ahead(zone, middles[-1])
    if first == last:
        return np.full(_DAY, first, np.int64)
    return np.array([_ahead(zone, middle) for middle in middles], np.int64)


def _ahead(zone: ZoneInfo, at: int) -> int:
    offset = to_datetime(at).astimezone(zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * 1000)
