"""Early warning: NEWS2 of each patient from the newest value of each component, at every new one."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors.columns import Bools, Floats, Ints, Levels
from detectors.news2 import COMPONENTS, News2, most_points, news2_at, news2_score, points_table
from detectors.patient_detector import Snapshots
from detectors.patient_watch import PatientWatch
from detectors.standing import WEIGHTS
from detectors.stands import ALARMING
from detectors.ward import Ward
from detectors.windows import Marks
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import DAY, Duration

__all__ = ["EarlyWarning", "News2", "news2_score"]

_HIGH, _MEDIUM = int(Severity.HIGH), int(Severity.MEDIUM)
_MEASURED: Final = len(COMPONENTS)
_MARGIN: Final = np.array([1.0, 1.0, 2.0, 2.0, 0.0, 0.1])
"""How far beyond a band a component that scored 3 must come before it no longer does; ours, of the order of the
components' measuring error. In the order of COMPONENTS."""


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class EarlyWarning:
    """NEWS2 (Royal College of Physicians, 2017): 7 and more HIGH, 5 or 6 MEDIUM, a single 3 ``single``.

    A component older than ``max_age`` is missing; then the score says that it is incomplete, and is a lower bound: it
    may alarm, but no level falls until what carried points is freshly measured again. A level falls when the total
    is ``hysteresis`` below its threshold.

    >>> EarlyWarning(max_age="12h").max_age
    43200000
    """

    name: ClassVar[str] = "early_warning"
    rules: ClassVar[tuple[str, ...]] = ("early_warning",)
    signals: ClassVar[tuple[str, ...]] = (*COMPONENTS, "oxygen_flow")
    columns: ClassVar[tuple[str, ...]] = ("max_age", "scale", "on_oxygen", "medium", "high", "single", "hysteresis")

    max_age: Duration = Field(default=DAY, gt=0)
    medium: int = Field(default=5, ge=1)
    high: int = Field(default=7, ge=1)
    single: int = Field(default=int(Severity.LOW), ge=0, le=3)
    hysteresis: int = Field(default=1, ge=0)

    def watch(self, ward: Ward) -> PatientWatch:
        return PatientWatch(self, ward)

    def row(self, plan: CarePlan) -> tuple[float, ...]:
        return (
            self.max_age, plan.news2_scale, plan.on_oxygen, self.medium, self.high, self.single, self.hysteresis,
        )  # fmt: skip

    def weights(self, row: tuple[float, ...]) -> Levels:
        return most_points(int(row[1]))

    def calm(self, row: tuple[float, ...]) -> int:
        _, _, on_oxygen, medium, high, _, _ = row
        return int(min(medium, high) - (2 if on_oxygen else 0))

    def floors(self, row: tuple[float, ...]) -> Levels | None:
        """Weights are the points of scale 1; oxygen counts once, though both plan and flow may say so."""
        _, scale, on_oxygen, medium, high, single, _ = row
        if scale == 2 or on_oxygen:
            return None
        threes, rest = np.divmod(np.arange(WEIGHTS), ALARMING)
        total = 3 * threes + rest
        plan = {"medium": np.array(medium), "high": np.array(high), "single": np.array(single)}
        return _level(plan, total, threes > 0)

    def scan(self, snapshots: Snapshots) -> Marks:
        points = _points(snapshots, snapshots.value[:, :_MEASURED])
        total, single = points.sum(axis=1), points[:, :_MEASURED].max(axis=1) == 3
        near = single if single.all() else _near_three(snapshots) | single
        floor = _level(snapshots.plan, total, single)
        ceiling = np.maximum(floor, _level(snapshots.plan, total + snapshots.plan["hysteresis"], near))
        return Marks(floor, ceiling, snapshots.at)

    def evidence(self, snapshots: Snapshots, row: int) -> dict[str, Any]:
        scale, oxygen = int(snapshots.plan["scale"][row]), bool(snapshots.plan["on_oxygen"][row] > 0)
        *value, flow = snapshots.value[row].tolist()
        age = snapshots.age[row].tolist()
        score = news2_at(value, scale, on_oxygen=oxygen or flow > 0)
        points, missing = score.points, score.missing
        components = {
            name: {"value": value[i], "points": points[name], "age": age[i]}
            for i, name in enumerate(COMPONENTS)
            if name not in missing
        }
        return {
            "total": score.total,
            "band": score.band,
            "points": {name: points[name] for name in points if name not in missing},
            "components": components,
            "ages": {name: part["age"] for name, part in components.items()},
            "incomplete": bool(missing),
            "missing": list(missing),
            "on_oxygen": points["oxygen"] > 0,
            "scale": scale,
        }


def _points(snapshots: Snapshots, values: Floats) -> Levels:
    return points_table(values, _oxygen(snapshots), snapshots.plan["scale"])


def _oxygen(snapshots: Snapshots) -> Bools:
    found: Bools = (snapshots.plan["on_oxygen"] > 0) | (snapshots.value[:, _MEASURED] > 0)
    return found


def _near_three(snapshots: Snapshots) -> Bools:
    """Whether any component would score 3 within its margin."""
    values = snapshots.value[:, :_MEASURED]
    scale, oxygen = snapshots.plan["scale"], _oxygen(snapshots)
    moved = np.concatenate([values - _MARGIN, values + _MARGIN])
    points = points_table(moved, np.concatenate([oxygen, oxygen]), np.concatenate([scale, scale]))
    three: Bools = (points[:, :_MEASURED] == 3).any(axis=1)
    return three[: len(values)] | three[len(values) :]


def _level(plan: Mapping[str, Floats], total: Floats | Ints, three: Bools) -> Levels:
    level = np.where(three, plan["single"], 0)
    level = np.where(total >= plan["medium"], np.maximum(level, _MEDIUM), level)
    return np.where(total >= plan["high"], _HIGH, level).astype(np.int8)
