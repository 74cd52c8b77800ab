"""A real recording of glucose sensors, through convert, replay and evaluate: every episode is told once as HIGH.

An episode is what the labels of ``homevigil convert cgm`` say: below 54 mg/dL for 15 min (monitor/convert/cgm.py).
"""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np

from monitor.commands.replay import agency_for
from monitor.convert import BY_NAME
from monitor.evaluation.alertfile import read_alerts
from monitor.evaluation.evaluate import Wanted, evaluate
from monitor.evaluation.labelfile import read_labels
from monitor.evaluation.labels import EventLabels
from monitor.evaluation.observed import observed_in
from monitor.evaluation.spans import Spans
from monitor.evaluation.tellings import of_alerts
from monitor.longcsv import LongCsv
from monitor.replay import replay
from vitals.finding import Severity

LOW, BEGIN, DAY, HOUR = 54.0, datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1), timedelta(hours=1)


def test_every_hypoglycaemia_is_told_once_as_high_at_the_desk_and_no_gap_bears_one(recordings: Path, tmp_path: Path):
    side_by_side(recordings / "cgm_hall2018.csv.gz", tmp_path / "cgm.csv")
    source, labels, alerts = BY_NAME["cgm"], tmp_path / "labels.csv", tmp_path / "alerts.jsonl"
    source.convert(tmp_path, tmp_path / "r.csv")
    source.write_labels(tmp_path, labels)
    with LongCsv(tmp_path / "r.csv") as rows:
        replay(rows, agency_for(rows, None), alerts)
        found = evaluate(alerts, read_labels(labels), rows, Wanted(least=Severity.LOW, times=20))
        seen = observed_in(rows)
    row = next(row for row in found.events if row.kind == "below 54 mg/dL")
    assert (row.events, row.noticed.value, row.told.value, row.twice.value) == (23, 1, 1, 0)

    all_alerts, events = read_alerts(alerts, seen.names), read_labels(labels)
    assert isinstance(events, EventLabels)
    highs = of_alerts(all_alerts, ~all_alerts.technical & all_alerts.about(["glucose"]), int(Severity.HIGH))
    low = events.of_kind("below 54 mg/dL")
    ends = np.array([(event.start, event.end) for event in events.events])[low]
    windows = Spans(events.rows(seen)[low], ends[:, 0], ends[:, 1])
    assert len(highs.at) == 23, "none is told but these"
    assert (highs.first_in(windows) >= 0).all(), "each while it lasts"


def side_by_side(recording: Path, out: Path) -> None:
    """The three hours before and after every low reading of everybody, one such stretch a day, all people side by side:
    a replay of their four years takes minutes.
    """
    with gzip.open(recording, "rt") as lines, out.open("w") as file:
        rows = [(row["id"], row["time"], row["gl"]) for row in csv.DictReader(lines) if row["gl"] != "NA"]
        file.write("id,time,gl\n")
        for patient, group in groupby(sorted(rows), key=lambda row: row[0]):
            for at, value in moved([(datetime.fromisoformat(f"{at}+00:00"), float(value)) for _, at, value in group]):
                file.write(f"{patient},{at:%Y-%m-%d %H:%M:%S},{value}\n")


def moved(mine: list[tuple[datetime, float]]) -> Iterator[tuple[datetime, float]]:
    """One person's stretches, each begun on a day of its own; within one nothing changes."""
    low = [at for at, value in mine if value < LOW]
    begins, by, last = BEGIN - DAY, timedelta(0), datetime.min.replace(tzinfo=UTC)
    for at, value in mine:
        if not any(abs(at - other) < 3 * HOUR for other in low):
            continue
        if at - last > 3 * HOUR:
            begins += DAY * (1 + max(last - by - begins, timedelta(0)) // DAY)
            by = at - begins
        yield at - by, value
        last = at
