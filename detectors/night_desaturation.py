"""Night desaturation: how much of the night oxygen saturation was below 90 % (T90)."""

from typing import Any, ClassVar, Final

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors.bins import filled, median
from detectors.columns import Bools, Floats
from detectors.nights import Nights
from detectors.slow import Tracks
from detectors.track_watch import TrackWatch
from detectors.ward import Ward
from detectors.windows import HIGHEST, Marks
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import HOUR

_LOW, _MEDIUM = int(Severity.LOW), int(Severity.MEDIUM)
_NIGHTS: Final = 13
"""The last night, and the twelve before it that say what is usual."""
_FIRST, _LAST = 22, 6
_EACH: Final = 10
"""Readings that make an hour: one every six minutes, so that a spot measurement is no night."""
_SPREAD: Final = 1.4826 * 3
"""Three robust standard deviations, in median absolute deviations (Rousseeuw and Croux, J Am Stat Assoc 1993)."""
_BACK: Final = 0.75


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class NightDesaturation:
    """T90 of the patient's last night (22-06 local): the share of its time with SpO2 below 90 %.

    LOW when it is ``most`` % or more: 30 % of the recording is what studies of nocturnal oxygen call a desaturator
    (Levi-Valensi et al., Eur Respir J 1992; Lacasse et al., N Engl J Med 2020). LOW also when it is more than the
    patient's usual, MEDIUM when it is both. The usual is the median of the earlier nights of 12 days, at least
    ``nights`` of them and none since this was found; more than that is by ``worse`` percentage points and by three
    robust standard deviations (ours). At least ``hours`` of a night must be measured, six minutes apart or closer.

    It is over when a night lies at three quarters of ``most`` and of ``worse``.

    >>> NightDesaturation(most=40).row(CarePlan(), "spo2")
    (40.0, 10, 5, 4)
    """

    name: ClassVar[str] = "night_desaturation"
    rules: ClassVar[tuple[str, ...]] = ("night_desaturation",)
    columns: ClassVar[tuple[str, ...]] = ("most", "worse", "nights", "hours")
    every: ClassVar[int] = HOUR
    linger: ClassVar[int] = 8 * HOUR
    """A night is over at its end, however early the oximeter was taken off."""

    most: float = Field(default=30, gt=0, le=100)
    worse: float = Field(default=10, gt=0, le=100)
    nights: int = Field(default=5, ge=2, le=12)
    hours: int = Field(default=4, ge=1, le=8)

    def watch(self, ward: Ward) -> TrackWatch:
        return TrackWatch(self, ward)

    def row(self, plan: CarePlan, signal: str) -> tuple[float, ...] | None:  # noqa: ARG002  (limits are another's)
        return (self.most, self.worse, self.nights, self.hours) if signal == "spo2" else None

    def scan(self, tracks: Tracks) -> tuple[Marks, ...]:
        """Marks of night_desaturation; of a night that was not measured nothing is said."""
        last, usual, spread = _t90(tracks)
        most, worse = tracks.plan["most"], tracks.plan["worse"]
        much, more = last >= most, last - usual >= np.maximum(worse, spread)
        floor = much.astype(np.int8) + more
        back = (last < _BACK * most) & ~(last - usual >= _BACK * worse)
        ceiling = np.where(back, 0, HIGHEST)
        onset = np.full(len(last), tracks.at, np.int64)
        return (Marks(floor.astype(np.int8), np.maximum(floor, ceiling).astype(np.int8), onset),)

    def evidence(self, tracks: Tracks, rule: int, track: int, level: int, onset: int) -> dict[str, Any]:  # noqa: ARG002
        last, usual, _ = (float(column[track]) for column in _t90(tracks))
        return {
            "below": 90,
            "share": None if np.isnan(last) else round(last, 1),
            "most": float(tracks.plan["most"][track]),
            "usual": None if np.isnan(usual) else round(usual, 1),
            "nights": int(filled(_earlier(tracks, _nights(tracks)))[track]),
            "hours": int(_nights(tracks).hours[track, -1]),
            "since": onset,
        }


def _t90(tracks: Tracks) -> tuple[Floats, Floats, Floats]:
    """[m] T90 of the last night in %, of the usual one, and what three robust deviations of it are; NaN unknown."""
    nights = _nights(tracks)
    measured = _measured(tracks, nights)
    last = np.where(measured[:, -1], 100 * nights.below[:, -1], np.nan)
    earlier = _earlier(tracks, nights)
    usual = np.where(filled(earlier) >= tracks.plan["nights"], median(earlier), np.nan)
    return last, usual, _SPREAD * median(np.abs(earlier - usual[:, None]))


def _nights(tracks: Tracks) -> Nights:
    return Nights.of(tracks, _FIRST, _LAST, _NIGHTS, _EACH)


def _measured(tracks: Tracks, nights: Nights) -> Bools:
    measured: Bools = nights.hours >= tracks.plan["hours"][:, None]
    return measured


def _earlier(tracks: Tracks, nights: Nights) -> Floats:
    """[m, n] T90 in % of the nights before, NaN of those not measured and of those since the condition was found."""
    before = nights.end * HOUR <= tracks.since[:, None]
    found: Floats = np.where(_measured(tracks, nights) & before, 100 * nights.below, np.nan)
    return found[:, :-1]
