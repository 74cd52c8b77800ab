"""An additive model of risk: each feature adds its own points, read off a piecewise-linear curve, to the log odds."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final, Self

import numpy as np

from detectors.columns import Floats
from detectors.risk_features import QUANTITIES, STATISTICS, Reading

FOLDER: Final = "models/deterioration"
FORMAT: Final = 2
"""1 had other half-lives in what is ``change`` and ``usual``."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What one feature adds to the log odds: ``points`` at ``knots`` (ascending), straight between, level outside.

    >>> Curve(Reading("spo2", "now"), np.array([90.0, 96.0]), np.array([0.6, 0.0])).at(np.array([88, 93, np.nan]))
    array([0.6, 0.3, 0. ])
    """

    reading: Reading
    knots: Floats
    points: Floats

    def at(self, values: Floats) -> Floats:
        """Points of these values; a missing one adds none, as if it were that of the average patient."""
        found: Floats = np.interp(values, self.knots, self.points)
        return np.where(np.isnan(values), 0.0, found)


@dataclass(frozen=True, slots=True, eq=False)
class RiskModel:
    """Curves whose sum, relative to the ``prior``, is the log odds ratio of an event in the next ``horizon`` ms.

    Points are calibrated, and centred: over the rows that the model was fitted on, they add up to 0 on average.
    """

    name: str
    prior: float
    horizon: int
    curves: tuple[Curve, ...]

    @property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(curve.reading for curve in self.curves)

    def points(self, features: Floats) -> Floats:
        """[p, f] of features [p, f]."""
        return np.stack([curve.at(features[:, i]) for i, curve in enumerate(self.curves)], axis=1)

    def risk(self, points: Floats) -> Floats:
        """Probability, 0..1, of a sum of points.

        >>> model = RiskModel("m", -4.0, 0, ())
        >>> model.risk(np.array([0.0, 4.0])).round(3).tolist()
        [0.018, 0.5]
        """
        risk: Floats = 1 / (1 + np.exp(-(self.prior + points)))
        return risk

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From JSON values; ValueError names what cannot be used."""
        if values.get("format") != FORMAT:
            raise ValueError(f"format {values.get('format')!r}: this version reads {FORMAT}; fit the model again")
        return cls(
            str(values["name"]), float(values["prior"]), int(values["horizon"]), tuple(map(_curve, values["curves"]))
        )

    def json(self) -> dict[str, Any]:
        """The values that ``of`` reads, rounded to what matters."""
        return {
            "format": FORMAT,
            "name": self.name,
            "prior": round(self.prior, 4),
            "horizon": self.horizon,
            "curves": [_json(curve) for curve in self.curves],
        }


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The models of the package's folder.

    >>> names()
    ('fold_1', 'fold_2', 'fold_3', 'fold_4', 'fold_5', 'vitals')
    """
    files_there = (item.name for item in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in files_there if name.endswith(".json")))


@lru_cache(maxsize=16)
def named(name: str) -> RiskModel:
    """A model of the package's folder; ValueError names those there are.

    >>> named("vitals").name
    'vitals'
    """
    if name not in names():
        raise ValueError(f"no model {name!r} in detectors/{FOLDER}: one of {', '.join(names())}")
    return RiskModel.of(json.loads(_folder().joinpath(f"{name}.json").read_text("utf-8")))


def _folder() -> Traversable:
    return files("detectors").joinpath(FOLDER)


def _curve(values: Mapping[str, Any]) -> Curve:
    reading = Reading(str(values["quantity"]), str(values["statistic"]))
    knots, points = np.array(values["knots"], np.float64), np.array(values["points"], np.float64)
    _check(reading.quantity in QUANTITIES and reading.statistic in STATISTICS, f"{reading} is no feature")
    _check(len(knots) == len(points) > 1, f"{reading} has {len(knots)} knots and {len(points)} points: as many, 2 up")
    _check(bool(np.isfinite([knots, points]).all()), f"{reading} has values that are no numbers")
    _check(bool((np.diff(knots) > 0).all()), f"{reading}: knots must ascend")
    return Curve(reading, knots, points)


def _check(fine: bool, fault: str) -> None:  # noqa: FBT001  (an assertion with an answer)
    if not fine:
        raise ValueError(fault)


def _json(curve: Curve) -> dict[str, Any]:
    return {
        "quantity": curve.reading.quantity,
        "statistic": curve.reading.statistic,
        "knots": _rounded(curve.knots, 5),
        "points": _rounded(curve.points, 4),
    }


def _rounded(values: Iterable[float], digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]
