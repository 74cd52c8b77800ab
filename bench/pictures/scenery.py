"""A scene is played to its detector in a bank, and what it said is drawn."""

import json
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from bench.pictures.scenes import START, Scene
from detectors.base import Detector
from detectors.scan import Bank
from monitor.drawing import SHADE, Moment, clock, limit, line, panels
from vitals.agency import Agency, Device, DeviceType, Patient
from vitals.batch import Batch, Quality
from vitals.finding import Finding, Severity
from vitals.intake import EventType, Intake, PatientEvent
from vitals.plan import CarePlan, Ordered
from vitals.series import SeriesTable
from vitals.signals import BY_NAME
from vitals.times import HOUR, MINUTE, iso

_LATER = 3 * MINUTE
"""After a whole hour, so that it is judged."""


@dataclass(frozen=True, slots=True)
class Played:
    """A scene and what its detector said."""

    scene: Scene
    found: list[Finding]

    @property
    def about(self) -> str:
        """What the picture says, for a comparison that does not mind how it is drawn."""
        said = [[f.key.rule, f.key.signal, f.severity.word, iso(f.time), iso(f.onset)] for f in self.found]
        return json.dumps({"matplotlib": mpl.__version__, "detector": self.scene.detector, "found": said})


def play(scene: Scene, detector: Detector) -> Played:
    """Let the detector hear the scene, a ``step`` at a time, with a sweep after each."""
    series = SeriesTable()
    bank = Bank(series, _agency(scene), detectors=(detector,))
    whole, found = _batch(scene, series), bank.sweep(START)
    for end in range(START + scene.step, START + scene.length + 1, scene.step):
        part = whole.take((whole.time > end - scene.step) & (whole.time <= end))
        events = tuple(_pressed(START + at) for at in scene.pressed if end - scene.step < START + at <= end)
        if len(part) or events:
            found += bank.scan(bank.assess(Intake(part, events=events), end), end)
        found += bank.sweep(end + (_LATER if end % HOUR == 0 else 0))
        while bank.busy:
            found += bank.sweep(end + _LATER)
    return Played(scene, found)


def draw(played: Played) -> Figure:
    """The series, the window that was looked at when it fired first, and every change of level."""
    scene, series = played.scene, played.scene.visible()
    span = _dates(START + scene.shown), _dates(START + scene.length)
    moments = [Moment(_dates(found.time), found.severity, _word(found)) for found in played.found]
    figure, axes = panels(len(series), f"{scene.detector}: {scene.caption}", span, moments)
    for axis, (name, (time, value)) in zip(axes, series.items(), strict=True):
        line(axis, time, value, name)
        for word, at in scene.limits.get(name, {}).items():
            limit(axis, at, word)
        if played.found and scene.looked:
            fired = played.found[0].time
            axis.axvspan(_dates(fired - scene.looked), _dates(fired), color=SHADE, alpha=0.3, linewidth=0)
    clock(axes[-1])
    return figure


def _word(found: Finding) -> str:
    """Rule, signal where there are several, and what it became."""
    return f"{found.key.rule.partition('.')[2]} {found.severity.word}".strip()


def _agency(scene: Scene) -> Agency:
    plan = CarePlan(ordered=tuple(Ordered(signal=name, every=every) for name, every in scene.ordered.items()))
    devices = (Device(id="device", type=DeviceType.OTHER),)
    return Agency(id="a", patients=(Patient(id="p1", name="-", timezone="UTC", plan=plan, devices=devices),))


def _batch(scene: Scene, series: SeriesTable) -> Batch:
    parts = []
    for name, (time, value) in scene.series().items():
        code = series.code("p1", "device", BY_NAME[name].code)
        quality = np.where(value == 0, int(Quality.ARTEFACT), 0).astype(np.uint8)
        parts.append(Batch.of([code] * len(time), time, value, time, quality))
    whole = Batch.concat(parts)
    return whole.take(np.argsort(whole.time, kind="stable"))


def _pressed(at: int) -> PatientEvent:
    return PatientEvent("p1", "device", at, at, EventType.SOS, {}, False)


def _dates(times: Any) -> Any:
    return np.asarray(times, np.int64).astype("datetime64[ms]")


def opens(played: Played) -> bool:
    """Whether the detector found anything at all."""
    return any(finding.severity is not Severity.CLEAR for finding in played.found)
