"""All devices of one model in a fleet: their columns advance together, and only faulty ones are looked at singly."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.devices.model import Model, to_json
from simulators.faults import Fault, Measured, Way
from simulators.process import Floats
from simulators.publication import Publication
from simulators.schedule import Schedule

CHUNK = 200
"""Measurements in one backlog message at most."""


class Group:
    """m devices of one model.

    ``rows`` (m) is each one's patient row, ``topics`` (m) its vitals topic, ``faults`` those of device i. Sequence
    numbers count what was measured, so a lost message leaves a hole.
    """

    def __init__(
        self,
        model: Model,
        rows: NDArray[np.int64],
        topics: Sequence[str],
        *,
        schedule: Schedule,
        start: int,
        rng: np.random.Generator,
    ) -> None:
        self.model, self.rows, self.topics = model, rows, topics
        self._schedule, self._rng = schedule, rng
        self._due = schedule.first(start, len(rows), rng)
        self._seq = np.zeros(len(rows), np.int64)
        self.faults: dict[int, list[Fault]] = {}
        self._first: dict[tuple[int, Fault], tuple[Measured, int]] = {}
        self._held: dict[int, list[dict[str, Any]]] = {}

    def due(self, end: int) -> NDArray[np.int64]:
        """The devices that measure before ``end``."""
        return np.flatnonzero(self._due < end)

    def publish(self, devices: NDArray[np.int64], latest: Floats) -> list[Publication]:
        """What these devices publish now; ``latest`` (signals, patients) is how everybody is."""
        model, times, seqs = self.model, self._due[devices], self._seq[devices]
        values = model.measure(latest[model.codes[:, None], self.rows[devices]], self._rng)
        payloads = model.encode(times, seqs, values)
        topics, n = self.topics, len(model.sensors)
        rows = zip(devices.tolist(), payloads, times.tolist(), strict=True)
        out = [Publication(topics[i], payload, 1, False, time, n) for i, payload, time in rows]
        if self.faults:
            out = self._with_faults(out, devices, seqs, values)
        self._seq[devices] += 1
        self._due[devices] = self._schedule.following(times, devices)
        return out

    def _with_faults(
        self, out: list[Publication], devices: NDArray[np.int64], seqs: NDArray[np.int64], values: Floats
    ) -> list[Publication]:
        kept: list[Publication] = []
        for place, (device, publication) in enumerate(zip(devices.tolist(), out, strict=True)):
            active = [f for f in self.faults.get(device, ()) if f.active(publication.time)]
            if active:
                vitals = {s.signal: v for s, v in zip(self.model.sensors, values[:, place].tolist(), strict=True)}
                kept += self._faulty(device, publication, int(seqs[place]), vitals, active)
            else:
                kept.append(publication)
        return kept

    def _faulty(
        self, device: int, sound: Publication, seq: int, vitals: dict[str, float], active: list[Fault]
    ) -> Iterator[Publication]:
        measured = Measured(sound.time, vitals)
        for fault in active:
            first, at = self._first.setdefault((device, fault), (measured, seq))
            measured = fault.distort(measured, first, seq - at)
        if not measured.vitals:
            return
        sample = self.model.sample(measured.time, seq, measured.vitals)
        ways = {fault.way for fault in active}
        if Way.LOST in ways:
            return
        if Way.HELD in ways:
            self._held.setdefault(device, []).append(sample)
            return
        publication = sound._replace(payload=to_json(sample), readings=len(measured.vitals))
        yield publication
        if Way.TWICE in ways:
            yield publication

    def released(self, start: int, end: int) -> Iterator[Publication]:
        """The backlogs of devices whose outage ends within [start, end), as lists, oldest first."""
        for device, faults in self.faults.items():
            for fault in faults:
                if fault.way is Way.HELD and start <= fault.end < end:
                    held = self._held.pop(device, [])
                    for i in range(0, len(held), CHUNK):
                        part = held[i : i + CHUNK]
                        count = sum(len(sample["vitals"]) for sample in part)
                        yield Publication(self.topics[device], to_json(part), 1, False, fault.end, count)
