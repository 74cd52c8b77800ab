"""Export: what is in the store comes out as the long CSV that replay reads, whole or with a word that says why not."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.cli import main
from store.duckdb import DuckDBReadings
from vitals.batch import Batch, Quality
from vitals.times import iso

AT = 1_795_321_267_250
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An installation with three readings in its store, one of them an artefact."""
    monkeypatch.chdir(tmp_path)
    with DuckDBReadings(tmp_path / "data" / "readings.duckdb") as store:
        pulse, spo2 = store.series.code("p1", "ox", 0), store.series.code("p2", "ox", 1)
        flags = [0, int(Quality.ARTEFACT), int(Quality.LATE)]
        store.append(Batch.of([pulse, pulse, spo2], [AT, AT + 1000, AT], [71.0, 0.0, 97.5], [AT] * 3, flags))
    return tmp_path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    def work(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["homevigil", "export", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        return int(str(ended.value.code or 0)), said.out, said.err

    return work


def test_standard_output_gets_the_readings_and_standard_error_the_words(home: Path, run: Run):
    code, out, err = run()
    assert code == 0
    assert out == (
        "patient,device,signal,time,value,unit\n"
        "p1,ox,heart_rate,2026-11-22T04:21:07.250Z,71,/min\n"
        "p2,ox,spo2,2026-11-22T04:21:07.250Z,97.5,%\n"
        "p1,ox,heart_rate,2026-11-22T04:21:08.250Z,0,/min\n"
    )
    assert err == "3 readings of 2 patients written to standard output; 1 of them artefacts, 1 came late\n"


def test_patients_signals_times_and_artefacts_choose(home: Path, run: Run):
    def rows(*words: str) -> list[str]:
        return run(*words)[1].splitlines()[1:]

    assert len(rows("--patient", "p1")) == 2
    assert len(rows("--patient", "p1", "--patient", "p2")) == 3
    assert rows("--signal", "spo2") == ["p2,ox,spo2,2026-11-22T04:21:07.250Z,97.5,%"]
    assert len(rows("--no-artefacts")) == 2
    assert len(rows("--from", iso(AT + 1))) == 1
    assert len(rows("--to", "2026-11-22T05:21:07.251+01:00")) == 2
    assert rows("--from", "2027-01-01T00:00Z") == []


def test_a_gzipped_file_and_its_summary(home: Path, run: Run):
    code, out, _ = run("--out", "r.csv.gz", "--json")
    assert code == 0
    said = json.loads(out)
    assert (said["readings"], said["patients"], said["artefacts"], said["late"]) == (3, 2, 1, 1)
    assert said["last"] == "2026-11-22T04:21:08.250Z"
    assert gzip.decompress((home / "r.csv.gz").read_bytes()).count(b"\n") == 4
    assert sorted(p.name for p in home.iterdir()) == ["data", "r.csv.gz"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--patient", "p9"), "no patient 'p9': p1, p2"),
        (("--signal", "puls"), "no signal 'puls': one of heart_rate"),
        (("--from", "2026-11-22T04:00"), "is no time with a zone"),
        (("--from", "2026-11-22T04:00Z", "--to", "2026-11-22T04:00Z"), "choose a later time"),
        (("--json",), "--out"),
    ],
)
def test_a_slip_is_named_with_its_remedy(home: Path, run: Run, words: tuple[str, ...], said: str):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert said in " ".join(err.replace("│", " ").split())


def test_the_running_services_store_is_its_own(home: Path, run: Run):
    (home / "r.csv").write_text("before")
    with DuckDBReadings(home / "data" / "readings.duckdb"):
        code, _, err = run("--out", "r.csv")
    assert code == 69
    assert f"in use by process {os.getpid()}" in err
    assert "stop it, export, start it again" in err
    assert (home / "r.csv").read_text() == "before"


def test_no_store_is_made_where_there_was_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run):
    monkeypatch.chdir(tmp_path)
    code, _, err = run()
    assert code == 69
    assert "no readings have been stored" in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("out", ["nowhere/r.csv", "data"])
def test_a_file_that_cannot_be_written_is_named(home: Path, run: Run, out: str):
    code, _, err = run("--out", out)
    assert code == 69
    assert err.startswith(f"{out}: ")
    assert "choose another path" in err
