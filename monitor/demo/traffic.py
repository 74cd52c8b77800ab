"""The demo's devices: a simulator in a process of its own, on the same scaled clock."""

import multiprocessing
import os
import signal
import threading
from multiprocessing.synchronize import Event
from typing import Any, NamedTuple, Self

from simulators.demo import demo_fleet
from simulators.publisher import Publisher
from simulators.settings import PublisherSettings
from vitals.clock import ScaledClock

_SPAWN = multiprocessing.get_context("spawn")


class Traffic(NamedTuple):
    """What the process is told: which fleet, on which clock, to which broker."""

    patients: int
    seed: int
    start: int
    span: int
    speed: float
    origin: float
    host: str
    port: int


class TrafficProcess:
    """Publishes from entering to leaving; ends with its parent, however that ends."""

    def __init__(self, traffic: Traffic) -> None:
        self._stop: Event = _SPAWN.Event()
        self._ready: Event = _SPAWN.Event()
        self._said: Any = _SPAWN.SimpleQueue()
        arguments = (traffic, self._ready, self._stop, self._said)
        self._process = _SPAWN.Process(target=_publish, args=arguments, name="simulator", daemon=True)
        self.published = 0

    def __enter__(self) -> Self:
        self._process.start()
        self._ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> int:
        """End the simulator and return how many messages the broker confirmed."""
        if self._process.is_alive() or not self._said.empty():
            self._stop.set()
            self._process.join(30)
            self.published = self._said.get() if not self._said.empty() else self.published
        return self.published


def _publish(traffic: Traffic, ready: Event, stop: Event, said: Any) -> None:
    """The child: publishes until told to stop, or until the parent is gone."""
    for number in (signal.SIGINT, signal.SIGTERM):  # they reach the whole group; the parent tells us when
        signal.signal(number, signal.SIG_IGN)
    ended = threading.Event()
    threading.Thread(target=_watch, args=(stop, ended), daemon=True).start()
    fleet = demo_fleet(traffic.patients, traffic.seed, traffic.start, traffic.span)
    clock = ScaledClock(traffic.start, traffic.speed, traffic.origin)
    settings = PublisherSettings(host=traffic.host, port=traffic.port, client_id="homevigil-demo-devices")
    ready.set()
    said.put(Publisher(settings, fleet, clock, poll=2).run(ended).confirmed)


def _watch(stop: Event, ended: threading.Event) -> None:
    parent = multiprocessing.parent_process()
    while not stop.wait(0.2):
        if parent is not None and not parent.is_alive():
            os._exit(1)  # the broker went with the parent: nobody is left to confirm what the publisher would wait for
    ended.set()
