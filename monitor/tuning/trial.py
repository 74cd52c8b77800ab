"""One detector over one patient's readings again, under another plan."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detectors.base import Detector
from detectors.scan import Bank
from monitor.evaluation.rerun import findings
from vitals.agency import Agency, Patient
from vitals.batch import Batch
from vitals.finding import Finding, Severity
from vitals.plan import CarePlan
from vitals.series import SeriesTable
from vitals.times import HOUR

_NEAR = HOUR


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """One patient's readings in time order, with a table of their series alone."""

    series: SeriesTable
    batch: Batch

    @classmethod
    def of(cls, table: SeriesTable, batch: Batch) -> "Readings":
        """From a batch under another table's codes: codes counted anew, so that a trial has no room for others."""
        codes, inverse = np.unique(batch.series, return_inverse=True)
        small = SeriesTable(table.keys[code] for code in codes.tolist())
        order = np.argsort(batch.time, kind="stable")
        renamed = Batch.of(inverse, batch.time, batch.value, batch.received, batch.quality)
        return cls(small, renamed.take(order))

    def hours(self) -> Iterator[Batch]:
        """An hour at a time: how a stream is split changes nothing that is found."""
        bounds = np.flatnonzero(np.diff(self.batch.time // HOUR)) + 1
        edges = [0, *bounds.tolist(), len(self.batch)]
        yield from (self.batch.take(slice(a, b)) for a, b in zip(edges, edges[1:], strict=False))


@dataclass(frozen=True, slots=True)
class Opening:
    """One alert that a trial opened: when, and how severe it became."""

    opened: int
    ended: int
    severity: Severity


def trial(
    readings: Readings, patient: Patient, plan: CarePlan, *, detector: Detector, rule: str, signal: str
) -> list[Opening]:
    """What ``rule`` (of that ``signal``, any if empty) would have opened under ``plan``."""
    if not len(readings.batch):
        return []
    agency = Agency(id="trial", patients=(patient.model_copy(update={"plan": plan}),))
    bank = Bank(readings.series, agency, detectors=[detector])
    found = findings(readings.hours(), bank, int(readings.batch.time[0]))
    return list(_openings(f for f in found if f.key.rule == rule and signal in ("", f.key.signal)))


def _openings(found: Iterator[Finding]) -> Iterator[Opening]:
    live: dict[object, Opening] = {}
    for finding in found:
        now = live.pop(finding.key, None)
        if finding.severity:
            severity = max(finding.severity, now.severity if now else Severity.CLEAR)
            live[finding.key] = Opening(now.opened if now else finding.time, 1 << 62, severity)
        elif now:
            yield Opening(now.opened, finding.time, now.severity)
    yield from live.values()


def lost(before: list[Opening], after: list[Opening]) -> list[Opening]:
    """Those of ``before`` during which (or within an hour of which) nothing opened or held ``after``."""
    return [o for o in before if not any(a.opened <= o.ended + _NEAR and a.ended >= o.opened - _NEAR for a in after)]
