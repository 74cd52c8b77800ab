"""A new detector is one class: parameters, a plan row, a pure scan, evidence."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from detectors.registry import DEFAULT
from detectors.series_watch import SeriesWatch
from detectors.told import Changes
from detectors.ward import Ward
from detectors.windows import Marks, Windows
from tests.detectors.kit import T0, World, agency, of, row, told
from vitals.errors import ConfigError
from vitals.plan import CarePlan
from vitals.times import MINUTE


@dataclass(frozen=True)
class Jump:
    """LOW while a value lies further than ``step`` from the one before it."""

    name: ClassVar[str] = "jump"
    rules: ClassVar[tuple[str, ...]] = ("jump",)
    columns: ClassVar[tuple[str, ...]] = ("step",)
    step: float = 10.0

    def watch(self, ward: Ward) -> SeriesWatch:
        return SeriesWatch(self, ward)

    def row(self, plan: CarePlan, signal: str) -> tuple[float, ...] | None:
        return (self.step,) if signal == "weight" else None

    def calm(self, row: tuple[float, ...]) -> tuple[float, float]:
        return np.inf, -np.inf  # no value alone says that nothing has happened

    def lookback(self, row: tuple[float, ...]) -> float:
        return 0

    def scan(self, windows: Windows) -> Marks:
        step = np.abs(np.diff(windows.value, prepend=0))
        step[windows.starts] = 0
        return Marks.of([step > windows.each("step")], windows.time)

    def evidence(self, windows: Windows, changes: Changes) -> list[dict[str, Any]]:
        return [{"value": value} for value in windows.value[changes.sample].tolist()]


def test_it_runs_beside_the_others_and_the_plan_tunes_it():
    world = World(agency(p1=CarePlan(), p2=CarePlan(parameters={"jump": {"step": 30}})), detectors=(*DEFAULT, Jump()))
    for i, weight in enumerate((80.0, 80.5, 101.0, 101.0)):
        world.feed([row("weight", T0 + i * MINUTE, weight, patient=p) for p in ("p1", "p2")])
    assert told(world.found) == [("jump", "low"), ("jump", "clear")]
    assert {f.key.patient for f in world.found} == {"p1"}


def test_its_parameters_are_checked_like_the_others():
    with pytest.raises(ConfigError, match=r"jump has no such parameter \(use step\)"):
        World(agency(p1=CarePlan(parameters={"jump": {"stride": 3}})), detectors=(*DEFAULT, Jump()))


def test_it_can_stand_alone():
    world = World(detectors=(Jump(step=1),))
    assert of(world.stream("weight", [80, 85, 90], every=MINUTE), "jump") == ["low"]
