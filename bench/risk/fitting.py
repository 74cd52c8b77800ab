"""From stays to a model: which rows teach it, cross-validation by patient, and calibration."""

from dataclasses import dataclass, field
from math import inf
from typing import Final

import numpy as np

from bench.risk.additive import Basis, Floats, Rules, Shape, Stiffness, fit
from bench.risk.curve import Points
from bench.risk.stays import HORIZON, Index, Read, Stays, folds
from detectors.deterioration import Deterioration
from detectors.risk_features import Reading
from detectors.risk_model import Curve, RiskModel
from vitals.times import HOUR

UP, DOWN = -inf, inf
VITALS: Final[tuple[tuple[str, str, Shape], ...]] = (
    ("heart_rate", "change", UP),
    ("spo2", "low_48h", DOWN),
    ("respiration_rate", "now", 15.0), ("respiration_rate", "low_48h", UP),
    ("temperature", "away", UP), ("temperature", "high_48h", 36.8),
    ("systolic_bp", "now", 130.0), ("systolic_bp", "change", DOWN),
    ("shock_index", "low_48h", UP), ("modified_shock_index", "high_48h", UP),
    ("pulse_pressure", "now", UP),
)  # fmt: skip
"""Quantity, statistic and shape: worse is higher or lower, or either away from the value given."""
TEACHES: Final = 24
"""Hours before onset that teach: illness begins before the HORIZON in which it is to be told."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is fitted, and how."""

    features: tuple[tuple[str, str, Shape], ...] = VITALS
    stiffness: Stiffness = field(default_factory=lambda: Stiffness(bend=5.0, size=10.0))
    folds: int = 5
    seed: int = 2019

    @property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(Reading(quantity, statistic) for quantity, statistic, _ in self.features)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return tuple(shape for *_, shape in self.features)


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """``points``: what each row gets from the model that has not seen its patient; ``fold`` [patients];
    ``models``: one a fold. All calibrated, by the same ``slope`` and ``prior``.
    """

    points: Points
    fold: Index
    models: list[RiskModel]
    prior: float
    slope: float


def weights(stays: Stays) -> Floats:
    """[n]: each septic patient's hours before onset weigh as much as another's, however many were recorded. His other
    hours teach nothing: nobody knows whether he was well then.
    """
    ill = stays.within(TEACHES)
    each = np.bincount(stays.patient, ill, len(stays.names))
    weight = np.where(stays.septic[stays.patient], 0.0, 1.0)
    weight[ill] = (HORIZON + 1) / each[stays.patient[ill]]
    return weight


def model(stays: Stays, features: Floats, recipe: Recipe, teaches: Floats, name: str) -> RiskModel:
    """Fitted on the rows of which ``teaches`` is not 0."""
    used = np.flatnonzero(teaches > 0)
    basis = Basis.of(features[used])
    happens = stays.within(TEACHES)[used].astype(np.float64)
    intercept, points = fit(
        basis.rows(features[used]), happens, teaches[used], basis.rules(recipe.stiffness, recipe.shapes)
    )
    curves = zip(recipe.readings, basis.curves(points), strict=True)
    return RiskModel(name, intercept, HORIZON * HOUR, tuple(Curve(r, knots, own) for r, (knots, own) in curves))


def calibrated(fitted: RiskModel, slope: float, prior: float) -> RiskModel:
    """The same model, its points times ``slope``."""
    curves = tuple(Curve(c.reading, c.knots, c.points * slope) for c in fitted.curves)
    return RiskModel(fitted.name, prior, fitted.horizon, curves)


def calibration(stays: Stays, points: Floats) -> tuple[float, float]:
    """Slope and prior (log odds) that make risks true on these rows (Platt 1999), each row counting once."""
    prior, slope = fit(
        points[:, None].astype(np.float32),
        stays.before.astype(np.float64),
        np.ones(len(points)),
        Rules(np.zeros((1, 1)), np.zeros((0, 1))),
    )
    return float(slope[0]), prior


def cross_validated(stays: Stays, seen: Read, recipe: Recipe) -> Fitted:
    """A model a fold, fitted on the other folds' patients; all are calibrated on what they say of their fold's rows."""
    fold, teaches = folds(stays, recipe.folds, recipe.seed), weights(stays)
    now, carried = np.zeros((2, len(stays.patient)))
    models = []
    for number in range(recipe.folds):
        mine = fold[stays.patient] == number
        models.append(model(stays, seen.now, recipe, np.where(mine, 0.0, teaches), f"fold_{number + 1}"))
        now[mine], carried[mine] = (models[-1].points(f[mine]).sum(axis=1) for f in (seen.now, seen.carried))
    slope, prior = calibration(stays, now)
    points = Points.of(slope * now, slope * carried, seen.known >= Deterioration().least)
    return Fitted(points, fold, [calibrated(m, slope, prior) for m in models], prior, slope)
