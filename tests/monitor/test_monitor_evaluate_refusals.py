"""What evaluation refuses: each answer names file, field, value and remedy."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.evaluation.alertfile import read_alerts
from monitor.evaluation.evaluate import Wanted, evaluate
from monitor.evaluation.labelfile import read_labels
from monitor.evaluation.labels import OnsetLabels
from monitor.evaluation.thresholds import Sweep
from monitor.longcsv import LongCsv
from tests.monitor.evaluation_kit import ROOM, found, line, observed, written
from vitals.errors import BadDataError


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not one row"),
        ("patient,onset\n", "not one row"),
        ("a,b\n1,2\n", "patient,onset"),
        ("patient,onset\np1,yesterday\n", "2026-11-22T04:00:00Z"),
        ("patient,onset\np1,\np1,\n", "stands twice"),
        (
            "patient,kind,start,end,signal\np1,low,2026-01-02T00:00:00Z,2026-01-01T00:00:00Z,spo2\n",
            "ends (2026-01-01T00:00:00Z) before or as it starts",
        ),
        ("patient,onset\np1,2026-01-01 04:00:00\n", "no time with a zone"),
        ("patient,onset\n,2026-01-01T04:00:00Z\n", "has no patient"),
        (
            "patient,onset,first,last\np1,,2026-01-02T00:00:00Z,2026-01-01T00:00:00Z\n",
            "last must not be before first",
        ),
        ("patient,kind,start,end,signal\np1,,2026-01-02T00:00:00Z,2026-01-03T00:00:00Z,\n", "has no kind"),
        (
            "patient,kind,start,end,signal\np1,low,2026-01-02T00:00:00,2026-01-03T00:00:00Z,\n",
            "start '2026-01-02T00:00:00' of 'p1' is no time with a zone",
        ),
        (
            "patient,kind,start,end,signal\np1,low,2026-01-02T00:00:00Z,2026-01-03T00:00:00Z,pulse\n",
            "signal 'pulse' of 'p1' is none of ours: one of heart_rate",
        ),
        (
            "patient,kind,start,end,signal,severity\np1,low,2026-01-02T00:00:00Z,2026-01-03T00:00:00Z,,grave\n",
            "severity 'grave' of 'p1': one of low, medium, high",
        ),
    ],
)
def test_labels_that_are_none_are_refused_with_the_remedy(tmp_path: Path, text: str, word: str):
    path = tmp_path / "labels.csv"
    path.write_text(text)
    with pytest.raises(BadDataError, match=r"labels\.csv") as refused:
        read_labels(path)
    assert word in str(refused.value) or not text


def test_patients_must_be_the_same_in_all_files(tmp_path: Path):
    with pytest.raises(BadDataError, match=r"patient 'stranger' .* equal patient ids"):
        found(tmp_path, [line("stranger", 3)])
    readings = tmp_path / "r.csv"
    readings.write_text("patient,device,signal,time,value,unit\nother,,spo2,2026-01-01T00:00:00Z,97,%\n")
    with LongCsv(readings) as csv, pytest.raises(BadDataError, match=r"'ill' has no reading .*equal patient ids"):
        evaluate(written(tmp_path, []), OnsetLabels("onset", {"ill": 3}), csv, ROOM)
    with LongCsv(readings) as csv, pytest.raises(BadDataError, match="give each a row, onset empty"):
        evaluate(written(tmp_path, []), OnsetLabels("onset", {}), csv, ROOM)
    seen = OnsetLabels("onset", {"ill": 3}, observed(("ill", 5)))
    with LongCsv(readings) as csv, pytest.raises(BadDataError, match="'other' is not in the labels"):
        evaluate(written(tmp_path, []), seen, csv, ROOM)
    with pytest.raises(BadDataError, match="--readings"):
        evaluate(written(tmp_path, []), OnsetLabels("onset", {"ill": 3}), None, ROOM)


@pytest.mark.parametrize("text", ["{", '{"time": 3}', "[]", '{"time":"2026-01-01T00:00:00Z","severity":"huge"}'])
def test_a_line_that_is_no_alert_is_named(tmp_path: Path, text: str):
    path = tmp_path / "alerts.jsonl"
    path.write_text(text + "\n")
    with pytest.raises(BadDataError, match=r"alerts\.jsonl:1: .*homevigil replay"):
        read_alerts(path, ["p"])


def test_a_rule_that_no_alert_has_is_refused_with_those_there_are(tmp_path: Path):
    with pytest.raises(BadDataError, match=r"--rule nonsense.*limit\.low"):
        found(tmp_path, [line("ill", 3)], wanted=Wanted(rules=("nonsense",), times=5))
    with pytest.raises(BadDataError, match="is no detector: one of"):
        Sweep.parse("nonsense.x=1")
    with pytest.raises(BadDataError, match="has no parameter 'x': one of"):
        Sweep.parse("early_warning.x=1")
    with pytest.raises(BadDataError, match="give values"):
        Sweep.parse("early_warning.medium")
    with pytest.raises(BadDataError, match=r"early_warning\.medium=many"):
        Sweep.parse("early_warning.medium=many")


def test_alerts_out_of_order_or_of_another_year_are_refused(tmp_path: Path):
    with pytest.raises(BadDataError, match=r"alerts\.jsonl:2: alert 'ill-a' goes back in time"):
        found(tmp_path, [line("ill", 9), line("ill", 8, "resolved")])
    with pytest.raises(BadDataError, match=r"not one alert lies within .*'ill' .*1972-.*recorded from 1970-"):
        found(tmp_path, [line("ill", 20_000)])
    with pytest.raises(BadDataError, match="not one onset lies within"):
        found(tmp_path, [], onset=20_000)


@pytest.mark.parametrize("name", ["labels.csv", "labels.jsonl"])
def test_files_that_are_no_text_are_refused(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_bytes(bytes(range(256)) * 4)
    with pytest.raises(BadDataError, match=name):
        read_labels(path)
    with pytest.raises(BadDataError, match=r":1: .*homevigil replay"):
        read_alerts(path, ["p"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"patient": 5}, "patient 5 is no text"),
        ({"severity": "awful"}, "severity 'awful' is none of"),
        ({"state": "gone"}, "state 'gone' is none of"),
        ({"time": "2019-01-01T00:00:00"}, "time '2019-01-01T00:00:00' has no time zone"),
        ({"evidence": 7}, "evidence 7 is no object"),
        ({"notices": "2"}, 'notices "2" is no number of notices'),
        ({"notices": -1}, "notices -1 is no number of notices"),
        ({"signal": [1]}, "signal [1] is no text"),
        ({"evidence": {"reasons": [{"rule": "x", "severity": []}]}}, "a reason's severity"),
        ({"evidence": {"reasons": [{"rule": "x", "evidence": 3}]}}, "a reason's evidence 3"),
        ({"evidence": {"reasons": 3}}, "reasons 3"),
    ],
)
def test_a_line_of_alerts_is_refused_by_field_and_value(tmp_path: Path, changed: dict[str, object], said: str):
    whole = {
        "time": "2019-01-01T00:00:00Z", "patient": "p", "alert": "A", "rule": "limit.low", "severity": "low",
        "state": "open",
    }  # fmt: skip
    (tmp_path / "a.jsonl").write_text(json.dumps(whole | changed) + "\n")
    with pytest.raises(BadDataError, match=r"a\.jsonl:1: .*as homevigil replay writes them") as refused:
        read_alerts(tmp_path / "a.jsonl", ["p"])
    assert said in str(refused.value)


def test_a_stamp_that_is_no_time_is_not_left_out_in_silence(tmp_path: Path):
    (tmp_path / "labels.csv").write_text("patient_id,date,type\np,yesterday,Pulse\n")
    with pytest.raises(BadDataError, match="date 'yesterday' of 'p' is no time"):
        read_labels(tmp_path)


def test_a_folder_or_an_empty_file_is_named_as_such(tmp_path: Path):
    (tmp_path / "l.csv").write_text("")
    with pytest.raises(BadDataError, match="is empty: labels must hold"):
        read_labels(tmp_path / "l.csv")
    with pytest.raises(BadDataError, match="is a folder: name the alerts"):
        read_alerts(tmp_path, ["p"])
    with pytest.raises(BadDataError, match="is a folder: name the long CSV"):
        LongCsv(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("patient_id,ICULOS,SepsisLabel\na,abc,0\n", "ICULOS 'abc' is no number"),
        ("patient_id,iculos,SepsisLabel\na,1,0\n", "case counts: write ICULOS for iculos)"),
        ("Patient,Onset\na,\n", "case counts: write patient for Patient, onset for Onset)"),
    ],
)
def test_a_value_that_is_none_and_a_column_in_another_case_are_named_in_our_words(tmp_path: Path, text: str, said: str):
    path = tmp_path / "labels.csv"
    path.write_text(text)
    with pytest.raises(BadDataError) as refused:
        read_labels(path)
    assert said in str(refused.value)
    assert "Conversion" not in str(refused.value)


def test_an_empty_file_of_alerts_is_measured_and_remarked(tmp_path: Path):
    labels, alerts = tmp_path / "labels.csv", tmp_path / "alerts.jsonl"
    labels.write_text("patient,onset,first,last\np,,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z\n")
    alerts.write_text("")
    said = CliRunner().invoke(app, ["evaluate", str(alerts), "--labels", str(labels), "--json"])
    assert said.exit_code == 0
    assert "alerts.jsonl is empty: measured as a recording in which nobody was alerted" in said.stderr
    assert json.loads(said.stdout)["patients"] == 1
