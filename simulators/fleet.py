"""A fleet of simulated patients with their devices: who they are, what they send, and what is true of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulators.devices.button import press
from simulators.devices.model import Model
from simulators.engine import Engine, Placed, tick_for
from simulators.faults import Fault
from simulators.group import Group
from simulators.homes import Kit, device_id, patient_id, patient_of
from simulators.patient import ZONES, Cohort
from simulators.publication import Publication, topic_of
from simulators.schedule import Daily, Every, Schedule
from simulators.status import DeviceStatus, StatusBoard
from simulators.truth import Truth, of_episode, of_fault, write_truth
from vitals.agency import Agency, Patient
from vitals.times import HOUR, SECOND

Rows = NDArray[np.int64]

__all__ = ["Broken", "Fleet", "FleetSpec", "Placed"]


class Broken(NamedTuple):
    """A fault of one patient's device; ``device`` by its name in the home, as ``oximeter-1``."""

    patient: int
    device: str
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetSpec:
    """Everything a fleet is made from; equal specs publish equal bytes.

    ``patients`` how many; ``start`` ms UTC; ``interval`` ms between the messages of a hub or wearable (an oximeter
    sends twice as often); ``kit`` one of hub, home, mixed; ``status_every`` ms between a device's status messages;
    ``extra`` devices (patient row, model's name) that a home has beside its kit. A fall brings its button.
    """

    patients: int
    seed: int
    start: int
    interval: int = 30 * SECOND
    kit: str = "mixed"
    agency: str = "demo"
    zones: tuple[str, ...] = ZONES
    status_every: int = HOUR
    episodes: tuple[Placed, ...] = ()
    faults: tuple[Broken, ...] = ()
    extra: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        for name, least in (("patients", 1), ("interval", 50), ("status_every", 1_000)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} {getattr(self, name)} must be at least {least}")
        for row in (*(p.patient for p in self.episodes), *(b.patient for b in self.faults)):
            if not 0 <= row < self.patients:
                raise ValueError(f"patient {row} of an episode or fault must be within 0..{self.patients - 1}")


class Fleet:
    """Simulated patients and devices. Deterministic: however calls to ``until`` are split, the same is published.

    >>> fleet = Fleet(FleetSpec(patients=2, seed=1, start=1_795_321_200_000, kit="hub"))
    >>> [p.topic for p in fleet.until(1_795_321_200_000)]
    ['homevigil/v1/demo/p-00000/hub-1/status']
    >>> {p.readings for p in fleet.until(1_795_321_240_000)}
    {0, 6}
    """

    exhausted: Final = False

    def __init__(self, spec: FleetSpec) -> None:
        self.spec = spec
        self.cohort = Cohort(spec.patients, spec.seed, spec.start, spec.zones)
        self._rng = np.random.default_rng([spec.seed, 2])
        self._kit = Kit(spec.kit, spec.interval)
        extra: dict[int, list[str]] = {}
        for row, name in (*spec.extra, *((p.patient, "button") for p in spec.episodes if p.episode.events())):
            extra.setdefault(row, []).append(name)
        self.homes: tuple[tuple[Model, ...], ...] = tuple(
            self._kit.of(row, self.cohort.traits, extra.get(row, ())) for row in range(spec.patients)
        )
        self._check_faults()
        groups = [self._group(model) for model in self._kit.models if model.sensors and self._owners(model).size]
        streams = [group for group in groups if group.model.streams]
        shortest = min((group.model.interval for group in streams), default=None)
        tick = tick_for(shortest, sum(len(group.rows) for group in streams))
        events = tuple(self._events())
        self._engine = Engine(
            self.cohort,
            groups,
            board=self._board(),
            placed=spec.episodes,
            events=events,
            start=spec.start,
            tick=tick,
        )

    def until(self, now: int) -> list[Publication]:
        """Everything due up to and including ``now`` (ms UTC) and not handed out yet, in order of time."""
        return self._engine.until(now)

    def patients(self) -> tuple[Patient, ...]:
        """The patients as an agency file has them; caregivers and shifts are somebody else's."""
        zones = self.cohort.traits.zone.tolist()
        traits, names = self.cohort.traits, self.spec.zones
        return tuple(patient_of(row, traits, names[zones[row]], models) for row, models in enumerate(self.homes))

    def agency(self) -> Agency:
        """An agency of these patients alone."""
        return Agency(id=self.spec.agency, patients=self.patients())

    def truth(self) -> list[Truth]:
        """What was put in, in order of onset."""
        episodes = (of_episode(patient_id(row), episode) for row, episode in self.spec.episodes)
        faults = (of_fault(patient_id(row), device, fault) for row, device, fault in self.spec.faults)
        return sorted((*episodes, *faults), key=lambda t: (t.onset, t.patient, t.name))

    def write_truth(self, path: Path | str) -> int:
        """Write the truth as JSON Lines; returns how many lines."""
        return write_truth(self.truth(), path)

    def topic(self, row: int, model_or_id: Model | str, kind: str) -> str:
        device = model_or_id if isinstance(model_or_id, str) else device_id(model_or_id)
        return topic_of(self.spec.agency, patient_id(row), device, kind)

    def _owners(self, model: Model) -> Rows:
        return np.array(
            [row for row, models in enumerate(self.homes) if any(m.name == model.name for m in models)], np.int64
        )

    def _group(self, model: Model) -> Group:
        rows = self._owners(model)
        topics = [self.topic(row, model, "vitals") for row in rows.tolist()]
        schedule, rng = self._schedule(model, rows), self._rng.spawn(1)[0]
        group = Group(model, rows, topics, schedule=schedule, start=self.spec.start, rng=rng)
        place = {row: i for i, row in enumerate(rows.tolist())}
        for broken in self.spec.faults:
            if broken.device == device_id(model):
                group.faults.setdefault(place[broken.patient], []).append(broken.fault)
        return group

    def _schedule(self, model: Model, rows: Rows) -> Schedule:
        if model.streams:
            return Every(model.interval)
        zone = self.cohort.traits.zone[rows]
        return Daily(model.hours, self.cohort.local, zone, Daily.habits(len(rows), self._rng))

    def _board(self) -> StatusBoard:
        """All devices' statuses, batteries somewhere between half and full."""
        faults: dict[tuple[int, str], list[Fault]] = {}
        for broken in self.spec.faults:
            faults.setdefault((broken.patient, broken.device), []).append(broken.fault)
        every = [(row, model) for row, models in enumerate(self.homes) for model in models]
        levels = self._rng.uniform(0.5, 1.0, len(every)).tolist()
        start = self.spec.start
        devices = [
            DeviceStatus(
                self.topic(row, model, "status"),
                start,
                level,
                model.battery_life,
                faults.get((row, device_id(model)), []),
            )
            for (row, model), level in zip(every, levels, strict=True)
        ]
        return StatusBoard(devices, start, self.spec.status_every)

    def _events(self) -> Iterator[Publication]:
        for row, episode in self.spec.episodes:
            for time, event in episode.events():
                if time >= self.spec.start:
                    yield Publication(self.topic(row, "button-1", "event"), press(time, event), 1, False, time)

    def _check_faults(self) -> None:
        for broken in self.spec.faults:
            there = [device_id(model) for model in self.homes[broken.patient]]
            if broken.device not in there:
                raise ValueError(f"patient {broken.patient} has no device {broken.device!r}: one of {', '.join(there)}")
