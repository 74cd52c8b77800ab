"""Detectors alone over a recording, without store and desk: for thresholds that were not in force."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from detectors.base import Detector
from detectors.scan import Bank
from monitor.datatime import STEP, paced
from monitor.evaluation.alertfile import Alerts, of_lines
from monitor.longcsv import LongCsv
from vitals.agency import Agency
from vitals.batch import Batch
from vitals.finding import Finding
from vitals.intake import Intake
from vitals.series import SeriesTable
from vitals.times import HOUR


def rerun(
    csv: LongCsv,
    agency: Agency,
    detectors: Sequence[Detector],
    *,
    sweep: int = HOUR,
    only: Collection[str] | None = None,
) -> Iterator[Finding]:
    """The findings of these detectors alone, in the order of time, about all patients or ``only`` these; swept every
    ``sweep`` ms of data time.
    """
    series = SeriesTable()
    bank = Bank(series, agency, detectors=detectors)
    batches = csv.batches(series, STEP)
    return findings(batches if only is None else _of(batches, series, set(only)), bank, csv.first, sweep=sweep)


def _of(batches: Iterable[Batch], series: SeriesTable, patients: set[str]) -> Iterator[Batch]:
    """The readings of these patients."""
    mine = np.zeros(0, bool)
    for batch in batches:
        if len(mine) < len(series):
            mine = np.array([key.patient in patients for key in series.keys])
        kept = mine[batch.series]
        if kept.any():
            yield batch.take(kept)


def findings(batches: Iterable[Batch], bank: Bank, first: int, *, sweep: int = HOUR) -> Iterator[Finding]:
    """The findings of a bank over batches in time order, swept on whole multiples of ``sweep`` ms and at the end."""
    last = first
    for now, batch in paced(batches, first - 1, sweep):
        last = now
        if batch is None:
            yield from bank.sweep(now, whole=True, settled=True)
        else:
            yield from bank.scan(bank.assess(Intake(batch), now), now)
    yield from bank.conclude(last)
    yield from bank.sweep((last // sweep + 1) * sweep, whole=True)


def as_alerts(found: Iterable[Finding], patients: Sequence[str]) -> Alerts:
    """Findings as alerts that open, change and end with them."""
    return of_lines((_line(finding) for finding in found), patients, "findings")


def _line(finding: Finding) -> dict[str, Any]:
    """As a line of alerts.jsonl, parsed; one alert a key serves, for it ends before it begins anew."""
    key = finding.key
    return {
        "time": finding.time, "patient": key.patient, "alert": f"{key.rule}/{key.signal}/{key.device}",
        "rule": key.rule, "signal": key.signal, "kind": finding.kind.value, "severity": int(finding.severity),
        "live": int(finding.severity) > 0, "evidence": finding.evidence,
    }  # fmt: skip
