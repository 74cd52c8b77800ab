"""Recordings through the three commands a stranger would run, and the published figures of one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from monitor.cli import app
from monitor.convert import BY_NAME
from monitor.evaluation.evaluate import evaluate
from monitor.evaluation.labelfile import read_labels
from monitor.evaluation.report import write
from monitor.longcsv import LongCsv
from tests.monitor.evaluation_kit import ROOM, found, written
from vitals.errors import BadDataError
from vitals.times import MINUTE


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """The command line sends logs to a standard error that is the runner's, and gone after the test."""
    yield
    structlog.reset_defaults()


def _sepsis(folder: Path) -> Path:
    """Two patients in the recording's own format: one worsens before hour 20 + 6, the other does not."""
    rows = ["patient_id,ICULOS,HR,O2Sat,Temp,SBP,MAP,DBP,Resp,Glucose,SepsisLabel"]
    for hour in range(1, 41):
        ill = hour >= 15
        rows.append(
            f"a,{hour},{125 if ill else 80},{91 if ill else 97},37,120,,70,{26 if ill else 16},,{int(hour >= 20)}"
        )
        rows.append(f"b,{hour},80,97,37,120,,70,16,,0")
    path = folder / "sepsis2019.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_three_commands_do_a_recording(tmp_path: Path):
    source, run = _sepsis(tmp_path), CliRunner()
    csv, labels, alerts = tmp_path / "r.csv", tmp_path / "labels.csv", tmp_path / "alerts.jsonl"
    for words in (
        ["convert", "sepsis2019", str(source), "--out", str(csv), "--labels-out", str(labels)],
        ["replay", str(csv), "--out", str(alerts)],
    ):
        done = run.invoke(app, words)
        assert done.exit_code == 0, done.output
    answers = []
    for given_labels in (source, labels):
        words = ["evaluate", str(alerts), "--labels", str(given_labels), "--readings", str(csv), "--json"]
        more = ["--out", str(tmp_path / "out"), "--sweep", "early_warning.medium=3,9"] if not answers else []
        done = run.invoke(app, [*words, *more])
        assert done.exit_code == 0, done.output
        answers.append(json.loads(done.stdout))
    assert answers[0]["onset"] == answers[1]["onset"]
    assert (answers[0]["patients"], answers[0]["positive"], answers[0]["window_hours"]) == (2, 1, 12)
    rows = {row["name"]: row for row in answers[0]["onset"]}
    assert rows["early_warning"]["sensitivity"][0] == rows["partial NEWS2 ≥ 7"]["sensitivity"][0] == 1
    assert rows["early_warning"]["lead"][0] == 11
    swept = [p for p in answers[0]["points"] if p["curve"] == "early_warning.medium"]
    assert [(p["threshold"], p["sensitivity"][0]) for p in swept] == [("3", 1), ("9", 0)]
    assert (tmp_path / "out" / "curve.png").read_bytes()[:4] == b"\x89PNG"
    assert (tmp_path / "out" / "curve.csv").read_text().startswith("curve,threshold,sensitivity,")


def test_tables_need_no_alert_at_all(tmp_path: Path):
    result = found(tmp_path, [], onset=None)
    assert {path.name for path in write(result, tmp_path / "out")} >= {"evaluation.md", "curve.png"}
    assert "| all | – |" in (tmp_path / "out" / "evaluation.md").read_text()


def test_the_reference_is_reproduced_on_the_real_recording(recordings: Path, tmp_path: Path):
    BY_NAME["sepsis2019"].convert(recordings, tmp_path / "s.csv")
    with LongCsv(tmp_path / "s.csv") as csv:
        result = evaluate(written(tmp_path, []), read_labels(recordings / "sepsis2019_dev.csv.gz"), csv, ROOM)
    assert (result.patients, result.positive) == (2858, 163)
    rows = {row.name: row for row in result.onset}
    got = [
        (round(100 * r.sensitivity.value), round(r.episodes_per_day.value, 2), round(100 * r.hours_in_alert.value))
        for r in (rows[f"partial NEWS2 ≥ {n}"] for n in (5, 6, 7))
    ]
    assert got == [(61, 1.05, 10), (44, 0.61, 5), (28, 0.29, 2)]


def test_labels_of_glucose_are_episodes_of_fifteen_minutes(tmp_path: Path):
    values = [90, 65, 66, 90, 60, 60, 60, 60, 90]
    rows = [f"g,2026-01-01 00:{5 * i:02d}:00,{v}" for i, v in enumerate(values)]
    (tmp_path / "cgm.csv").write_text("id,time,gl\n" + "\n".join(rows) + "\n")
    assert BY_NAME["cgm"].write_labels(tmp_path, tmp_path / "labels.csv").rows == 1
    (event,) = read_labels(tmp_path / "labels.csv").events
    assert (event.kind, event.end - event.start, event.least) == ("below 70 mg/dL", 20 * MINUTE, 2)
    with pytest.raises(BadDataError, match="holds no labels"):
        BY_NAME["tihm"].write_labels(tmp_path, tmp_path / "x.csv")
