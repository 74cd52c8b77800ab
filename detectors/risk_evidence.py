"""What explains a risk to a person: each sign's share in it, its value now and usually, what is missing and how old."""

from typing import Any, Final

import numpy as np

from detectors.columns import Floats
from detectors.risk_features import FRESH, SIGNALS, Reading, ages, parts, read
from detectors.risk_model import RiskModel
from vitals.finding import Severity
from vitals.signals import BY_NAME
from vitals.times import HOUR

_LEAST: Final = 0.05
"""Shares of fewer points than this are left out: five percent more or less in the odds."""


def evidence(model: RiskModel, mean: Floats, points: Floats, level: int) -> dict[str, Any]:
    """JSON values for one panel [1, s, H] and the points [f] of its features."""
    age = ages(mean)[0]
    fresh = age < FRESH * HOUR
    times = float(np.exp(points.sum()))
    return {
        "risk": round(float(model.risk(points.sum())), 4),
        "times": round(times, 2),
        "horizon": model.horizon,
        "band": Severity(level).word if level else "low",
        "model": model.name,
        "contributions": _contributions(model, mean, points),
        "missing": [name for name, there in zip(SIGNALS, fresh, strict=True) if not there],
        "ages": {name: int(a) for name, a in zip(SIGNALS, age, strict=True) if np.isfinite(a)},
        "incomplete": not bool(fresh.all()),
    }


def _contributions(model: RiskModel, mean: Floats, points: Floats) -> list[dict[str, Any]]:
    """By quantity, the greatest first: points, and where it is one sign, its value now and what is usual."""
    total: dict[str, float] = {}
    for reading, own in zip(model.readings, points.tolist(), strict=True):
        total[reading.quantity] = total.get(reading.quantity, 0.0) + own
    ranked = sorted(total.items(), key=lambda item: (-item[1], item[0]))
    return [_contribution(name, own, mean) for name, own in ranked if abs(own) >= _LEAST]


def _contribution(quantity: str, points: float, mean: Floats) -> dict[str, Any]:
    newest, usual = read(mean, [Reading(quantity, "newest"), Reading(quantity, "usual")])[0].tolist()
    digits = BY_NAME[quantity].decimals + 1 if quantity in BY_NAME else 2
    return {
        "signal": quantity,
        "of": list(parts(quantity)),
        "points": round(points, 2),
        "value": None if np.isnan(newest) else round(newest, digits),
        "baseline": None if np.isnan(usual) else round(usual, digits),
    }
