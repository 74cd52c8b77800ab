"""Homes as they are: most people measure a few times a day, some wear something; straight to intakes, without MQTT."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulators.devices.cuff import cuff
from simulators.devices.glucose import cgm, glucose_meter
from simulators.devices.model import Model, Sensor
from simulators.devices.oximeter import oximeter
from simulators.devices.scale import scale
from simulators.devices.thermometer import thermometer
from simulators.devices.wearable import wearable
from simulators.engine import Placed
from simulators.homes import patient_id, patient_of
from simulators.patient import ZONES, Cohort
from simulators.schedule import Daily, Every, Schedule
from vitals.agency import DeviceType, Patient
from vitals.batch import Batch
from vitals.intake import Intake, PatientEvent
from vitals.series import SeriesTable
from vitals.signals import BY_NAME
from vitals.times import MINUTE
from vitals.units import conversion

TICK: Final = 5 * MINUTE
SKIPPED: Final = 0.1
"""The share of spot measurements that people leave out (chosen)."""
_AGAIN: Final = 90_000
"""A cuff is used twice, so long apart: home blood pressure is the mean of two readings a minute apart (Parati et al.,
ESH practice guidelines for home blood pressure monitoring, J Hum Hypertens 2010)."""

Rows = NDArray[np.int64]


def spot_oximeter() -> Model:
    """SpO2 and pulse, morning and evening."""
    sensors = (Sensor("spo2", 0.4), Sensor("heart_rate", 1.0))
    return Model(DeviceType.OTHER, "fingertip", sensors, hours=(8.2, 19.5))


@dataclass(slots=True)
class _Group:
    """All devices of one model: whose they are, their series and when each is due next."""

    model: Model
    rows: Rows
    series: Rows
    due: Rows
    schedule: Schedule


class Homes:
    """n patients with what they measure by; ``intakes`` brings a span of their readings in ticks of five minutes.

    Everybody has a cuff, a thermometer, a scale and a fingertip oximeter. Of ten, three wear a wearable (every
    10 min) and two an oximeter (every 5 min). Of those with diabetes, and of ``sugar`` rows, one half has a CGM.
    """

    def __init__(
        self, patients: int, seed: int, start: int, placed: Iterable[Placed] = (), cohort: Cohort | None = None
    ) -> None:
        self.start, self.placed = start, sorted(placed, key=lambda p: p.episode.onset)
        self.cohort = cohort or Cohort(patients, seed, start)
        self._rng = np.random.default_rng([seed, 7])
        self.series = SeriesTable()
        everyone = np.arange(patients)
        sugar = np.flatnonzero(
            self.cohort.traits.diabetes
            | np.isin(everyone, [p.patient for p in self.placed if p.episode.name == "hypoglycaemia"])
        )
        owners: tuple[tuple[Model, Rows], ...] = (
            (cuff(), everyone), (thermometer(), everyone), (scale(), everyone), (spot_oximeter(), everyone),
            (wearable(10 * MINUTE), everyone[everyone % 10 < 3]), (oximeter(TICK), everyone[everyone % 5 == 0]),
            (cgm(), sugar[::2]), (glucose_meter(), sugar[1::2]),
        )  # fmt: skip
        self._groups = [self._group(model, rows) for model, rows in owners if len(rows)]
        self._kits = [tuple(model for model, rows in owners if row in set(rows.tolist())) for row in range(patients)]

    def patients(self) -> tuple[Patient, ...]:
        """With their plans and devices."""
        traits = self.cohort.traits
        zones = [ZONES[i] for i in traits.zone.tolist()]
        return tuple(patient_of(row, traits, zones[row], kit) for row, kit in enumerate(self._kits))

    def streams(self, row: int, signal: str) -> bool:
        """Whether the patient wears something that measures that signal by itself."""
        return any(model.streams and any(s.signal == signal for s in model.sensors) for model in self._kits[row])

    def intakes(self, end: int) -> Iterator[tuple[int, Intake]]:
        """(end of the tick, what came in it: readings in order of time, events) until ``end``, ms UTC."""
        for tick in range(self.start, end, TICK):
            due = [(group, np.flatnonzero(group.due < tick + TICK)) for group in self._groups]
            due = [(group, which) for group, which in due if len(which)]
            self._advance(tick, due)
            parts = [part for group, which in due for part in self._measured(group, which)]
            batch = Batch.concat(parts)
            yield tick + TICK, Intake(batch.take(np.argsort(batch.time, kind="stable")), events=self._events(tick))

    def _events(self, tick: int) -> tuple[PatientEvent, ...]:
        said = ((p.patient, *event) for p in self.placed for event in p.episode.events())
        return tuple(
            PatientEvent(patient_id(row), "button-1", at, at, event)
            for row, at, event in said
            if tick <= at < tick + TICK
        )

    def _group(self, model: Model, rows: Rows) -> _Group:
        schedule: Schedule
        if model.streams:
            schedule = Every(model.interval)
        else:
            zone = self.cohort.traits.zone[rows]
            schedule = Daily(model.hours, self.cohort.local, zone, Daily.habits(len(rows), self._rng))
        codes = [
            [self.series.code(patient_id(row), f"{model.name}-1", BY_NAME[s.signal].code) for s in model.sensors]
            for row in rows.tolist()
        ]
        return _Group(
            model, rows, np.array(codes, np.int64), schedule.first(self.start, len(rows), self._rng), schedule
        )

    def _advance(self, now: int, due: list[tuple[_Group, Rows]]) -> None:
        if not due:
            return
        rows = np.unique(np.concatenate([group.rows[which] for group, which in due]))
        wanted = set(rows.tolist())
        active = [p for p in self.placed if p.episode.onset <= now < p.episode.end and p.patient in wanted]
        self.cohort.advance(now, rows, [(p.patient, p.episode.effect(now)) for p in active])

    def _measured(self, group: _Group, which: Rows) -> Iterator[Batch]:
        model, times = group.model, group.due[which].copy()
        group.due[which] = group.schedule.following(times, which)
        if not model.streams:
            kept = self._rng.random(len(which)) >= SKIPPED
            which, times = which[kept], times[kept]
        for after in (0, _AGAIN) if model.name == "cuff" else (0,):
            shown = model.measure(self.cohort.latest[model.codes[:, None], group.rows[which]], self._rng)
            values = np.stack([_plain(sensor, row) for sensor, row in zip(model.sensors, shown, strict=True)])
            time = np.tile(times + after, len(model.sensors))
            yield Batch.of(group.series[which].T.ravel(), time, values.ravel(), time + 1_000)


def _plain(sensor: Sensor, shown: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the device shows, in the signal's own unit."""
    if not sensor.unit:
        return shown
    factor, offset = conversion(BY_NAME[sensor.signal], sensor.unit)
    return shown * factor + offset
