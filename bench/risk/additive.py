"""Fits an additive model of curves by penalised logistic regression, each curve of a shape that makes sense."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

Floats = NDArray[np.float64]
Small = NDArray[np.float32]
Shape = float | None
"""None: any; inf: never rises; -inf: never falls; else it falls up to this value, and rises from there on."""
_PLACES: Final = (0.01, 0.10, 0.30, 0.50, 0.70, 0.90, 0.99)
"""Quantiles at which the curves may bend."""
_STEPS: Final = 15
_DEAR: Final = 1e6


@dataclass(frozen=True, slots=True)
class Stiffness:
    """Penalties: ``bend`` on second differences of a curve's points (a straight line costs nothing), ``size`` on them
    all.
    """

    bend: float = 5.0
    size: float = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What the points pay for: the ``penalty`` is a quadratic form of them; products with ``rises`` must not be
    negative.
    """

    penalty: Floats
    rises: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Hat functions of each feature over its knots: a row's products with the points are what the curves read there."""

    knots: list[Floats]
    centre: list[Floats]

    @classmethod
    def of(cls, features: Floats) -> "Basis":
        """Knots at quantiles of each feature [n, f], in three digits after the point."""
        knots = [np.unique(np.round(np.nanquantile(column, _PLACES), 3)) for column in features.T]
        plain = [_hats(column, k) for column, k in zip(features.T, knots, strict=True)]
        return cls(knots, [np.nanmean(hats, axis=0) for hats in plain])

    def rows(self, features: Floats) -> Small:
        """[n, points of all curves], 0 where a feature is missing: then its curve adds nothing."""
        columns = zip(features.T, self.knots, self.centre, strict=True)
        return np.concatenate([np.nan_to_num(_hats(c, k) - m).astype(np.float32) for c, k, m in columns], axis=1)

    def rules(self, stiffness: Stiffness, shapes: Sequence[Shape]) -> Rules:
        """For curves of these shapes."""
        penalties, rises = [], []
        for knots, shape in zip(self.knots, shapes, strict=True):
            bends = np.diff(np.eye(len(knots)), 2, axis=0)
            penalties.append(stiffness.bend * bends.T @ bends + stiffness.size * np.eye(len(knots)))
            sign = 0.0 if shape is None else np.sign((knots[1:] + knots[:-1]) / 2 - shape)[:, None]
            rises.append(np.diff(np.eye(len(knots)), axis=0) * sign)
        return Rules(block_diag(*penalties), block_diag(*rises))

    def curves(self, points: Floats) -> list[tuple[Floats, Floats]]:
        """Knots and centred points of each feature."""
        ends = np.cumsum([len(knots) for knots in self.knots])
        parts = zip(self.knots, np.split(points, ends[:-1]), self.centre, strict=True)
        return [(knots, own - float(own @ centre)) for knots, own, centre in parts]


def fit(rows: Small, happens: Floats, weight: Floats, rules: Rules) -> tuple[float, Floats]:
    """Intercept and points: Newton's method (iteratively reweighted least squares).

    What should rise and falls pays dearly in the next step (Bollaerts, Eilers and van Mechelen, Stat Med 2006).
    """
    state = np.append(np.zeros(rows.shape[1]), np.log(weight @ happens / (weight @ (1 - happens))))
    for _ in range(_STEPS):
        falls = rules.rises[rules.rises @ state[:-1] < 0]
        step = _step(rows, happens, weight, state, rules.penalty + _DEAR * falls.T @ falls)
        state += step
        if np.abs(step).max() < 1e-3:
            break
    return float(state[-1]), state[:-1]


def _step(rows: Small, happens: Floats, weight: Floats, state: Floats, penalty: Floats) -> Any:
    """One step of Newton's for the points and, last, the intercept, which is not penalised."""
    size = len(state) - 1
    risk = 1 / (1 + np.exp(-(state[-1] + rows @ state[:-1].astype(np.float32))))
    steep = (weight * risk * (1 - risk)).astype(np.float32)
    off = weight * (happens - risk)
    hessian = np.empty((size + 1, size + 1))
    hessian[:size, :size] = (rows * steep[:, None]).T @ rows + penalty
    hessian[size, :size] = hessian[:size, size] = steep @ rows
    hessian[size, size] = steep.sum()
    gradient = np.append(off.astype(np.float32) @ rows - penalty @ state[:-1], off.sum())
    return np.linalg.solve(hessian, gradient)


def _hats(values: Floats, knots: Floats) -> Floats:
    """[n, k]: linear weights of the knots beside each value; NaN where it is missing."""
    inside = np.clip(values, knots[0], knots[-1])
    left = np.clip(np.searchsorted(knots, np.nan_to_num(inside), side="right") - 1, 0, len(knots) - 2)
    share = (inside - knots[left]) / (knots[left + 1] - knots[left])
    hats = np.where(np.isnan(values)[:, None], np.nan, np.zeros((1, len(knots))))
    row = np.arange(len(values))
    hats[row, left], hats[row, left + 1] = 1 - share, share
    return hats
