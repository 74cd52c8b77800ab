"""Limits: a value outside the plan's bands that holds for its delay, or is confirmed by a repeat reading."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors.base import HIGHEST, Bools, Floats, Index, Ints, Marks, Windows
from detectors.series_watch import SeriesWatch
from detectors.ward import Ward
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import DAY, HOUR, MINUTE, SECOND, Duration

_SIDES: Final = ("low", "high")
_LONGEST: Final = 2 * DAY
"""Readings further apart than this never belong to one run."""


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Limit:
    """Outside the alert band is HIGH, outside the warning band ``warning``, once it is no single reading's word.

    *Streamed* values: at least two readings in a row are outside, and they span the plan's ``on_delay``. So an
    hourly value is confirmed by the next one. *Given once* (``Limits.repeat``): the first reading outside is LOW and
    asks for a repeat; a second within ``confirm_within``, at least ``apart`` later, confirms; a normal one clears.
    So is a reading of any signal that comes ``seldom`` or more after the one before, as that one did (a cuff's pulse, a
    morning temperature): it is LOW and asks; a normal one clears; the next confirms.
    A run of readings ends where a gap is longer than ``max_gap`` and three times the gap before it: a stream that
    was interrupted starts anew, one that is slow by nature does not.

    It clears (and HIGH becomes milder) when the value is ``hysteresis`` inside the limit, for two readings that span
    ``clear_delay``. Delays, hysteresis and priorities as IEC 60601-1-8 names them; the defaults of the delays are ours.

    >>> Limit().row(CarePlan(), "spo2")[:4]
    (88.0, 92.0, inf, inf)
    """

    name: ClassVar[str] = "limit"
    rules: ClassVar[tuple[str, ...]] = ("limit.low", "limit.high")
    columns: ClassVar[tuple[str, ...]] = (
        "alert_low", "warning_low", "warning_high", "alert_high", "hysteresis", "on_delay", "clear_delay", "max_gap",
        "repeat", "warning", "seldom",
    )  # fmt: skip

    warning: int = Field(default=int(Severity.MEDIUM), ge=1, le=3)
    clear_delay: Duration = Field(default=MINUTE, ge=0)
    max_gap: Duration = Field(default=5 * MINUTE, gt=0)
    confirm_within: Duration = Field(default=30 * MINUTE, gt=0)
    apart: Duration = Field(default=20 * SECOND, ge=0)
    seldom: Duration = Field(default=4 * HOUR, gt=0)

    def watch(self, ward: Ward) -> SeriesWatch:
        return SeriesWatch(self, ward)

    def row(self, plan: CarePlan, signal: str) -> tuple[float, ...] | None:
        limits = plan.limits_for(signal)
        if limits is None:
            return None
        low = -np.inf if limits.alert_low is None else limits.alert_low
        high = np.inf if limits.alert_high is None else limits.alert_high
        bands: tuple[float, ...] = (
            low,
            low if limits.warning_low is None else max(limits.warning_low, low),
            high if limits.warning_high is None else min(limits.warning_high, high),
            high,
        )
        if limits.inclusive:  # what reaches a limit lies beyond the number just inside it
            inwards = (np.inf, np.inf, -np.inf, -np.inf)
            bands = tuple(
                float(np.nextafter(b, to)) if np.isfinite(b) else b for b, to in zip(bands, inwards, strict=True)
            )
        return (
            *bands,
            limits.hysteresis,
            max(limits.on_delay, self.apart) if limits.repeat else limits.on_delay,
            0 if limits.repeat else self.clear_delay,
            self.confirm_within if limits.repeat else self.max_gap,
            limits.repeat,
            self.warning,
            self.seldom,
        )

    def calm(self, row: tuple[float, ...]) -> tuple[float, float]:
        return row[1], row[2]

    def steady(self, plan: Mapping[str, Floats], rule: int, level: int) -> tuple[Floats, Floats]:
        """At HIGH: not back inside the alert limit by ``hysteresis``; at the warning's level: not back inside that one,
        nor beyond the alert limit. And inside the other side's limits.
        """
        sign = -1.0 if _SIDES[rule] == "low" else 1.0
        alert, warning = (sign * plan[f"{band}_{_SIDES[rule]}"] for band in ("alert", "warning"))
        milder = plan["warning"] == level
        back = np.where(milder, warning, alert) - plan["hysteresis"]
        least, most = np.nextafter(back, np.inf), alert if level < HIGHEST else np.full_like(alert, np.inf)
        known = (milder | (level == HIGHEST)) & (least <= most)
        least, most = np.where(known, least, np.inf), np.where(known, most, -np.inf)
        if sign < 0:
            return -most, np.minimum(-least, plan["warning_high"])
        return np.maximum(least, plan["warning_low"]), most

    def lone(self, plan: Mapping[str, Floats]) -> Floats:
        """Two readings in a row must be outside, where values stream and the delay is none of 0."""
        return np.where((plan["repeat"] > 0) | (plan["on_delay"] <= 0), 0.0, plan["seldom"])

    def lookback(self, row: tuple[float, ...]) -> float:
        return max(row[5], row[6]) + MINUTE

    def scan(self, windows: Windows) -> tuple[Marks, ...]:
        """Marks of limit.low and limit.high; both sides and all bands in one pass, side by side."""
        gaps = _gaps(windows)
        outside, since, confirmed = _runs(windows, _broken(windows, *gaps))
        once = (windows.each("repeat") > 0) | _seldom(windows, *gaps)
        confirmed[2:] |= outside[2:] & once
        floor = np.where(once & outside[1], int(Severity.LOW), 0)
        floor = np.where(confirmed[1], windows.each("warning"), floor)
        floor = np.where(confirmed[0], HIGHEST, floor).astype(np.int8)
        ceiling = np.where(confirmed[3], 0, np.where(confirmed[2], windows.each("warning"), HIGHEST)).astype(np.int8)
        onset = windows.time[np.where(confirmed[0], since[0], since[1])]
        return tuple(Marks(floor[i], np.maximum(floor[i], ceiling[i]), onset[i]) for i in range(len(_SIDES)))

    def evidence(self, windows: Windows, rule: int, sample: int, level: int, onset: int) -> dict[str, Any]:
        side, segment = _SIDES[rule], windows.segment[sample]
        band = "alert" if level == HIGHEST else "warning"
        limit = float(windows.plan[f"{band}_{side}"][segment])
        run = windows.time[windows.starts[segment] : sample + 1]
        found = {
            "value": float(windows.value[sample]),
            "limit": round(limit, 6) if np.isfinite(limit) else None,
            "band": band,
            "since": onset,
            "held": (int(windows.time[sample]) - onset) / SECOND,
            "readings": int(np.count_nonzero(run >= onset)),
        }
        confirmed_low = windows.plan["warning"][segment] == level and not windows.plan["repeat"][segment]
        asks = level == int(Severity.LOW) and not confirmed_low
        return found | {"ask": "repeat"} if asks else found


def _runs(windows: Windows, fresh_start: Bools) -> tuple[Bools, Index, Bools]:
    """For bands (outside alert, outside warning, back inside alert, back inside warning) by sides (low, high) by
    samples, [4, 2, n]: whether the sample is there, where its run began, and whether the run is long enough.
    """
    bands = _bands(windows)
    number = np.arange(len(windows.time))
    begins = bands.copy()
    begins[..., 1:] &= fresh_start[1:] | ~bands[..., :-1]
    since = np.maximum.accumulate(np.where(begins, number, 0), axis=-1)
    on, off = windows.each("on_delay"), windows.each("clear_delay")
    delay = np.array([on, on, off, off])[:, None]
    enough = (windows.time - windows.time[since] >= delay) & ((number > since) | (delay == 0))
    if windows.truncated.any():
        # What began before memory began has held for as long as memory can say.
        enough |= windows.truncated[windows.segment] & (since == windows.starts[windows.segment]) & (number > since)
    return bands, since, bands & enough


def _bands(windows: Windows) -> Bools:
    bands = np.empty((4, 2, len(windows.value)), bool)
    margin = windows.plan["hysteresis"]
    for side, (name, sign) in enumerate(zip(_SIDES, (-1.0, 1.0), strict=True)):
        value = sign * windows.value
        for row, band in enumerate(("alert", "warning")):
            limit = sign * windows.plan[f"{band}_{name}"]
            np.greater(value, limit[windows.segment], out=bands[row, side])
            np.less_equal(value, (limit - margin)[windows.segment], out=bands[row + 2, side])
    return bands


def _gaps(windows: Windows) -> tuple[Ints, Ints]:
    """Time since the sample before, and between that and the one before it; long where there is none."""
    gap: Ints = np.empty_like(windows.time)
    np.subtract(windows.time[1:], windows.time[:-1], out=gap[1:])
    gap[windows.starts] = _LONGEST
    usual = np.empty_like(gap)
    usual[1:], usual[0] = gap[:-1], _LONGEST
    return gap, usual


def _seldom(windows: Windows, gap: Ints, usual: Ints) -> Bools:
    """Samples of a series that is measured now and then; of its first two nobody can tell."""
    least = windows.each("seldom")
    found: Bools = (gap >= least) & (usual >= least)
    begun = np.arange(len(gap)) - windows.starts[windows.segment]
    return found & (begun > 1)


def _broken(windows: Windows, gap: Ints, usual: Ints) -> Bools:
    """Where no run goes on from the sample before: a window's first, or after too long a gap."""
    most = windows.each("max_gap")
    allowed = np.where(windows.each("repeat") > 0, most, np.maximum(most, 3 * usual))
    broken = gap > np.minimum(allowed, _LONGEST)
    broken[windows.starts] = True
    return broken
