"""A folder of .psv files as PhysioNet has it, whatever its files are like: converted, replayed, evaluated."""

import csv
import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.agency_file import default_agency
from monitor.commands.convert import app
from monitor.convert import BY_NAME
from monitor.evaluation.evaluate import Wanted, evaluate
from monitor.evaluation.labelfile import read_labels
from monitor.longcsv import LongCsv
from monitor.replay import replay
from vitals.errors import BadDataError, UnavailableError

SEPSIS = BY_NAME["sepsis2019"]
HEAD = "HR|O2Sat|Temp|SBP|MAP|DBP|Resp|EtCO2|Glucose|Age|ICULOS|SepsisLabel"


def row(hour: int, label: object = 0, heart: object = 80, breaths: object = 16, systolic: object = 120) -> str:
    return f"{heart}|97|NaN|{systolic}|NaN|70|{breaths}|NaN|NaN|61|{hour}|{label}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ill (onset at hour 20); well, with another order of columns; one row with CRLF; gzipped and empty; unlabelled
    in a folder of its own.
    """
    place = tmp_path / "training"
    (place / "set_b").mkdir(parents=True)
    ill = [
        row(h, int(h >= 14), 80 if h < 12 else 128, 16 if h < 12 else 28, 120 if h < 12 else 95) for h in range(1, 25)
    ]
    (place / "p1.psv").write_text("\n".join([HEAD, *ill]) + "\n")
    (place / "p2.psv").write_text("SepsisLabel|ICULOS|HR\n" + "".join(f"0|{h}|{70 + h % 3}\n" for h in range(1, 31)))
    (place / "p3.psv").write_text(f"{HEAD}\r\n{row(5)}\r\n", newline="")
    with gzip.open(place / "p4.psv.gz", "wt") as file:
        file.write("HR|ICULOS|SepsisLabel\n" + "".join(f"NaN|{h}.0|0.0\n" for h in range(1, 4)))
    (place / "set_b" / "p5.psv").write_text("ICULOS|HR\n1|66\n2|67\n")
    (place / "README.txt").write_text("not one of them")
    (place / "._p1.psv").write_bytes(b"\x00\x05\x16\x07")
    return place


def test_every_file_is_a_patient_and_what_is_nan_is_no_reading(folder: Path, tmp_path: Path):
    done = SEPSIS.convert(folder, tmp_path / "r.csv")
    with (tmp_path / "r.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    assert done.readings == len(rows) == 24 * 5 + 30 + 5 + 2
    assert {r["patient"] for r in rows} == {"p1", "p2", "p3", "p5"}
    assert [r["value"] for r in rows if (r["patient"], r["signal"]) == ("p5", "heart_rate")] == ["66", "67"]


def test_labels_name_the_onset_and_whom_nothing_is_known_of(folder: Path, tmp_path: Path):
    said = CliRunner().invoke(
        app, ["sepsis2019", str(folder), "--out", str(tmp_path / "r.csv"), "--labels-out", str(tmp_path / "l.csv")]
    )
    with (tmp_path / "l.csv").open() as lines:
        onset = {r["patient"]: r["onset"] for r in csv.DictReader(lines)}
    assert onset == {"p1": "2019-01-01T20:00:00Z", "p2": "", "p3": "", "p4": "", "p5": ""}
    assert "without onset, for no row of theirs has a label (1): p5" in said.stderr


def test_it_is_replayed_and_evaluated_against_the_folder_itself(folder: Path, tmp_path: Path):
    SEPSIS.convert(folder, tmp_path / "r.csv")
    with LongCsv(tmp_path / "r.csv") as readings:
        replay(readings, default_agency(readings.patients()), tmp_path / "a.jsonl")
        found = evaluate(tmp_path / "a.jsonl", read_labels(folder), readings, Wanted(times=20))
    assert (found.patients, found.positive) == (5, 1)
    assert found.title.endswith("1 without any label taken as without onset")
    everything = found.onset[0]
    assert (everything.sensitivity.value, everything.episodes_per_day.value, everything.told.value) == (1, 0, 1)
    assert everything.lead.value == pytest.approx(7, abs=1.01), "ill from hour 12 or, confirmed, 13; onset at hour 20"
    json.dumps(found.json())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("p9.psv", b"HR|ICULOS|SepsisLabel\n80|1|0\n80|2\n", r"p9\.psv:3: 2 values, but 3 columns"),
        ("p9.psv", b"", r"p9\.psv is empty"),
        ("p9.psv", b"HR|ICULOS\n\xff|1\n", r"p9\.psv is not UTF-8"),
        ("p9.psv.gz", b"HR|ICULOS\n80|1\n", r"p9\.psv\.gz.*gzip"),
        ("p1.PSV", b"HR|ICULOS\n80|1\n", r"same patient, 'p1'"),
    ],
)
def test_a_file_that_is_wrong_is_named(folder: Path, tmp_path: Path, name: str, content: bytes, said: str):
    (folder / name).write_bytes(content)
    with pytest.raises(BadDataError, match=said):
        SEPSIS.convert(folder, tmp_path / "r.csv")
    assert not (tmp_path / "r.csv").exists()


def test_nan_in_a_table_is_no_reading_and_no_label(tmp_path: Path):
    table = tmp_path / "sepsis2019.csv"
    table.write_text("patient_id,ICULOS,HR,SepsisLabel\np1,1,NaN,NaN\np1,2,81,NaN\np2,1,82,1\n")
    assert SEPSIS.convert(table, tmp_path / "r.csv").readings == 2
    labels = SEPSIS.write_labels(tmp_path, tmp_path / "l.csv")
    assert (labels.rows, labels.unsaid) == (2, ("p1",))


def test_no_vital_sign_at_all_and_no_hour_are_refused(tmp_path: Path):
    (tmp_path / "p1.psv").write_text("Age|ICULOS\n61|1\n")
    with pytest.raises(BadDataError, match="HR or O2Sat"):
        SEPSIS.convert(tmp_path, tmp_path / "r.csv")
    (tmp_path / "p1.psv").write_text("HR|Age\n80|61\n")
    with pytest.raises(BadDataError, match="column ICULOS is missing"):
        SEPSIS.convert(tmp_path, tmp_path / "r.csv")


def test_what_stood_at_the_place_to_write_to_stays_when_it_fails(folder: Path, tmp_path: Path):
    with pytest.raises(UnavailableError, match=r"nowhere.*choose another path"):
        SEPSIS.convert(folder, tmp_path / "nowhere" / "r.csv")
    out = tmp_path / "r.csv"
    out.write_text("before")
    (folder / "p9.psv").write_text("HR|ICULOS\n80|soon\n")
    with pytest.raises(BadDataError, match="soon"):
        SEPSIS.convert(folder, out)
    assert out.read_text() == "before"
    with pytest.raises(BadDataError, match="is the recording itself"):
        BY_NAME["cgm"].convert(out, out)
    assert list(tmp_path.glob(".*")) == []


def test_an_id_that_no_topic_could_hold_is_refused_with_the_remedy(tmp_path: Path):
    with pytest.raises(BadDataError, match=r"patient \"p 9'0\": an id is up to 64 letters"):
        default_agency(["p1", "p 9'0"])
    recording = tmp_path / "sepsis.csv"
    recording.write_text("patient_id,ICULOS,HR,SepsisLabel\nB/p1,1,80,0\n")
    with pytest.raises(BadDataError, match="patient 'B/p1': an id is up to 64 letters"):
        BY_NAME["sepsis2019"].convert(recording, tmp_path / "long.csv")
    assert not (tmp_path / "long.csv").exists()


def test_a_recording_of_one_patient_is_named_as_its_file_and_found_packed_or_not(tmp_path: Path):
    head = "minute,HR,PULSE,RESP,SpO2,NBPSys,NBPDias\n"
    (tmp_path / "mimic_numerics_s00020.csv").write_text(head + "1,80,80,15,97,120,70\n")
    BY_NAME["mimic"].convert(tmp_path / "mimic_numerics_s00020.csv", tmp_path / "long.csv")
    assert {line.split(",")[0] for line in (tmp_path / "long.csv").read_text().splitlines()[1:]} == {"s00020"}
    (tmp_path / "mimic_numerics_s00001.csv").write_text(head + "1,80,80,15,97,120,70\n")
    assert BY_NAME["mimic"].find(tmp_path).name == "mimic_numerics_s00001.csv"
