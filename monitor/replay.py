"""Replay: a recording through the same stages as live data, offline, on a clock moved by the data."""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import IO

from alerts.desk import Desk
from alerts.docket import Recorded
from detectors.scan import Bank
from monitor.datatime import STEP, paced
from monitor.longcsv import LongCsv
from monitor.pipeline import NOTHING
from store.duckdb import DuckDBReadings
from store.ledger import open_ledger
from vitals.agency import Agency
from vitals.alert import Alert, Transition
from vitals.batch import Batch
from vitals.clock import ManualClock, stopwatch
from vitals.finding import Finding
from vitals.intake import Intake
from vitals.times import iso

_LOT = 500
"""Steps stored at once: nothing here depends on a reading's being durable the moment it is judged."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ReplaySummary:
    """What a replay saw. ``alerts`` that opened, ``notices`` that would have been sent."""

    patients: int
    messages: int
    readings: int
    rejects: int
    alerts: int
    notices: int
    seconds: float

    def json(self) -> str:
        """One line for machines."""
        return json.dumps(asdict(self))


def alert_lines(recorded: Recorded) -> Iterator[str]:
    """What the desk has committed as lines of alerts.jsonl."""
    notices = Counter((delivery.alert, delivery.seq) for delivery in recorded.deliveries)
    for alert, step in zip(recorded.alerts, recorded.transitions, strict=True):
        yield alert_line(alert, step, notices[step.alert, step.seq])


def alert_line(alert: Alert, step: Transition, notices: int = 0) -> str:
    """One transition as alerts.jsonl has it, with how many notices it has caused."""
    row = {
        "time": iso(step.time), "patient": alert.key.patient, "alert": alert.id, "rule": alert.key.rule,
        "signal": alert.key.signal, "kind": alert.kind, "severity": step.severity.word, "state": step.state,
        "onset": iso(alert.onset), "notices": notices, "evidence": step.evidence or alert.evidence,
    }  # fmt: skip
    return json.dumps(row, ensure_ascii=False)


def replay(csv: LongCsv, agency: Agency, out: Path, progress: Progress | None = None) -> ReplaySummary:
    """Run a recording through store, detectors and desk; write alerts.jsonl, whole or not at all.

    Deterministic: the same file and agency give the same bytes. Nobody answers in a replay, so nothing climbs: notices
    are those that the opening and worsening of alerts would have caused.
    """
    began, tally = stopwatch(), _Tally()
    with (
        tempfile.TemporaryDirectory(prefix="homevigil-replay-") as folder,
        _whole(out) as lines,
        DuckDBReadings(Path(folder) / "readings.duckdb") as readings,
        open_ledger("sqlite://", durable=False) as ledger,
    ):
        ledger.import_agency(agency, csv.first)
        clock = ManualClock(csv.first)
        desk, bank = Desk(ledger, clock, agency), Bank(readings.series, agency)
        unstored: list[Batch] = []
        for now, batch in paced(csv.batches(readings.series, STEP), csv.first - 1):
            clock.set(now)
            if batch is None:
                tally.note(desk.record(NOTHING, bank.sweep(now, whole=True, settled=True), now), lines)
                continue
            intake = bank.assess(Intake(batch), now)
            tally.note(desk.record(intake, bank.scan(intake, now), now), lines)
            tally.readings += len(batch)
            unstored.append(intake.batch)
            if len(unstored) >= _LOT:
                readings.append(Batch.concat(unstored))
                unstored.clear()
            if progress:
                progress(len(batch))
        readings.append(Batch.concat(unstored))
        for findings in concluded(bank, clock.now()):
            now = clock.set(max(clock.now(), findings[0].time))
            tally.note(desk.record(NOTHING, findings, now), lines)
    return ReplaySummary(
        len(agency.patients),
        csv.total,
        tally.readings,
        csv.rejected,
        tally.opened,
        tally.notices,
        round(stopwatch() - began, 3),
    )


def concluded(bank: Bank, end: int) -> Iterator[list[Finding]]:
    """What the last hours of a recording show, by time."""
    for _, findings in groupby(bank.conclude(end), key=lambda finding: finding.time):
        yield list(findings)


@dataclass(slots=True)
class _Tally:
    readings: int = 0
    opened: int = 0
    notices: int = 0

    def note(self, recorded: Recorded, lines: IO[str]) -> None:
        self.notices += len(recorded.deliveries)
        self.opened += sum(step.seq == 1 for step in recorded.transitions)
        lines.writelines(line + "\n" for line in alert_lines(recorded))


class _whole:  # noqa: N801  (used like open())
    """A text file that appears only when it is complete."""

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(f".{path.name}.{os.getpid()}.part")

    def __enter__(self) -> IO[str]:
        self._file = self._part.open("w", encoding="utf-8")
        return self._file

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        self._file.close()
        if fault is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)
