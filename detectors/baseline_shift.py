"""Baseline shift: a vital sign that has left the patient's own normal and stays away from it."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors import bins, cusum
from detectors.baseline import A_DAY, HOURS, RECENT, Baseline, baseline
from detectors.columns import Floats
from detectors.slopes import number, tracks_at
from detectors.slow import Tracks
from detectors.track_watch import TrackWatch
from detectors.ward import Ward
from detectors.windows import HIGHEST, Marks
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import DAY, HOUR, Duration

_LOW, _MEDIUM, _HIGH = int(Severity.LOW), int(Severity.MEDIUM), int(Severity.HIGH)
_LAST: Final = 4
"""Newest samples whose median says how far off the patient is now: a day of a streamed signal."""
_LEAST: Final = 3
_KNOWN: Final = 4
"""Samples from which on a normal is the patient's own, so that how far off it is makes a difference."""
_ODD: Final = 4.0
"""Spreads beyond which one sample speaks for itself: noise gets there once in years (Shewhart's limit is 3)."""
_STALE: Final = 2 * DAY
"""With nothing newer than this, nothing is said either way."""


class _People(NamedTuple):
    """Means of six hours in older people: mean, spread between people, spread within one person; and the range in
    which a personal normal may lie.
    """

    mean: float
    between: float
    within: float
    low: float
    high: float


_PEOPLE: Final[Mapping[str, _People]] = {
    "heart_rate": _People(72, 11, 6, 51, 90),
    "spo2": _People(95.5, 1.5, 1.0, 92, 100),
    "respiration_rate": _People(18, 3, 2, 12, 20),
    "temperature": _People(36.5, 0.35, 0.3, 36.1, 38.0),
    "systolic_bp": _People(135, 15, 10, 101, 160),
    "diastolic_bp": _People(76, 10, 6, 55, 100),
    "glucose": _People(125, 30, 30, 70, 250),
}
"""Heart rate: Quer et al., PLoS ONE 2020 (between people); SpO2 and respiration: Rodríguez-Molinero et al., JAGS 2013;
temperature: Obermeyer et al., BMJ 2017; pressure: Kikuya et al., Hypertension 2000 (Ohasama, day to day at home);
glucose and what a person varies within six hours: ours, rounded up. A normal lies where NEWS2 gives no points (heart
rate, respiration, temperature) or inside the default plan's warning band."""


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class BaselineShift:
    """LOW when means of six hours have drifted from the patient's own normal; MEDIUM by twice the relevant shift or
    when they also crossed a warning limit, HIGH an alert limit.

    Two-sided tabular CUSUM (Page 1954; k = 0.5) of residuals over the last seven days, standardised by the long-run
    spread, so that autocorrelated noise signals as seldom as independent noise would (Johnson and Bagshaw,
    Technometrics 1974). h is such that chance signals once in ``arl`` per patient and signal (``cusum.threshold``);
    deviations count from the 95 % bound of the normal's level, so that little data costs no false signals.
    And the newest samples must lie off by a shift that matters, 0 switches a signal off: heart rate 10 /min, SpO2 2 %,
    respiration 4 /min, temperature 0.8 °C, pressure 15/10 mmHg, glucose 40 mg/dL (about the relevant changes of
    ``trend``, rounded down: they last). It ends when they are back within half of it. One sample alone that lies four
    spreads and twice the relevant shift off is LOW and asks for a repeat (combined Shewhart-CUSUM, Lucas, J Qual
    Technol 1982). Weight is left to ``trend``.

    >>> BaselineShift().row(CarePlan(), "heart_rate")[:4]
    (10.0, 72.0, 11.0, 6.0)
    """

    name: ClassVar[str] = "baseline_shift"
    rules: ClassVar[tuple[str, ...]] = ("baseline_shift.high", "baseline_shift.low")
    columns: ClassVar[tuple[str, ...]] = (
        "floor", "mean", "between", "within", "normal_low", "normal_high", "arl", "falling", "rising",
        "alert_low", "warning_low", "warning_high", "alert_high",
    )  # fmt: skip
    every: ClassVar[int] = 6 * HOUR

    arl: Duration = Field(default=365 * DAY, gt=0)
    heart_rate: float = Field(default=10.0, ge=0)
    spo2: float = Field(default=2.0, ge=0)
    respiration_rate: float = Field(default=4.0, ge=0)
    temperature: float = Field(default=0.8, ge=0)
    systolic_bp: float = Field(default=15.0, ge=0)
    diastolic_bp: float = Field(default=10.0, ge=0)
    glucose: float = Field(default=40.0, ge=0)

    def watch(self, ward: Ward) -> TrackWatch:
        return TrackWatch(self, ward)

    def row(self, plan: CarePlan, signal: str) -> tuple[float, ...] | None:
        people, floor = _PEOPLE.get(signal), getattr(self, signal, 0.0)
        if people is None or not floor:
            return None
        limits = plan.limits_for(signal)
        bands = ("alert_low", "warning_low", "warning_high", "alert_high")
        values = [None if limits is None else getattr(limits, band) for band in bands]
        inf = (-np.inf, -np.inf, np.inf, np.inf)
        crossed = [float(end) if value is None else value for value, end in zip(values, inf, strict=True)]
        return floor, *map(float, people), self.arl / DAY, True, signal != "spo2", *crossed

    def scan(self, tracks: Tracks) -> tuple[Marks, ...]:
        """Marks of baseline_shift.high and baseline_shift.low."""
        normal = baseline(tracks)
        return _marks(tracks, normal, 1), _marks(tracks, normal, -1)

    def evidence(self, tracks: Tracks, rule: int, track: int, level: int, onset: int) -> dict[str, Any]:
        mine, sign = tracks_at(tracks, slice(track, track + 1)), (1, -1)[rule]
        normal = baseline(mine)
        now, total, h = _now(normal), _sum(normal, sign)[0], _threshold(mine, normal)
        asks = {"ask": "repeat"} if level == _LOW and total[0] <= h[0] else {}
        return {
            "value": number(now[0]), "baseline": number(normal.level[0]), "spread": number(normal.spread[0]),
            "shift": number((now - normal.level)[0]), "cusum": number(total[0]), "threshold": number(h[0]),
            "learned": int(normal.samples[0]) * HOURS * HOUR, "since": onset,
            "latest": number(mine.mean[0, -1]), **asks,
        }  # fmt: skip


