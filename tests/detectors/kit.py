"""A bank with a small agency, and streams to feed it; times in ms, patients neutral ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from detectors.scan import Bank
from vitals.agency import Agency, Device, Patient
from vitals.alert import Alert, AlertState
from vitals.batch import STALE, Batch, Quality
from vitals.finding import Finding, FindingKey, Severity
from vitals.intake import DeviceStatus, EventType, Intake, PatientEvent
from vitals.plan import CarePlan
from vitals.series import SeriesTable
from vitals.signals import BY_NAME, SIGNALS
from vitals.times import HOUR, MINUTE, SECOND

T0 = 1_767_225_600_000
Row = tuple[str, str, str, int, float, int]
"""patient, device, signal, time, value, quality."""


def agency(**plans: CarePlan) -> Agency:
    return Agency(id="a", patients=tuple(Patient(id=i, name="-", timezone="UTC", plan=p) for i, p in plans.items()))


def with_devices(plan: CarePlan, *devices: Device, patient: str = "p1") -> Agency:
    return Agency(id="a", patients=(Patient(id=patient, name="-", timezone="UTC", plan=plan, devices=devices),))


class World:
    """A bank, and what it found."""

    def __init__(self, people: Agency | None = None, series: SeriesTable | None = None, **bank: Any) -> None:
        self.series = SeriesTable() if series is None else series
        self.people = people or agency(p1=CarePlan())
        self.bank = Bank(self.series, self.people, **bank)
        self.found: list[Finding] = []

    def batch(self, rows: Iterable[Row]) -> Batch:
        rows = list(rows)
        codes = [self.series.code(p, d, BY_NAME[s].code) for p, d, s, *_ in rows]
        time = [r[3] for r in rows]
        return Batch.of(codes, time, [r[4] for r in rows], time, np.array([r[5] for r in rows], np.uint8))

    def feed(self, rows: Iterable[Row], now: int | None = None, **intake: Any) -> list[Finding]:
        batch = self.batch(rows)
        now = now if now is not None else int(batch.time.max(initial=T0))
        found = self.bank.scan(Intake(batch, **intake), now)
        self.found += found
        return found

    def stream(
        self, signal: str, values: Sequence[float], *, every: int = 20 * SECOND, start: int = T0, quality: int = 0
    ) -> list[Finding]:
        """The values of one series, a batch each."""
        found: list[Finding] = []
        for i, value in enumerate(values):
            found += self.feed([row(signal, start + i * every, value, quality=quality)])
        return found

    def status(self, online: bool, at: int, battery: float | None = None, **more: Any) -> list[Finding]:  # noqa: FBT001
        status = DeviceStatus("p1", more.pop("device", "hub"), at, at, online, battery, **more)
        found = self.bank.scan(Intake(Batch.empty(), statuses=(status,)), at)
        self.found += found
        return found

    def event(self, event: EventType, at: int, *, stale: bool = False, **detail: Any) -> list[Finding]:
        happened = PatientEvent("p1", "button", at, at, event, detail, stale)
        found = self.bank.scan(Intake(Batch.empty(), events=(happened,)), at)
        self.found += found
        return found

    def sweep(self, now: int) -> list[Finding]:
        found = self.bank.sweep(now)
        self.found += found
        return found


def row(signal: str, time: int, value: float, *, patient: str = "p1", device: str = "hub", quality: int = 0) -> Row:
    return patient, device, signal, time, value, int(quality)


def message(time: int, patient: str = "p1", quality: int = 0, **values: float) -> list[Row]:
    return [row(signal, time, value, patient=patient, quality=quality) for signal, value in values.items()]


def told(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """(rule, severity) in order."""
    return [(finding.key.rule, finding.severity.word) for finding in findings]


def of(findings: Iterable[Finding], rule: str) -> list[str]:
    """The severities of one rule, in order."""
    return [finding.severity.word for finding in findings if finding.key.rule == rule]


def by_key(findings: Iterable[Finding]) -> dict[FindingKey, list[tuple[int, int, int]]]:
    """Each key's changes: (severity, time, onset)."""
    changes: dict[FindingKey, list[tuple[int, int, int]]] = {}
    for finding in findings:
        changes.setdefault(finding.key, []).append((int(finding.severity), finding.time, finding.onset))
    return changes


class PastHours(NamedTuple):
    series: Any
    hour: Any
    count: Any
    mean: Any
    below: Any
    fresh: Any


class Past:
    """A store of readings, as small as can be; without the table it knows no marks."""

    def __init__(self, series: SeriesTable | None = None) -> None:
        self.batches: list[Batch] = []
        self.series = series

    def append(self, batch: Batch) -> None:
        self.batches.append(batch)

    def window(self, start: int, end: int, series: Sequence[int] | None = None) -> Batch:
        batch = self._all(series)
        return batch.take((batch.time >= start) & (batch.time < end))

    def latest(self, series: Sequence[int] | None = None) -> Batch:
        batch = self._all(series)
        return batch.take(np.append(batch.series[1:] != batch.series[:-1], True)) if len(batch) else batch

    def hourly(self, first: int, last: int, marks: Mapping[str, float], series: Sequence[int]) -> "PastHours":
        """One row a reading: an hour may stand in several."""
        batch = self.window((first - 1) * HOUR + 1, last * HOUR + 1, series)
        batch = batch.take((batch.quality & ARTEFACT) == 0)
        lows = np.full(len(SIGNALS), -np.inf)
        for name, mark in marks.items():
            lows[BY_NAME[name].code] = mark
        below = (
            batch.value < lows[self.series.signal_codes()[batch.series]]
            if self.series is not None
            else np.zeros(len(batch))
        )
        fresh = (batch.quality & int(STALE)) == 0
        return PastHours(batch.series, -(-batch.time // HOUR), np.ones(len(batch)), batch.value, below, fresh)

    def _all(self, series: Sequence[int] | None) -> Batch:
        batch = Batch.concat(self.batches)
        batch = batch.take(np.lexsort((batch.time, batch.series)))
        if len(batch):
            twin = (batch.series[1:] == batch.series[:-1]) & (batch.time[1:] == batch.time[:-1])
            batch = batch.take(np.append(True, ~twin))
        return batch if series is None else batch.take(np.isin(batch.series, list(series)))


def live(findings: Iterable[Finding]) -> list[Alert]:
    """The alerts that a desk would have live after these findings, and those resolved."""
    alerts: dict[FindingKey, Alert] = {}
    over: list[Alert] = []
    for finding in findings:
        if finding.severity is Severity.CLEAR:
            before = alerts.pop(finding.key, None)
            over += [replace(before, state=AlertState.RESOLVED, holds=False, updated=finding.time)] if before else []
        else:
            onset = alerts[finding.key].onset if finding.key in alerts else finding.onset
            alerts[finding.key] = Alert(
                "A",
                finding.key,
                finding.kind,
                finding.severity,
                AlertState.OPEN,
                onset,
                finding.time,
                finding.time,
                {"seen": finding.time},
            )
    return [*over, *alerts.values()]


LATE = Quality.LATE
ARTEFACT = Quality.ARTEFACT
__all__ = ["MINUTE", "SECOND"]
