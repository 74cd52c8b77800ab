"""Trends: a vital sign that has been rising or falling for hours, days or weeks, surely and by enough to matter."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors.columns import Bools
from detectors.slopes import Slopes, number, slopes, tracks_at
from detectors.slow import Tracks
from detectors.track_watch import TrackWatch
from detectors.ward import Ward
from detectors.weighing import changed, weighings
from detectors.windows import HIGHEST, Marks
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import DAY, HOUR

_LOW, _MEDIUM, _HIGH = int(Severity.LOW), int(Severity.MEDIUM), int(Severity.HIGH)
_SIGNS: Final = (1, -1)
_RECENT: Final = 2 * DAY
"""With nothing newer than this, nothing is said either way."""
_RESTING: Final[Mapping[str, float]] = {"heart_rate": 0.1}
"""Resting heart rate: a low quantile of each day's hours (here the first decile); of other signals the median."""
_RISING: Final = {"heart_rate", "respiration_rate", "temperature", "systolic_bp", "diastolic_bp", "glucose", "weight"}
_FALLING: Final = {"heart_rate", "spo2", "temperature", "systolic_bp", "diastolic_bp", "glucose", "weight"}


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Trend:
    """LOW when a signal rose or fell by its relevant change within a day, a week or four weeks; MEDIUM by twice it.

    Both are asked: a slope that chance makes with probability ``alpha`` at most (Mann-Kendall on daily values or on
    hours against the same hour of the days before, corrected for ties and autocorrelation), and a total change
    (Theil-Sen slope times the time observed) that matters. And it must lead away from the usual value of four weeks, by
    a quarter of that: back to it is a recovery. It ends when no span shows half of that any more.

    Relevant changes, in the signal's unit, 0 switches a signal off: resting heart rate 15 /min; SpO2 3 % (NHS
    England, COVID oximetry @home, 2020: a fall of 3-4 %); respiration 5 /min (Yañez et al., Chest 2012: +4.4 /min
    before admissions with COPD); temperature 1.1 °C (IDSA, long-term care, High et al., CID 2009); pressure 20/10
    mmHg (Lewington et al., Lancet 2002: doubles vascular risk); glucose 30 mg/dL (Nathan et al., Diabetes Care 2008:
    one point of HbA1c). Weight: 2 kg in 3 days MEDIUM (ESC heart failure guidelines 2021), 3 kg in 7 days HIGH when
    gained; a first odd weighing is LOW (see ``weighing``); ``weight_week`` is also its change over weeks.

    >>> Trend().row(CarePlan(), "spo2")[:2]
    (3.0, 0.01)
    >>> Trend(spo2=0).row(CarePlan(), "spo2") is None
    True
    """

    name: ClassVar[str] = "trend"
    rules: ClassVar[tuple[str, ...]] = ("trend.rising", "trend.falling")
    columns: ClassVar[tuple[str, ...]] = (
        "change", "alpha", "quantile", "rising", "falling", "weighed", "weight", "weight_week",
    )  # fmt: skip
    every: ClassVar[int] = 6 * HOUR

    alpha: float = Field(default=0.01, gt=0, lt=1)
    heart_rate: float = Field(default=15.0, ge=0)
    spo2: float = Field(default=3.0, ge=0)
    respiration_rate: float = Field(default=5.0, ge=0)
    temperature: float = Field(default=1.1, ge=0)
    systolic_bp: float = Field(default=20.0, ge=0)
    diastolic_bp: float = Field(default=10.0, ge=0)
    glucose: float = Field(default=30.0, ge=0)
    weight: float = Field(default=2.0, ge=0)
    weight_week: float = Field(default=3.0, ge=0)

    def watch(self, ward: Ward) -> TrackWatch:
        return TrackWatch(self, ward)

    def row(self, plan: CarePlan, signal: str) -> tuple[float, ...] | None:  # noqa: ARG002  (a tuned copy knows all)
        change = getattr(self, "weight_week" if signal == "weight" else signal, 0.0)
        if not change or signal not in _RISING | _FALLING:
            return None
        return (
            change, self.alpha, _RESTING.get(signal, 0.5), signal in _RISING, signal in _FALLING, signal == "weight",
            self.weight or np.inf, self.weight_week,
        )  # fmt: skip

    def scan(self, tracks: Tracks) -> tuple[Marks, ...]:
        """Marks of trend.rising and trend.falling."""
        found = slopes(tracks)
        return tuple(_marks(tracks, found, sign) for sign in _SIGNS)

    def evidence(self, tracks: Tracks, rule: int, track: int, level: int, onset: int) -> dict[str, Any]:
        mine, sign = tracks_at(tracks, slice(track, track + 1)), _SIGNS[rule]
        found = slopes(mine)
        best = int(np.nanargmax(np.append(sign * found.total[:, 0], -np.inf))) % len(found.total)
        said: dict[str, Any] = {"value": number(mine.mean[0, -1]), "since": onset}
        if np.isfinite(found.total[best, 0]):
            said |= found.told(best)
        return said | _weighed(mine, level) if mine.plan["weighed"][0] else said


def _marks(tracks: Tracks, found: Slopes, sign: int) -> Marks:
    """LOW or MEDIUM where a span is sure and large enough; clear where something is known and no span shows half."""
    plan, totals = tracks.plan, sign * found.total
    watched = (plan["rising" if sign > 0 else "falling"] > 0) & (tracks.at - tracks.hour[:, -1] * HOUR <= _RECENT)
    away = sign * found.off >= plan["change"] / 4
    sure = (found.p <= plan["alpha"]) & (totals >= plan["change"]) & away & watched
    twice = (sure & (totals >= 2 * plan["change"])).any(axis=0)
    floor = np.where(sure.any(axis=0), np.where(twice, _MEDIUM, _LOW), 0).astype(np.int8)
    began = found.began[np.argmax(sure, axis=0), np.arange(len(floor))]
    known = ~np.isnan(totals)
    shown = np.logical_or.reduce(known & (totals >= plan["change"] / 2))
    slope = Marks(floor, np.where(watched & known.any(axis=0) & ~shown, 0, HIGHEST).astype(np.int8), began)
    return _with_weighings(slope, shown, tracks, sign) if plan["weighed"].any() else slope


def _with_weighings(slope: Marks, shown: Bools, tracks: Tracks, sign: int) -> Marks:
    """Of a weight the worse of what its slope and its last weighings say; over when neither shows it."""
    weight, weighed = changed(tracks, sign, _HIGH if sign > 0 else _MEDIUM), tracks.plan["weighed"] > 0
    floor = np.where(weighed, np.maximum(slope.floor, weight.floor), slope.floor)
    ceiling = np.where(weighed, np.where(shown, HIGHEST, weight.ceiling), slope.ceiling)
    onset = np.where(weighed & (weight.floor > slope.floor), weight.onset, slope.onset)
    return Marks(floor.astype(np.int8), np.maximum(floor, ceiling).astype(np.int8), onset)


def _weighed(mine: Tracks, level: int) -> dict[str, Any]:
    now = weighings(mine)
    before = {"change_3d": now.days_ago, "change_7d": now.week_ago, "change_28d": now.usual}
    said: dict[str, Any] = {name: number((now.newest - then)[0]) for name, then in before.items()}
    return said | {"ask": "repeat"} if level == _LOW else said
