"""What the risk of deterioration is read from: a few statistics of each vital sign's last days, and of pairs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from detectors.columns import Bools, Floats
from vitals.times import HOUR

SIGNALS: Final = ("heart_rate", "spo2", "respiration_rate", "temperature", "systolic_bp", "diastolic_bp")
HOURS: Final = 72
FRESH: Final = 24
"""Hours: what was measured longer ago does not count as how the patient is now. As in ``early_warning``."""
_HALF_LIVES: Final[Mapping[str, float]] = {"now": 3.0, "lately": 6.0, "usual": 48.0}
"""Hours after which a measurement counts half in a decayed mean."""
_WINDOWS: Final[Mapping[str, tuple[int, float]]] = {
    "high_48h": (48, 1.0),
    "low_48h": (48, -1.0),
}
"""Hours, and 1 for the highest hourly mean in them, -1 for the lowest."""


class Reading(NamedTuple):
    """One feature: a ``statistic`` of a ``quantity``.

    >>> str(Reading("shock_index", "now"))
    'shock_index.now'
    """

    quantity: str
    statistic: str

    def __str__(self) -> str:
        return f"{self.quantity}.{self.statistic}"


def _mean_pressure(of: Mapping[str, Floats]) -> Floats:
    return (of["systolic_bp"] + 2 * of["diastolic_bp"]) / 3


_PAIRS: Final[Mapping[str, tuple[tuple[str, ...], Callable[[Mapping[str, Floats]], Floats]]]] = {
    "shock_index": (("heart_rate", "systolic_bp"), lambda of: of["heart_rate"] / of["systolic_bp"]),
    "modified_shock_index": (
        ("heart_rate", "systolic_bp", "diastolic_bp"),
        lambda of: of["heart_rate"] / _mean_pressure(of),
    ),
    "pulse_pressure": (("systolic_bp", "diastolic_bp"), lambda of: of["systolic_bp"] - of["diastolic_bp"]),
    "mean_pressure": (("systolic_bp", "diastolic_bp"), _mean_pressure),
    "saturation_per_breath": (("spo2", "respiration_rate"), lambda of: of["spo2"] / of["respiration_rate"]),
}
"""Of signs measured within one hour. Shock index: Allgöwer and Burri 1967; modified: Liu et al., World J Emerg Med
2012; saturation per breath: the ROX index (Roca et al., AJRCCM 2019) without the oxygen fraction, unknown here."""
QUANTITIES: Final = (*SIGNALS, *_PAIRS)
STATISTICS: Final = ("newest", *_HALF_LIVES, "change", "away", *_WINDOWS)
"""``newest``: the newest hourly mean; ``change``: ``lately`` less ``usual``, so that one odd hour is no change;
``away``: the same of how far it is from normal, so that a fever that falls is none."""
_NORMAL: Final[Mapping[str, float]] = {"temperature": 36.8}
"""From 0 where none is given: what is never negative is ``away`` by its ``change``. Mackowiak et al., JAMA 1992."""


def parts(quantity: str) -> tuple[str, ...]:
    """The signals that a quantity is made of.

    >>> parts("pulse_pressure")
    ('systolic_bp', 'diastolic_bp')
    """
    return _PAIRS[quantity][0] if quantity in _PAIRS else (quantity,)


def read(mean: Floats, readings: Sequence[Reading], *, fresh: int = FRESH) -> Floats:
    """The features [p, f] of hourly means [p, s, H] in the order of SIGNALS; NaN where they cannot be told.

    A quantity that was not measured in the newest ``fresh`` hours has no features.

    >>> mean = np.full((1, len(SIGNALS), 4), np.nan)
    >>> mean[0, 0] = [60, np.nan, 90, 90]
    >>> read(mean, [Reading("heart_rate", "high_48h"), Reading("spo2", "now")]).tolist()
    [[90.0, nan]]
    """
    out = np.full((len(mean), len(readings)), np.nan)
    for quantity in dict.fromkeys(reading.quantity for reading in readings):
        series = _series(mean, quantity)
        there = ~np.isnan(series)
        dated = there[:, -fresh:].any(axis=1)
        for i, reading in enumerate(readings):
            if reading.quantity == quantity:
                out[:, i] = np.where(dated, _told(series, there, reading), np.nan)
    return out


def ages(mean: Floats) -> Floats:
    """Age [p, s] in ms of each signal's newest hour, as of the panel's end; inf where there is none.

    >>> ages(np.array([[[70, 71, np.nan]]])).tolist()
    [[3600000.0]]
    """
    there = ~np.isnan(mean[:, :, ::-1])
    return np.where(there.any(axis=2), there.argmax(axis=2) * float(HOUR), np.inf)


def _series(mean: Floats, quantity: str) -> Floats:
    """[p, H]."""
    if quantity not in _PAIRS:
        return mean[:, SIGNALS.index(quantity)]
    names, make = _PAIRS[quantity]
    return make({name: mean[:, SIGNALS.index(name)] for name in names})


def _told(series: Floats, there: Bools, reading: Reading) -> Floats:
    """[p]."""
    if reading.statistic == "away":
        return _statistic(np.abs(series - _NORMAL.get(reading.quantity, 0.0)), there, "change")
    return _statistic(series, there, reading.statistic)


def _statistic(series: Floats, there: Bools, statistic: str) -> Floats:
    """[p]; NaN where nothing was measured in the time it looks back on."""
    if statistic == "change":
        return _statistic(series, there, "lately") - _statistic(series, there, "usual")
    if statistic in _HALF_LIVES:
        weight = 0.5 ** (np.arange(series.shape[1])[::-1] / _HALF_LIVES[statistic])
        total = there @ weight
        with np.errstate(invalid="ignore"):
            mean: Floats = np.where(there, series, 0.0) @ weight / np.where(total > 0, total, np.nan)
        return mean
    if statistic == "newest":
        last = there.shape[1] - 1 - there[:, ::-1].argmax(axis=1)
        newest: Floats = series[np.arange(len(series)), last]
        return newest
    hours, sign = _WINDOWS[statistic]
    best = np.where(there[:, -hours:], sign * series[:, -hours:], -np.inf).max(axis=1)
    return np.where(np.isfinite(best), sign * best, np.nan)