def _marks(tracks: Tracks, normal: Baseline, sign: int) -> Marks:
    plan = tracks.plan
    total, began = _sum(normal, sign)
    now = _now(normal)
    off = sign * (now - normal.level)
    fresh = (plan["rising" if sign > 0 else "falling"] > 0) & (tracks.at - tracks.hour[:, -1] * HOUR <= _STALE)
    enough = bins.filled(normal.rest) >= _LEAST
    opens = fresh & enough & (total > _threshold(tracks, normal)) & (off >= plan["floor"])
    twice = (off >= 2 * plan["floor"]) & (normal.samples >= _KNOWN)
    level = np.where(twice | _beyond(now, plan, "warning", sign), _MEDIUM, _LOW)
    level = np.where(_beyond(now, plan, "alert", sign), _HIGH, level)
    floor = np.where(opens, level, np.where(fresh & _odd(plan, normal, sign), _LOW, 0)).astype(np.int8)
    ends = fresh & (floor == 0) & (off < plan["floor"] / 2)
    onset = normal.start + began * HOURS * HOUR
    return Marks(floor, np.where(ends, 0, HIGHEST).astype(np.int8), onset)


def _odd(plan: Mapping[str, Floats], normal: Baseline, sign: int) -> Any:
    """Whether the newest sample alone lies so far off that it should be measured again."""
    newest, bound = bins.edges(normal.rest)[1], normal.high if sign > 0 else normal.low
    far = sign * (newest - bound) >= _ODD * normal.spread
    return far & (sign * (newest - normal.level) >= 2 * plan["floor"]) & (normal.samples >= 2 * _KNOWN)


def _sum(normal: Baseline, sign: int) -> Any:
    bound = normal.high if sign > 0 else normal.low
    return cusum.run(sign * (normal.rest - bound[:, None]) / normal.long_run[:, None])


def _threshold(tracks: Tracks, normal: Baseline) -> Floats:
    """The limit h for two sides and as many samples a day as there are."""
    a_day = np.clip(bins.filled(normal.rest) / (RECENT / A_DAY), A_DAY / RECENT, A_DAY)
    return cusum.threshold(2 * tracks.plan["arl"] * a_day)


def _now(normal: Baseline) -> Floats:
    """Median of the newest samples, whenever those were."""
    place = np.cumsum(~np.isnan(normal.rest[:, ::-1]), axis=1)[:, ::-1]
    return bins.median(np.where(place <= _LAST, normal.rest, np.nan))


def _beyond(now: Floats, plan: Mapping[str, Floats], band: str, sign: int) -> Any:
    return now > plan[f"{band}_high"] if sign > 0 else now < plan[f"{band}_low"]
