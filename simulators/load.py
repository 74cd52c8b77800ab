"""A steady or flat-out stream of six vital signs from many patients, for benches."""

import threading
from typing import Final

import numpy as np

from simulators.devices.hub import hub
from simulators.fleet import Fleet, FleetSpec
from simulators.publication import topic_of
from simulators.publisher import Progress, Summary
from simulators.settings import PublisherSettings
from simulators.wire import Wire, publish_packet
from vitals.agency import Agency
from vitals.clock import Clock, elapsed, stopwatch
from vitals.times import iso

_ROUNDS: Final = 8
"""How many different readings each patient's hub has to show, in turn."""
_BUNDLE: Final = 64


class Load:
    """``rate`` messages/s (0: as many as the broker confirms) from the hubs of ``patients`` patients, in turn.

    Each payload's time is the clock's at the moment it is written, so that latency can be read from it. Plain TCP
    and MQTT 3.1.1 only; a broken connection ends it (UnavailableError).
    """

    def __init__(
        self,
        settings: PublisherSettings,
        clock: Clock,
        *,
        patients: int,
        rate: float,
        seed: int = 1,
        agency: str = "load",
    ) -> None:
        if settings.tls is not None or settings.protocol != "3.1.1":
            raise ValueError("load needs MQTT 3.1.1 without TLS: leave out tls and set protocol to 3.1.1")
        if rate < 0:
            raise ValueError(f"rate {rate:g} must be 0 (flat out) or more messages a second")
        self._settings, self._clock, self._rate, self._patients = settings, clock, rate, patients
        self._fleet = Fleet(FleetSpec(patients=patients, seed=seed, start=clock.now(), kit="hub", agency=agency))
        ids = [home.id for home in self._fleet.patients()]
        self._topics = [topic_of(agency, patient, "hub-1", "vitals").encode() for patient in ids]
        self._tails = self._shown(seed)
        self._sent = 0

    def agency(self) -> Agency:
        """The agency whose patients these are."""
        return self._fleet.agency()

    def run(self, stop: threading.Event, count: int | None = None, on_published: Progress | None = None) -> Summary:
        """Publish ``count`` messages, or until ``stop`` is set, and wait for every confirmation."""
        began, wire = stopwatch(), Wire(self._settings)
        self._sent, first = 0, elapsed()
        while not stop.is_set() and (count is None or self._sent < count):
            sent = self._bundle(wire, self._allowed(wire, elapsed() - first, count))
            if sent and on_published is not None:
                on_published(sent)
            wire.turn(0.001 if not sent else 0)
        left = self._drain(wire)
        wire.close()
        return Summary(self._sent, 6 * self._sent, wire.acknowledged, left, 0, 0, round(stopwatch() - began, 3))

    def _allowed(self, wire: Wire, seconds: float, count: int | None) -> int:
        due = _BUNDLE if self._rate == 0 else int(seconds * self._rate) + 1 - self._sent
        room = self._settings.window - (self._sent - wire.acknowledged)
        left = _BUNDLE if count is None else count - self._sent
        return max(0, min(due, room, left, _BUNDLE))

    def _bundle(self, wire: Wire, many: int) -> int:
        stamp = iso(self._clock.now()).encode()
        for number in range(self._sent, self._sent + many):
            at = number % self._patients
            seq = number // self._patients
            payload = b'{"time":"%b","seq":%d,"vitals":{%b' % (stamp, seq, self._tails[seq % _ROUNDS][at])
            wire.put(publish_packet(self._topics[at], payload, number % 65_535 + 1))
        self._sent += many
        return many

    def _drain(self, wire: Wire) -> int:
        deadline = elapsed() + self._settings.drain_timeout / 1000
        while wire.acknowledged < self._sent and elapsed() < deadline:
            wire.turn(0.1)
        return self._sent - wire.acknowledged

    def _shown(self, seed: int) -> list[list[bytes]]:
        """What follows ``"vitals":{`` in each patient's payloads, a round at a time."""
        model, rng, n = hub(), np.random.default_rng([seed, 3]), self._patients
        zeros = np.zeros(n, np.int64)
        rounds = []
        for number in range(_ROUNDS):
            self._fleet.cohort.advance(self._clock.now() + 60_000 * number)
            payloads = model.encode(zeros, zeros, model.measure(self._fleet.cohort.latest[model.codes], rng))
            rounds.append([payload.split(b'"vitals":{', 1)[1] for payload in payloads])
        return rounds
