"""Glucose patterns: too much time below range in two weeks, and low hours of the night."""

from typing import Any, ClassVar, Final

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors.base import HIGHEST, Bools, Floats, Ints, Marks
from detectors.bins import local_now
from detectors.nights import Nights, morning
from detectors.slow import Tracks
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import HOUR

_LOW, _MEDIUM = int(Severity.LOW), int(Severity.MEDIUM)
_HOURS: Final = 14 * 24
_MEASURED: Final = 0.7
_EACH: Final = 3
"""Readings that make an hour of a sensor; a finger-prick meter has fewer."""
_WEEK: Final = 7
_QUIET: Final = 3
_ENOUGH: Final = 3
"""Hours of a night that must be measured for it to count as a quiet one."""
_BACK: Final = 0.75


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class GlucosePattern:
    """Judged once a day, at ``hour`` in the patient's morning, from a sensor's readings below 70 mg/dL.

    ``glucose_pattern.below``: LOW when more than ``most`` % of the last 14 days was below range, MEDIUM at twice that.
    The consensus on time in range (Battelino et al., Diabetes Care 2019) wants less than 4 % below 70 mg/dL, and less
    than 1 % in older or high-risk people: set ``most: 1`` in their plans. At least 70 % of the hours must be measured
    (same source). It is over at three quarters of ``most``.

    ``glucose_pattern.night``: LOW when in last night (00-06) any hour was below range for ``share`` of its readings or
    more (15 minutes of an hour, the consensus' shortest hypoglycaemic event), MEDIUM when that was so in ``repeated``
    of the last 7 nights. It is over after three measured nights without.

    Readings every 15 minutes or more often count; finger-prick values do not make a pattern. MEDIUM, ``repeated`` and
    the ends are ours.

    >>> GlucosePattern(most=1).row(CarePlan(), "glucose")
    (8, 1.0, 0.25, 3)
    """

    name: ClassVar[str] = "glucose_pattern"
    rules: ClassVar[tuple[str, ...]] = ("glucose_pattern.below", "glucose_pattern.night")
    columns: ClassVar[tuple[str, ...]] = ("hour", "most", "share", "repeated")
    every: ClassVar[int] = HOUR

    hour: int = Field(default=8, ge=6, le=12)
    most: float = Field(default=4, gt=0, lt=100)
    share: float = Field(default=0.25, gt=0, le=1)
    repeated: int = Field(default=3, ge=2, le=7)

    def row(self, plan: CarePlan, signal: str) -> tuple[float, ...] | None:  # noqa: ARG002  (limits are another's)
        return (self.hour, self.most, self.share, self.repeated) if signal == "glucose" else None

    def scan(self, tracks: Tracks) -> tuple[Marks, ...]:
        """Marks of glucose_pattern.below and .night; neither says anything at other hours of the day."""
        judged = morning(tracks, tracks.plan["hour"])
        return tuple(_at(judged, *level, tracks.at) for level in (_range(tracks), _night(tracks)))

    def evidence(self, tracks: Tracks, rule: int, track: int, level: int, onset: int) -> dict[str, Any]:
        if rule == 0:
            share, measured = _below(tracks)
            limit = float(tracks.plan["most"][track])
            return {
                "value": round(100 * float(share[track]), 1),
                "unit": "%",
                "limit": 2 * limit if level == _MEDIUM else limit,
                "below": 70,
                "days": _HOURS // 24,
                "measured": round(100 * float(measured[track])),
                "since": onset,
            }
        nights = _nights(tracks)
        lows = _lows(tracks, nights)[track]
        return {
            "value": round(100 * float(np.nan_to_num(nights.worst[track, -1]))),
            "unit": "%",
            "limit": round(100 * float(tracks.plan["share"][track])),
            "below": 70,
            "nights": int(lows.sum()),
            "of": int((nights.hours[track] > 0).sum()),
            "since": onset,
        }


def _at(judged: Bools, floor: Any, ceiling: Any, at: int) -> Marks:
    return Marks(
        np.where(judged, floor, 0).astype(np.int8),
        np.where(judged, np.maximum(floor, ceiling), HIGHEST).astype(np.int8),
        np.full(len(judged), at, np.int64),
    )


def _range(tracks: Tracks) -> tuple[Ints, Ints]:
    """At least and at most which level the time below range has."""
    share, measured = _below(tracks)
    most = tracks.plan["most"] / 100
    enough = measured >= _MEASURED
    floor = np.where(enough & (share > most), np.where(share > 2 * most, _MEDIUM, _LOW), 0)
    return floor, np.where(enough & (share <= _BACK * most), 0, HIGHEST)


def _below(tracks: Tracks) -> tuple[Floats, Floats]:
    """[m] shares of the measured hours of 14 days below range, and of the 14 days measured; each hour counts alike."""
    inside = (tracks.local > local_now(tracks)[:, None] - _HOURS) & (tracks.count >= _EACH)
    hours = np.count_nonzero(inside, axis=1)
    share: Floats = np.where(inside, tracks.below, 0.0).sum(axis=1) / np.maximum(hours, 1)
    return share, hours / _HOURS


def _night(tracks: Tracks) -> tuple[Ints, Ints]:
    """At least and at most which level the nights have."""
    nights = _nights(tracks)
    lows = _lows(tracks, nights)
    repeated = lows.sum(axis=1) >= tracks.plan["repeated"]
    floor = np.where(lows[:, -1], np.where(repeated, _MEDIUM, _LOW), 0)
    quiet = (~lows & (nights.hours >= _ENOUGH))[:, -_QUIET:].all(axis=1)
    return floor, np.where(quiet, 0, HIGHEST)


def _nights(tracks: Tracks) -> Nights:
    return Nights.of(tracks, 0, 6, _WEEK, _EACH)


def _lows(tracks: Tracks, nights: Nights) -> Bools:
    """[m, 7] Whether any hour of the night was low for the share that counts."""
    lows: Bools = nights.worst >= tracks.plan["share"][:, None]
    return lows
