"""What devices say about themselves: online, battery, and the last will when they fall silent."""

import heapq
from collections.abc import Iterator

from simulators.devices.model import to_json
from simulators.faults import WILL_AFTER, BatteryDrain, Fault, Way
from simulators.publication import Publication
from vitals.times import SECOND, iso

_CHARGED_AT = 0.25
"""A healthy device is charged before it falls below this."""


class DeviceStatus:
    """One device's status topic. ``level`` is its battery at ``start``, ``life`` ms from full to empty."""

    __slots__ = ("_faults", "_level", "_life", "_start", "topic")

    def __init__(self, topic: str, start: int, level: float, life: int, faults: list[Fault]) -> None:
        self.topic, self._start, self._level, self._life, self._faults = topic, start, level, life, faults

    def battery(self, now: int) -> float:
        """The fraction it would report: it falls evenly, is charged at a quarter, and drains faster when faulty.

        >>> DeviceStatus("t", 0, 1.0, 1000, []).battery(500)
        0.5
        """
        above = (self._level - _CHARGED_AT - (now - self._start) / self._life) % (1 - _CHARGED_AT)
        level = _CHARGED_AT + above if now > self._start else self._level
        for fault in self._faults:
            if fault.active(now):
                level = fault.battery(now, level)
        return round(level, 2)

    def publication(self, now: int, state: str) -> Publication:
        """Retained, QoS 1; a last will knows no battery."""
        said = {"time": iso(now), "state": state}
        payload = to_json(said | {"battery": self.battery(now)} if state == "online" else said)
        return Publication(self.topic, payload, 1, True, now)

    def mute(self, now: int) -> bool:
        return any(f.way in (Way.LOST, Way.HELD) and f.active(now) for f in self._faults)

    def extra(self) -> Iterator[tuple[int, str]]:
        """Times at which its faults make it speak, beside the regular ones."""
        for fault in self._faults:
            if fault.way in (Way.LOST, Way.HELD):
                if fault.duration > WILL_AFTER:
                    yield fault.onset + WILL_AFTER, "offline"
                yield fault.end, "online"
            if isinstance(fault, BatteryDrain):
                yield from ((fault.onset + fault.duration * i // 10, "online") for i in range(1, 11))


class StatusBoard:
    """Every device's statuses in order of time: at the start, every ``every`` ms, and around faults."""

    def __init__(self, devices: list[DeviceStatus], start: int, every: int) -> None:
        self._devices, self._every = devices, every
        spread = min(10 * SECOND, every)
        self._due = [(start + spread * i // max(len(devices), 1), i, "regular") for i in range(len(devices))]
        self._due += [(time, i, state) for i, d in enumerate(devices) for time, state in d.extra() if time >= start]
        heapq.heapify(self._due)

    def until(self, end: int) -> Iterator[Publication]:
        """What is said before ``end``."""
        while self._due and self._due[0][0] < end:
            time, i, state = heapq.heappop(self._due)
            device = self._devices[i]
            if state == "offline" or not device.mute(time):
                yield device.publication(time, "online" if state == "regular" else state)
            if state == "regular":
                heapq.heappush(self._due, (time + self._every, i, state))
