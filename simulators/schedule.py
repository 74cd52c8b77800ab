"""When devices measure: in a steady stream, or at hours of the patient's own day."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulators.rhythm import LocalTime
from vitals.times import DAY, HOUR, MINUTE

Times = NDArray[np.int64]


class Schedule(Protocol):
    """First and following times of m devices, ms UTC."""

    def first(self, start: int, m: int, rng: np.random.Generator) -> Times: ...

    def following(self, due: Times, rows: NDArray[np.int64]) -> Times:
        """The next time of the devices in ``rows`` after their present ``due``."""
        ...


class Every:
    """Every ``interval`` ms, each device at its own moment of the interval."""

    def __init__(self, interval: int) -> None:
        self.interval = interval

    def first(self, start: int, m: int, rng: np.random.Generator) -> Times:
        return start + rng.integers(0, self.interval, m)

    def following(self, due: Times, rows: NDArray[np.int64]) -> Times:  # noqa: ARG002 (all rows have one interval)
        return due + self.interval


class Daily:
    """At local ``hours`` each day, each person up to 25 minutes off by habit; and once in the first quarter of an
    hour, as somebody tries the device out. ``zone`` is each device's index into the local time's zones.
    """

    def __init__(self, hours: tuple[float, ...], local: LocalTime, zone: NDArray[np.int64], habit: Times) -> None:
        self._slots = np.sort(np.array([round(hour * HOUR) for hour in hours], np.int64))
        self._local, self._zone, self._habit = local, zone, habit

    @staticmethod
    def habits(m: int, rng: np.random.Generator) -> Times:
        """How early or late each person is, ms."""
        return rng.integers(-25 * MINUTE, 25 * MINUTE, m)

    def first(self, start: int, m: int, rng: np.random.Generator) -> Times:
        return start + rng.integers(10_000, 15 * MINUTE, m)

    def following(self, due: Times, rows: NDArray[np.int64]) -> Times:
        zone, habit = self._zone[rows], self._habit[rows]
        local = due + self._local.offsets(int(due.max()), zone) - habit
        day, within = np.divmod(local + MINUTE, DAY)  # a minute ahead: the slot just used is over
        slot = np.searchsorted(self._slots, within, side="right")
        later = day + slot // len(self._slots)
        wall: Times = later * DAY + self._slots[slot % len(self._slots)] + habit
        utc = wall - self._local.offsets(int(wall.max()) - HOUR, zone)
        return np.asarray(np.maximum(utc, due + MINUTE), np.int64)
