"""What tests of evaluation share: lines of alerts.jsonl, who was observed, and two patients with a known onset."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from monitor.evaluation.alertfile import read_alerts
from monitor.evaluation.evaluate import Evaluation, Wanted, evaluate, measure
from monitor.evaluation.labels import EventLabels, OnsetLabels
from monitor.evaluation.observed import Observed
from monitor.evaluation.onset_rows import OnsetRow
from vitals.times import HOUR, iso

ROOM = Wanted(times=50)


def line(patient: str, hour: float, state: str = "open", **more: Any) -> dict[str, Any]:
    row = {
        "time": iso(int(hour * HOUR)), "patient": patient, "alert": f"{patient}-a", "rule": "limit.low",
        "signal": "spo2", "kind": "physiological", "severity": "high", "state": state, "onset": iso(0), "evidence": {},
    }  # fmt: skip
    return row | more


def written(folder: Path, lines: Sequence[dict[str, Any]]) -> Path:
    path = folder / "alerts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in lines))
    return path


def observed(*patients: tuple[str, float]) -> Observed:
    """Each from hour 0 to an hour."""
    return Observed.of([(name, 0, int(last * HOUR)) for name, last in patients])


def found(
    tmp_path: Path, lines: Sequence[dict[str, Any]], *, onset: float | None = 20, wanted: Wanted = ROOM
) -> Evaluation:
    """Against ``ill`` with an onset at hour 20, and ``well`` with none; both seen for 48 hours of the grid."""
    labels = OnsetLabels(
        "onset",
        {"ill": None if onset is None else int(onset * HOUR), "well": None},
        observed(("ill", 47), ("well", 47)),
    )
    return evaluate(written(tmp_path, lines), labels, None, wanted)


def overall(tmp_path: Path, lines: Sequence[dict[str, Any]]) -> OnsetRow:
    return found(tmp_path, lines).onset[0]


def measured(labels: EventLabels, seen: Observed, lines: Sequence[dict[str, Any]], wanted: Wanted = ROOM) -> Evaluation:
    """Against events."""
    with TemporaryDirectory() as folder:
        return measure(read_alerts(written(Path(folder), lines), seen.names), labels, seen, wanted)
