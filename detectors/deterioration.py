"""Deterioration: a calibrated risk from the vital signs of the last three days, each sign's share in it named."""

from typing import Any, ClassVar, Final

import numpy as np
from pydantic import ConfigDict, Field, field_validator
from pydantic.dataclasses import dataclass

from detectors.base import HIGHEST, Bools, Floats, Marks
from detectors.panel_watch import PanelWatch
from detectors.risk_evidence import evidence
from detectors.risk_features import FRESH, HOURS, SIGNALS, ages, read
from detectors.risk_model import RiskModel, named
from detectors.slow import Panels
from detectors.ward import Ward
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
    what it must not be used for. A level opens on signs measured in the last 12 hours only, at least ``least`` of them.
    It ends when the odds are below ``ends`` times its threshold, also with what was measured before that carried
    forward: that a bad sign is no longer measured is no recovery. What is missing adds no points, and so opens nothing.

    >>> Deterioration().row(CarePlan())[2:]
    (0.8, 3.0)
    """

    name: ClassVar[str] = "deterioration"
    rules: ClassVar[tuple[str, ...]] = ("deterioration",)
    signals: ClassVar[tuple[str, ...]] = SIGNALS
    columns: ClassVar[tuple[str, ...]] = ("medium", "high", "ends", "least")
    every: ClassVar[int] = HOUR
    hours: ClassVar[int] = HOURS

    medium: float = Field(default=2.25, gt=0)
    high: float = Field(default=3.0, gt=0)
    ends: float = Field(default=0.8, gt=0, le=1)
    least: int = Field(default=3, ge=1, le=len(SIGNALS))
    model: str = "vitals"

    @field_validator("model")
    @classmethod
    def _there(cls, name: str) -> str:
        return named(name).name

    def watch(self, ward: Ward) -> PanelWatch:
        return PanelWatch(self, ward)

    def row(self, plan: CarePlan) -> tuple[float, ...]:  # noqa: ARG002  (limits play no part)
        return float(np.log(self.medium)), float(np.log(max(self.high, self.medium))), self.ends, float(self.least)

    def scan(self, panels: Panels) -> tuple[Marks, ...]:
        known = (ages(panels.mean) < FRESH * HOUR).sum(axis=1) >= panels.plan["least"]
        now, carried = (self.points(panels.mean, fresh=hours).sum(axis=1) for hours in (FRESH, HOURS))
        floor = _level(panels, now, known)
        lowest = np.maximum(now, carried) - np.log(panels.plan["ends"])
        ceiling = np.where(known, _level(panels, lowest, known), HIGHEST)
        at = np.full(len(floor), panels.at)
        return (Marks(floor.astype(np.int8), np.maximum(floor, ceiling).astype(np.int8), at),)

    def points(self, mean: Floats, *, fresh: int = FRESH) -> Floats:
        """What each feature of the model adds to the log odds, [p, f], by panels [p, s, H].

        >>> Deterioration().points(np.full((1, len(SIGNALS), HOURS), np.nan)).sum().item()
        0.0
        """
        model = self._model()
        return np.round(model.points(read(mean, model.readings, fresh=fresh)), _EXACT)

    def evidence(self, panels: Panels, rule: int, row: int, level: int, onset: int) -> dict[str, Any]:  # noqa: ARG002
        mean = panels.mean[row : row + 1]
        return evidence(self._model(), mean, self.points(mean)[0], level)

    def _model(self) -> RiskModel:
        return named(self.model)


def _level(panels: Panels, points: Floats, known: Bools) -> Any:
    """0, or the level whose threshold the points reach."""
    level = np.where(points >= panels.plan["medium"], _MEDIUM, 0)
    return np.where(known, np.where(points >= panels.plan["high"], _HIGH, level), 0)
