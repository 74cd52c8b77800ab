"""Real recordings: a probe that is off pages nobody as physiology, and every hypoglycaemia is told once.

A *hypoglycaemia* here (after Battelino et al., Diabetes Care 2019: below 54 mg/dL for 15 min) begins with the first
of consecutive readings below 54 mg/dL, none more than 15 min after the one before (the sensor sends every 5), that span
at least 15 min. It ends with two consecutive readings of at least 59 mg/dL (the limit and its hysteresis of 5), the
second no more than 15 min after the first. A gap is no recovery, and what dips again before it has ended is the same.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from detectors.limit import Limit
from detectors.quality import SignalQuality
from monitor.commands.replay import agency_for
from monitor.convert import BY_NAME
from monitor.longcsv import LongCsv
from monitor.replay import replay
from tests.detectors.gate import Gated
from tests.detectors.kit import agency
from vitals.batch import Batch, Quality
from vitals.finding import Finding
from vitals.series import SeriesTable
from vitals.signals import BY_NAME as SIGNALS
from vitals.times import MINUTE, parse_time

LOW, RECOVERED, HELD, GAP = 54.0, 59.0, 15 * MINUTE, 15 * MINUTE


def test_mimic_a_probe_that_is_off_is_one_technical_alert_and_no_physiology(recordings: Path, tmp_path: Path):
    csv, out = tmp_path / "mimic.csv", tmp_path / "alerts.jsonl"
    BY_NAME["mimic"].convert(recordings, csv)
    with LongCsv(csv) as rows:
        replay(rows, agency_for(rows, None), out)
        table = SeriesTable()
        off = Batch.concat(list(rows.batches(table, 60 * MINUTE)))
    alerts = {line["alert"]: line for line in map(json.loads, out.read_text().splitlines()) if line["state"] == "open"}
    technical = [alert for alert in alerts.values() if alert["kind"] == "technical"]
    assert [alert["rule"] for alert in technical] == ["quality.probe_off"]
    assert technical[0]["evidence"]["signals"] == ["heart_rate", "spo2"]
    zeros = set(off.time[(off.quality & int(Quality.ARTEFACT)) != 0].tolist())
    assert len(zeros & saturations(off, table)) == 363
    assert [a for a in alerts.values() if a["kind"] == "physiological" and a["signal"] == "spo2"] == []
    assert [a for a in alerts.values() if a["evidence"].get("value") == 0] == []


def saturations(batch: Batch, table: SeriesTable) -> set[int]:
    zero = (table.signal_codes()[batch.series] == SIGNALS["spo2"].code) & (batch.value == 0)
    return set(batch.time[zero].tolist())


class Glucose(NamedTuple):
    patient: str
    time: np.ndarray
    value: np.ndarray


def test_cgm_every_hypoglycaemia_is_told_once_as_high_and_no_gap_makes_one(recordings: Path):
    told = episodes = 0
    low = list(people(recordings / "cgm_hall2018.csv.gz"))
    findings = found(low)
    for person in low:
        highs = opened_high(findings, person.patient)
        true = list(hypoglycaemias(person))
        assert len(highs) == len(true), person.patient
        for at, (onset, lasting, end) in zip(highs, true, strict=True):
            assert onset + HELD <= at <= lasting, "told once it has held, while it is low: no gap bears it"
            assert at <= end
        told, episodes = told + len(highs), episodes + len(true)
    assert told == episodes == 23


def people(file: Path) -> Iterator[Glucose]:
    """Those who are ever low; the recording names no zone, its times are taken as UTC."""
    rows: dict[str, list[tuple[int, float]]] = {}
    with gzip.open(file, "rt") as lines:
        head = next(lines).strip().replace('"', "").split(",")
        columns = [head.index(name) for name in ("id", "time", "gl")]
        for line in lines:
            parts = line.strip().replace('"', "").split(",")
            patient, time, glucose = (parts[i] for i in columns)
            if glucose != "NA":
                rows.setdefault(patient, []).append((time, float(glucose)))  # type: ignore[arg-type]
    for patient, each in rows.items():
        if min(value for _, value in each) < LOW:
            times = np.array([parse_time(f"{time}Z") for time, _ in each])
            order = np.argsort(times, kind="stable")
            yield Glucose(patient, times[order], np.array([value for _, value in each])[order])


def hypoglycaemias(person: Glucose) -> Iterator[tuple[int, int, int]]:
    """(onset, until when its first stretch lasted, end or last reading) of each, by hand."""
    begun: int | None = None
    held: tuple[int, int] | None = None
    last = normal = 0
    for i, (time, value) in enumerate(zip(person.time.tolist(), person.value.tolist(), strict=True)):
        joined = i > 0 and time - last <= GAP
        if value < LOW:
            begun = time if begun is None or not joined else begun
            first = held is None and time - begun >= HELD
            still = held is not None and held[0] == begun
            held = (begun, time) if first or still else held
        else:
            begun = None
        normal = (normal + 1 if joined else 1) if value >= RECOVERED else 0
        if held is not None and normal >= 2:
            yield (*held, time)
            held = None
        last = time
    if held is not None:
        yield (*held, last)


def found(low: list[Glucose]) -> list[Finding]:
    """What the gate and the limits make of everybody's readings."""
    world = Gated(agency(), detectors=(Limit(), SignalQuality()))
    codes = [world.series.code(person.patient, "cgm", SIGNALS["glucose"].code) for person in low]
    series = np.repeat(codes, [len(person.time) for person in low])
    time, value = (np.concatenate(column) for column in ([p.time for p in low], [p.value for p in low]))
    return world.take(Batch.of(series, time, value, time))


def opened_high(findings: list[Finding], patient: str) -> list[int]:
    """When a patient's limit.low became HIGH."""
    level, highs = 0, []
    for finding in (f for f in findings if f.key.rule == "limit.low" and f.key.patient == patient):
        if finding.severity == 3 > level:
            highs.append(finding.time)
        level = int(finding.severity)
    return highs
