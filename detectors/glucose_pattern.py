"""Glucose patterns: too much time below range in two weeks, and low hours of the night."""

from typing import Any, ClassVar, Final

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors.columns import Bools, Floats, Ints
from detectors.nights import Nights, last_over
from detectors.slow import Tracks
from detectors.track_watch import TrackWatch
from detectors.ward import Ward
from detectors.windows import HIGHEST, Marks
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import HOUR

_LOW, _MEDIUM = int(Severity.LOW), int(Severity.MEDIUM)
_DAYS: Final = 14
"""The hours that are seen (SEEN) hold as many until the next night is over, so all day long the same is said."""
_LAST: Final = 6
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
    """Of a sensor's readings below 70 mg/dL, as of the end of the patient's last night (06:00 local), so once a day.

    ``glucose_pattern.below``: LOW when more than ``most`` % of the last 14 days were below range, MEDIUM at twice that.
    The consensus on time in range (Battelino et al., Diabetes Care 2019) wants less than 4 % below 70 mg/dL in two
    weeks, and less than 1 % in older or high-risk people: set ``most: 1`` in their plans. At least 70 % of the hours
    must be measured (same source). It is over at three quarters of ``most``.

    ``glucose_pattern.night``: LOW when in last night (00-06) any hour was below range for ``share`` of its readings or
    more (15 minutes of an hour, the consensus' shortest hypoglycaemic event), MEDIUM when that was so in ``repeated``
    of the last 7 nights. It is over after three measured nights without.

    Readings every 20 minutes or more often count; finger-prick values do not make a pattern. MEDIUM, ``repeated`` and
    the ends are ours.

    >>> GlucosePattern(most=1).row(CarePlan(), "glucose")
    (1.0, 0.25, 3)
    """

    name: ClassVar[str] = "glucose_pattern"
    rules: ClassVar[tuple[str, ...]] = ("glucose_pattern.below", "glucose_pattern.night")
    columns: ClassVar[tuple[str, ...]] = ("most", "share", "repeated")
    every: ClassVar[int] = HOUR
    linger: ClassVar[int] = _LAST * HOUR
    """A night is over at its end, however early the sensor stopped."""

    most: float = Field(default=4, gt=0, lt=100)
    share: float = Field(default=0.25, gt=0, le=1)
    repeated: int = Field(default=3, ge=2, le=7)

    def watch(self, ward: Ward) -> TrackWatch:
        return TrackWatch(self, ward)

    def row(self, plan: CarePlan, signal: str) -> tuple[float, ...] | None:  # noqa: ARG002  (limits are another's)
        return (self.most, self.share, self.repeated) if signal == "glucose" else None

    def scan(self, tracks: Tracks) -> tuple[Marks, ...]:
        """Marks of glucose_pattern.below and .night; the same at every hour until the next night is over."""
        return tuple(_marks(*level, tracks.at) for level in (_range(tracks), _night(tracks)))

    def evidence(self, tracks: Tracks, rule: int, track: int, level: int, onset: int) -> dict[str, Any]:
        if rule == 0:
            share, measured = _below(tracks)
            most = float(tracks.plan["most"][track])
            return {
                "below": 70,
                "share": round(100 * float(share[track]), 1),
                "most": 2 * most if level == _MEDIUM else most,
                "days": _DAYS,
                "measured": round(100 * float(measured[track])),
                "since": onset,
            }
        nights = _nights(tracks)
        return {
            "below": 70,
            "share": round(100 * float(np.nan_to_num(nights.worst[track, -1])), 1),
            "most": round(100 * float(tracks.plan["share"][track]), 1),
            "nights": int(_lows(tracks, nights)[track].sum()),
            "of": int((nights.hours[track] > 0).sum()),
            "since": onset,
        }


def _marks(floor: Ints, ceiling: Ints, at: int) -> Marks:
    onset = np.full(len(floor), at, np.int64)
    return Marks(floor.astype(np.int8), np.maximum(floor, ceiling).astype(np.int8), onset)


def _range(tracks: Tracks) -> tuple[Ints, Ints]:
    """At least and at most which level the time below range has."""
    share, measured = _below(tracks)
    most = tracks.plan["most"] / 100
    enough = measured >= _MEASURED
    floor = np.where(enough & (share > most), np.where(share > 2 * most, _MEDIUM, _LOW), 0)
    return floor, np.where(enough & (share <= _BACK * most), 0, HIGHEST)


def _below(tracks: Tracks) -> tuple[Floats, Floats]:
    """[m] shares of the measured hours of the days below range, and of the days measured; each hour counts alike."""
    end = last_over(tracks, _LAST)[:, None] * 24 + _LAST
    inside = (tracks.local <= end) & (tracks.local > end - _DAYS * 24) & (tracks.count >= _EACH)
    hours = np.count_nonzero(inside, axis=1)
    share: Floats = np.where(inside, tracks.below, 0.0).sum(axis=1) / np.maximum(hours, 1)
    return share, hours / (_DAYS * 24)


def _night(tracks: Tracks) -> tuple[Ints, Ints]:
    """At least and at most which level the nights have."""
    nights = _nights(tracks)
    lows = _lows(tracks, nights)
    repeated = lows.sum(axis=1) >= tracks.plan["repeated"]
    floor = np.where(lows[:, -1], np.where(repeated, _MEDIUM, _LOW), 0)
    quiet = (~lows & (nights.hours >= _ENOUGH))[:, -_QUIET:].all(axis=1)
    return floor, np.where(quiet, 0, HIGHEST)


def _nights(tracks: Tracks) -> Nights:
    return Nights.of(tracks, 0, _LAST, _WEEK, _EACH)


def _lows(tracks: Tracks, nights: Nights) -> Bools:
    """[m, 7] Whether any hour of the night was low for the share that counts."""
    lows: Bools = nights.worst >= tracks.plan["share"][:, None]
    return lows
