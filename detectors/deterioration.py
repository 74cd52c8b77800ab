"""Deterioration: a calibrated risk from the vital signs of the last three days, each sign's share in it named."""

from typing import Any, ClassVar, Final

import numpy as np
from pydantic import ConfigDict, Field, field_validator
from pydantic.dataclasses import dataclass

from detectors.columns import Bools, Floats
from detectors.panel_watch import PanelWatch
from detectors.risk_evidence import evidence
from detectors.risk_features import FRESH, HOURS, QUANTITIES, SIGNALS, ages, parts, read
from detectors.risk_model import RiskModel, named, names
from detectors.slow import Panels
from detectors.ward import Ward
from detectors.windows import HIGHEST, Marks
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import HOUR

_MEDIUM, _HIGH = int(Severity.MEDIUM), int(Severity.HIGH)
_EXACT: Final = 9
"""Decimals of a sum of points that count: the rest depends on how the sum was made."""


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Deterioration:
    """MEDIUM and HIGH while the odds of deteriorating are ``medium`` and ``high`` times those of the average patient
    that the model was fitted on.

    An additive model of the last 72 hours; docs/models/deterioration.md says what it was fitted on, what it can do, and
    what it must not be used for. A level opens on signs measured in the last 24 hours only, at least ``least`` of them.
    It ends when the odds are below ``medium_ends`` or ``high_ends`` times its threshold, also with what was measured
    before that carried forward: that a bad sign is no longer measured is no recovery. What is missing adds no points,
    and so opens nothing.

    >>> Deterioration().row(CarePlan())[4:]
    (3.0, 5.0)
    """

    name: ClassVar[str] = "deterioration"
    rules: ClassVar[tuple[str, ...]] = ("deterioration",)
    signals: ClassVar[tuple[str, ...]] = SIGNALS
    columns: ClassVar[tuple[str, ...]] = ("medium", "high", "medium_ends", "high_ends", "least", "model")
    every: ClassVar[int] = HOUR
    hours: ClassVar[int] = HOURS

    medium: float = Field(default=2.15, gt=0)
    high: float = Field(default=3.05, gt=0)
    medium_ends: float = Field(default=0.94, gt=0, le=1)
    high_ends: float = Field(default=0.86, gt=0, le=1)
    least: int = Field(default=3, ge=1, le=len(SIGNALS))
    model: str = "vitals"

    @field_validator("model")
    @classmethod
    def _there(cls, name: str) -> str:
        return named(name).name

    def watch(self, ward: Ward) -> PanelWatch:
        return PanelWatch(self, ward)

    def row(self, plan: CarePlan) -> tuple[float, ...]:  # noqa: ARG002  (limits play no part)
        opens = np.array([self.medium, max(self.high, self.medium)])
        ends = opens * [self.medium_ends, self.high_ends]
        return *np.log([*opens, *ends]).tolist(), float(self.least), float(names().index(self.model))

    def scan(self, panels: Panels) -> tuple[Marks, ...]:
        age, plan = ages(panels.mean), panels.plan
        known = (age < FRESH * HOUR).sum(axis=1) >= plan["least"]
        now = _odds(panels, FRESH)
        floor = np.where(known, _level(now, plan["medium"], plan["high"]), 0)
        most = np.maximum(now, _carried(panels, age, now))
        ceiling = np.where(known, _level(most, plan["medium_ends"], plan["high_ends"]), HIGHEST)
        at = np.full(len(floor), panels.at)
        return (Marks(floor.astype(np.int8), np.maximum(floor, ceiling).astype(np.int8), at),)

    def points(self, mean: Floats, *, fresh: int = FRESH) -> Floats:
        """What each feature of the model adds to the log odds, [p, f], by panels [p, s, H].

        >>> Deterioration().points(np.full((1, len(SIGNALS), HOURS), np.nan)).sum().item()
        0.0
        """
        return _points(named(self.model), mean, fresh)

    def evidence(self, panels: Panels, rule: int, row: int, level: int, onset: int) -> dict[str, Any]:  # noqa: ARG002
        mean, model = panels.mean[row : row + 1], _model(panels.plan["model"][row])
        return evidence(model, mean, _points(model, mean, FRESH)[0], level)


def _odds(panels: Panels, fresh: int) -> Floats:
    """The points [p] of each patient's own model."""
    odds = np.zeros(len(panels.mean))
    for number in np.unique(panels.plan["model"]):
        mine = panels.plan["model"] == number
        odds[mine] = _points(_model(number), panels.mean[mine], fresh).sum(axis=1)
    return odds


def _carried(panels: Panels, age: Floats, now: Floats) -> Floats:
    """The points with whatever was measured carried forward; they differ only where something is no longer fresh."""
    stale = ((age >= FRESH * HOUR) & np.isfinite(age)).any(axis=1) | _apart(panels.mean)
    some = Panels(panels.at, panels.mean[stale], panels.known[stale], {n: c[stale] for n, c in panels.plan.items()})
    carried = now.copy()
    carried[stale] = _odds(some, HOURS)
    return carried


def _apart(mean: Floats) -> Bools:
    """[p]: where a pair of signs may be fresh each, but not in one hour."""
    there = ~np.isnan(mean[:, :, -FRESH:])
    apart: Bools = np.zeros(len(mean), bool)
    for pair in {parts(quantity) for quantity in QUANTITIES}:
        together: Bools = np.logical_and.reduce([there[:, SIGNALS.index(signal)] for signal in pair])
        apart |= (len(pair) > 1) & ~together.any(axis=1)
    return apart


def _points(model: RiskModel, mean: Floats, fresh: int) -> Floats:
    return np.round(model.points(read(mean, model.readings, fresh=fresh)), _EXACT)


def _model(number: float) -> RiskModel:
    return named(names()[int(number)])


def _level(points: Floats, medium: Floats, high: Floats) -> Any:
    """0, or the level whose threshold the points reach."""
    return np.where(points >= high, _HIGH, np.where(points >= medium, _MEDIUM, 0))
