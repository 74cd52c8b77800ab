"""The command line as a stranger meets it: files, faults, exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli_docs import PAGE, page


def homevigil(folder: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "monitor.cli", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "nanobind" not in done.stderr
    return done


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agency")
    homevigil(folder, "init")
    settings = folder / "homevigil.toml"  # whatever listens on 1883 here: a free port for the tests
    settings.write_text(settings.read_text().replace("port = 1883", "port = 0", 1))
    homevigil(folder, "import", "agency.yaml")
    return folder


def test_init_writes_files_that_import_and_never_overwrites(started: Path):
    assert "already there" in homevigil(started, "init", code=1).stderr


def test_what_is_kept_about_patients_is_nobody_elses_to_read(started: Path):
    assert (started / "data").stat().st_mode & 0o077 == 0


def test_running_without_an_agency_says_what_to_do(tmp_path: Path):
    assert "homevigil import agency.yaml" in homevigil(tmp_path, "run", code=78).stderr


def test_check_says_who_is_told_and_what_is_reachable(started: Path):
    lines = json.loads(homevigil(started, "check", "--json").stdout)
    assert {line["part"] for line in lines} >= {"ledger", "store", "broker", "channels", "roster"}


def test_a_bad_agency_file_is_refused_whole_with_every_fault(started: Path):
    text = (started / "agency.yaml").read_text()
    (started / "bad.yaml").write_text(
        text.replace("role: cna", "role: cnaa").replace("timezone: ", "timezone: Mars/", 1)
    )
    said = homevigil(started, "import", "bad.yaml", code=78).stderr
    assert said.count("bad.yaml:") >= 2
    assert "cnaa" in said
    assert "Mars" in said


def test_bad_settings_name_line_value_and_remedy(tmp_path: Path):
    (tmp_path / "homevigil.toml").write_text('[broker]\nhots = "x"\nport = 99999\n')
    said = homevigil(tmp_path, "rejects", code=78).stderr
    assert "homevigil.toml:2" in said
    assert "did you mean 'host'?" in said
    assert "99999" in said


@pytest.mark.parametrize("words", [("alerts", "list"), ("rejects",)])
def test_lists_are_empty_at_first(started: Path, words: tuple[str, ...]):
    assert homevigil(started, *words, "--json").stdout == ""
    assert homevigil(started, *words).stdout.strip()


def test_an_unknown_alert_or_person_is_an_answer(started: Path):
    assert "homevigil alerts list" in homevigil(started, "alerts", "ack", "NOPE", "--by", "cna-day", code=1).stderr
    assert "nurse-1" in homevigil(started, "notify", "test", "--to", "nobody", code=2).stderr
    assert "patient-2" in homevigil(started, "alerts", "list", "--patient", "patient-7", code=2).stderr


def test_a_file_that_is_no_recording_is_refused_without_a_traceback(tmp_path: Path):
    (tmp_path / "junk.csv").write_text("a,b\n1,2\n")
    assert "is no long CSV" in homevigil(tmp_path, "replay", "junk.csv", code=65).stderr
    assert not list(tmp_path.glob("*alerts*"))


def test_the_written_page_is_what_the_command_line_says():
    assert PAGE.read_text(encoding="utf-8") == page()
