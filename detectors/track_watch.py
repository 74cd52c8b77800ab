"""Runs a detector that judges each track by itself: hourly means of one patient's signal."""

import numpy as np

from detectors.columns import Bools, Index
from detectors.hour_lot import SCALE, SEEN
from detectors.hours import SPAN
from detectors.plan_rows import UNWATCHED, PlanRows
from detectors.rounds import News
from detectors.slow import TrackDetector, Tracks
from detectors.slow_watch import SlowWatch, newest_fresh
from detectors.ward import Ward
from vitals.finding import Finding, FindingKey
from vitals.plan import CarePlan
from vitals.signals import BY_NAME, SIGNALS
from vitals.times import HOUR


class TrackWatch(SlowWatch):
    """The things are the tracks of ``Ward.hours``."""

    def __init__(self, detector: TrackDetector, ward: Ward) -> None:
        self._detector = detector
        self._rows = PlanRows(ward.plans, detector.columns, self._make)
        super().__init__(detector, ward)

    def wish(self, patients: Index, signals: Index) -> Bools:
        wanted: Bools = self._rows.numbers(patients, signals) != UNWATCHED
        return wanted

    def _make(self, plan: CarePlan, signal: int) -> tuple[float, ...] | None:
        return self._ward.tuned(self._detector, plan).row(plan, SIGNALS[signal].name)

    def _count(self) -> int:
        return self._ward.hours.rows.size

    def _rows_of(self, things: Index) -> Index:
        hours = self._ward.hours
        return self._rows.numbers(hours.patient[things], hours.signal[things])

    def _news(self, at: int, after: int) -> News:
        hours, tracks = self._ward.hours, np.arange(self._size)
        newest = newest_fresh(hours.rows, tracks, after // HOUR + 1, at // HOUR) * HOUR
        cost = int(hours.rows.filled[: self._size].max(initial=1))
        return News(newest, hours.belated[: self._size], hours.stale[: self._size], cost)

    def _thing(self, key: FindingKey) -> int | None:
        signal = BY_NAME.get(key.signal)
        if signal is None:
            return None
        return self._ward.track(key.patient, signal.code)

    def _key(self, rule: int, thing: int) -> FindingKey:
        hours = self._ward.hours
        patient = self._ward.series.patients[hours.patient[thing]]
        return FindingKey(self._rules[rule], patient, SIGNALS[hours.signal[thing]].name)

    def _judged(self, at: int, things: Index) -> list[Finding]:
        tracks = self._tracks(at, things)
        findings = []
        for told in self._changes(at, things, self._detector.scan(tracks)):
            evidence = self._detector.evidence(tracks, told.rule, told.place, told.level, told.onset)
            unit = SIGNALS[self._ward.hours.signal[told.thing]].unit
            findings.append(self._finding(told, at, {**evidence, "unit": unit}))
        return findings

    def _tracks(self, at: int, things: Index) -> Tracks:
        hours, rows = self._ward.hours, self._ward.hours.rows
        slots = rows.slots(things, at // HOUR, min(SEEN, max(1, int(rows.filled[things].max(initial=1)))))
        hour = rows.column("hour", slots).astype(np.int64)
        there = (slots >= 0) & (hour > (at - SPAN) // HOUR)
        count = np.where(there, rows.column("count", slots), 0).astype(np.int64)
        with np.errstate(invalid="ignore"):
            mean = np.where(there, rows.column("total", slots), np.nan) / SCALE / count
        below = np.where(there, rows.column("below", slots), 0) / np.maximum(count, 1)
        local = self._ward.local(hours.patient[things], np.where(there, hour, at // HOUR))
        hour[~there] = local[~there] = 0
        plan = self._rows.columns(self._rows_of(things))
        return Tracks(at, hour, local, mean, count, below, self._since(things, at), plan)
