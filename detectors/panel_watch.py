"""Runs a detector that judges several signals of a patient together, on a grid of hours."""

from typing import Any, Final

import numpy as np

from detectors.columns import Bools, Floats, Index, Ints
from detectors.hour_lot import SCALE, SEEN
from detectors.hours import SPAN
from detectors.plan_rows import UNWATCHED, PlanRows
from detectors.rounds import News
from detectors.slow import PanelDetector, Panels
from detectors.slow_watch import SlowWatch, newest_fresh
from detectors.ward import Ward
from vitals.finding import Finding, FindingKey
from vitals.plan import CarePlan
from vitals.signals import signal_named
from vitals.times import HOUR

_ANY: Final = 0
"""A patient's plan row is the same for every signal."""


class PanelWatch(SlowWatch):
    """The things are patients, by their code."""

    def __init__(self, detector: PanelDetector, ward: Ward) -> None:
        if not 0 < detector.hours <= SEEN:
            raise ValueError(f"{detector.rules[0]}: hours {detector.hours} must be in 1 to {SEEN}")
        self._detector = detector
        self._signals = np.array([signal_named(name).code for name in detector.signals], np.int32)
        self._rows = PlanRows(ward.plans, detector.columns, self._make)
        super().__init__(detector, ward)

    def wish(self, patients: Index, signals: Index) -> Bools:
        wanted: Bools = np.isin(signals, self._signals) & (self._rows_of(patients) != UNWATCHED)
        return wanted

    def _make(self, plan: CarePlan, signal: int) -> tuple[float, ...] | None:  # noqa: ARG002  (the same for every one)
        return self._ward.tuned(self._detector, plan).row(plan)

    def _count(self) -> int:
        return len(self._ward.plans.of)

    def _rows_of(self, things: Index) -> Index:
        return self._rows.numbers(things, np.full(len(things), _ANY))

    def _news(self, at: int, after: int) -> News:
        hours = self._ward.hours
        track = self._tracks(np.arange(self._size))
        has = track >= 0
        newest = np.zeros(track.shape, np.int64)
        newest[has] = newest_fresh(hours.rows, track[has], after // HOUR + 1, at // HOUR) * HOUR
        belated, stale = (
            np.where(has, column[track] if len(column) else 0, 0).sum(axis=1).astype(np.uint32)
            for column in (hours.belated, hours.stale)
        )
        return News(newest.max(axis=1, initial=0), belated, stale, len(self._signals) * self._detector.hours)

    def _thing(self, key: FindingKey) -> int | None:
        return self._ward.patient(key.patient)

    def _key(self, rule: int, thing: int) -> FindingKey:
        return FindingKey(self._rules[rule], self._ward.series.patients[thing])

    def _judged(self, at: int, things: Index) -> list[Finding]:
        panels = self._panels(at, things)
        findings = []
        for told in self._changes(at, things, self._detector.scan(panels)):
            evidence: dict[str, Any] = self._detector.evidence(panels, told.rule, told.place, told.level, told.onset)
            findings.append(self._finding(told, at, evidence))
        return findings

    def _tracks(self, things: Index) -> Index:
        """[p, s]: -1 where there is no track."""
        known = self._ward.hours.track
        track = np.full((len(things), len(self._signals)), -1, np.int32)
        has = things < len(known)
        track[has] = known[things[has]][:, self._signals]
        return track

    def _panels(self, at: int, things: Index) -> Panels:
        track = self._tracks(things)
        has = np.flatnonzero(track.ravel() >= 0)
        mean = np.full((track.size, self._detector.hours), np.nan)
        known = np.zeros(track.size, np.int64)
        if len(has):
            mean[has], known[has] = self._grid(at, track.ravel()[has])
        shape = (*track.shape, self._detector.hours)
        oldest: Ints = known.reshape(track.shape).max(axis=1, initial=0)
        return Panels(at, mean.reshape(shape), oldest, self._rows.columns(self._rows_of(things)))

    def _grid(self, at: int, tracks: Index) -> tuple[Floats, Ints]:
        """Hourly means on the grid, and for how many hours each track is known."""
        rows, wide = self._ward.hours.rows, self._detector.hours
        slots = rows.slots(tracks, at // HOUR, wide)
        column = wide - 1 - (at // HOUR - rows.column("hour", slots).astype(np.int64))
        there = (slots >= 0) & (column >= 0)
        row = np.nonzero(there)[0]
        mean = np.full((len(tracks), wide), np.nan)
        total, count = (rows.column(name, slots[there]) for name in ("total", "count"))
        mean[row, column[there]] = total / SCALE / count
        first, _ = rows.nth_newest(tracks, rows.filled[tracks].astype(np.int64))
        known = np.where(rows.filled[tracks] > 0, at // HOUR - first, 0)
        return mean, np.clip(known, 0, SPAN // HOUR).astype(np.int64)
