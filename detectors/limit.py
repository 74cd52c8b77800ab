"""Limits: a value outside the plan's bands that holds for its delay, or is confirmed by a repeat reading."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, ClassVar, Final

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors.columns import Bools, Floats, Index
from detectors.limit_runs import broken, enough, gaps, runs
from detectors.masks import any_of
from detectors.parts import only
from detectors.series_watch import SeriesWatch
from detectors.sided import SidedMarks, holding
from detectors.told import Changes
from detectors.ward import Ward
from detectors.windows import HIGHEST, Marks, Windows
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import HOUR, MINUTE, SECOND, Duration

_SIDES: Final = ("low", "high")


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

    def scan(self, windows: Windows) -> Marks:
        """Marks of limit.low and limit.high; each window is judged on the side it may change on, seldom on both."""
        marks = SidedMarks(windows)
        kept = _kept(windows)
        _judge(windows, kept[1].astype(np.intp), windows.fresh, marks)
        both = kept[0] & kept[1]
        if any_of(both):
            some, samples = only(windows, both)
            _judge(some, np.zeros(len(some.starts), np.intp), samples[some.fresh], marks)
        return marks.marks()

    def evidence(self, windows: Windows, changes: Changes) -> list[dict[str, Any]]:
        segment = windows.segment[changes.sample]
        plan, high = windows.plan, changes.after == HIGHEST
        limits = np.array([plan[f"{band}_{side}"] for side in _SIDES for band in ("warning", "alert")])
        limit = limits[2 * changes.rule + high, segment]
        told = (plan["warning"][segment] == changes.after) & (plan["repeat"][segment] == 0)
        asks = (changes.after == int(Severity.LOW)) & ~told
        columns = (
            changes.sample, windows.starts[segment], windows.value[changes.sample], limit, high, asks, changes.onset,
        )  # fmt: skip
        found: list[dict[str, Any]] = []
        for at, start, value, beyond, alert, ask, onset in zip(*(c.tolist() for c in columns), strict=True):
            said = {
                "value": value,
                "limit": round(beyond, 6) if isfinite(beyond) else None,
                "band": "alert" if alert else "warning",
                "since": onset,
                "held": (int(windows.time[at]) - onset) / SECOND,
                "readings": at + 1 - start - int(windows.time[start : at + 1].searchsorted(onset)),
            }
            found.append(said | {"ask": "repeat"} if ask else said)
        return found


def _kept(windows: Windows) -> Bools:
    """[2, m] Sides on which something holds, or a new reading is outside."""
    kept, rows = holding(windows), windows.fresh
    segment, value = windows.segment[rows], windows.value[rows]
    kept[0, segment[value < windows.plan["warning_low"][segment]]] = True
    kept[1, segment[value > windows.plan["warning_high"][segment]]] = True
    return kept


def _judge(windows: Windows, side: Index, samples: Index, marks: SidedMarks) -> None:
    """Judge each window's new samples, which are ``samples`` of the marks, on its ``side`` [m]."""
    rows = windows.fresh
    segment = windows.segment[rows]
    gap, usual = gaps(windows)
    bands, since = runs(windows, side, broken(windows, gap, usual))
    seldom = windows.plan["seldom"][segment]
    once = (gap[rows] >= seldom) & (usual[rows] >= seldom) & (rows - windows.starts[segment] > 1)
    once |= windows.plan["repeat"][segment] > 0
    confirmed = bands & enough(windows, since)
    confirmed[2:] |= bands[2:] & once
    warning = windows.plan["warning"][segment]
    floor = np.where(confirmed[1], warning, (once & bands[1]) * int(Severity.LOW))
    floor[confirmed[0]] = HIGHEST
    ceiling = np.where(confirmed[2], warning, HIGHEST)
    ceiling[confirmed[3]] = 0
    onset = windows.time[np.where(confirmed[0], since[0], since[1])]
    marks.put(side[segment], samples, floor, np.maximum(floor, ceiling), onset)
