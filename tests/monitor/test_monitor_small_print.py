"""What a slip of the finger on the command line is told, and what is said of an installation that holds nothing yet."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from monitor.agency_file import default_agency, dump_agency
from monitor.cli import main
from monitor.environment import unknown_variables
from monitor.evaluation.bootstrap import Bootstrap
from monitor.evaluation.figures import number, patient_days
from monitor.settings import Settings
from store.ledger import open_ledger
from vitals.alert import Alert, AlertState
from vitals.finding import FindingKey, Kind, Severity

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """A command in a folder of its own: exit code, standard output, standard error in one line."""
    monkeypatch.chdir(tmp_path)

    def work(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["homevigil", *words])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(str(ended.code or 0))
        said = capfd.readouterr()
        return code, said.out, " ".join(said.err.replace("│", " ").split())

    return work


def imported(run: Run, *patients: str) -> None:
    Path("agency.yaml").write_text(dump_agency(default_agency(patients, channel_url="json://127.0.0.1:9/x")))
    code, _, err = run("import", "agency.yaml")
    assert code == 0, err


@pytest.mark.parametrize("command", ["demo", "simulate"])
def test_no_time_at_all_is_not_taken_for_no_end(run: Run, command: str):
    code, _, err = run(command, "--duration", "0s")
    assert code == 2
    assert "'0s' is no time at all: write for example 60s, or leave it out" in err


def test_nothing_is_weighed_where_there_is_nothing(run: Run):
    imported(run)
    code, out, err = run("tune")
    assert (code, out) == (65, "")
    assert "there is nothing to weigh" in err


def test_a_channel_that_nothing_can_be_sent_to_is_refused_by_line_and_without_its_secret(run: Run, tmp_path: Path):
    text = dump_agency(default_agency(["p1"], channel_url="jsom://hidden@host/hidden"))
    (tmp_path / "agency.yaml").write_text(text)
    code, _, err = run("import", "agency.yaml", "--dry-run")
    assert code == 78
    line = text[: text.index("url:")].count("\n") + 1
    assert f"agency.yaml:{line}:" in err
    assert "caregivers[0].channels[0].url: no Apprise URL that this machine can send to (see https" in err
    assert "hidden" not in err


def test_a_variable_that_is_no_setting_is_named_with_the_nearest_that_is(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOMEVIGIL_BROKER_HOST", "secret")
    code, _, err = run("rejects")
    assert code == 78
    assert "HOMEVIGIL_BROKER_HOST: is not known here (did you mean HOMEVIGIL_BROKER__HOST?)" in err
    assert "secret" not in err


@pytest.mark.parametrize(
    ("name", "value", "fine"),
    [
        ("HOMEVIGIL_DATA", "x", True),
        ("HOMEVIGIL_TEST_INFLUX_URL", "x", True),
        ("homevigil_log__level", "info", True),
        ("HOMEVIGIL_WEB", "{}", True),
        ("HOMEVIGIL_SERVICE_PORT_HTTP", "80", True),
        ("HOMEVIGIL_PORT_80_TCP_ADDR", "10.0.0.1", True),
        ("HOMEVIGIL_WEB_PORT", "tcp://10.0.0.1:80", True),
        ("HOMEVIGIL_WEB_PORT", "80", False),
        ("HOMEVIGIL_DATA_DIR__X", "x", False),
        ("HOMEVIGIL_FOO", "x", False),
        ("PATH", "x", True),
    ],
)
def test_variables_of_others_are_left_alone(name: str, value: str, fine: bool):  # noqa: FBT001  (a column of a table)
    assert (not unknown_variables(Settings, {name: value})) is fine


def test_an_alert_is_named_by_its_beginning_in_any_case_by_every_command(run: Run):
    imported(run, "p1")
    with open_ledger("sqlite:///data/ledger.db") as ledger, ledger.write() as tx:
        tx.put_alerts(
            [
                Alert(
                    name,
                    FindingKey("limit.low", "p1", signal),
                    Kind.PHYSIOLOGICAL,
                    Severity.MEDIUM,
                    AlertState.OPEN,
                    1,
                    1,
                    1,
                )
                for name, signal in (("JO4OA2ZLDI", "spo2"), ("JOX7A2ZLDI", "heart_rate"))
            ]
        )
    assert "2 alerts begin so: JO4OA2ZLDI, JOX7A2ZLDI" in run("alerts", "ack", "jo", "--by", "cna")[2]
    assert "JO4OA2ZLDI: acknowledge by cna" in run("alerts", "ack", "jo4", "--by", "cna")[2]
    assert "JOX7A2ZLDI put off by cna" in run("alerts", "snooze", "jox", "--by", "cna", "--for", "5m")[2]
    assert "JO4OA2ZLDI closed by cna" in run("alerts", "close", "jo4oa2zldi", "--by", "cna")[2]
    code, _, err = run("alerts", "close", "zz", "--by", "cna")
    assert code == 1
    assert "alert 'zz' is not known" in err


def test_without_patients_no_hour_is_called_covered(run: Run):
    imported(run)
    assert "the agency file has no patients" in run("roster", "gaps")[1]
    lines = json.loads(run("check", "--json")[1])
    (covered,) = [line for line in lines if line["part"] == "coverage"]
    assert covered["warning"]
    assert "no patients" in covered["words"]


def test_labels_of_events_say_that_there_is_no_curve(run: Run, tmp_path: Path):
    day = "2026-01-01T"
    (tmp_path / "r.csv").write_text(f"patient,device,signal,time,value,unit\np1,,spo2,{day}00:00:00Z,97,%\n")
    (tmp_path / "l.csv").write_text(f"patient,kind,start,end,signal\np1,low,{day}00:00:00Z,{day}01:00:00Z,spo2\n")
    (tmp_path / "alerts.jsonl").write_text("")
    words = ("evaluate", "alerts.jsonl", "--labels", "l.csv", "--readings", "r.csv")
    code, _, err = run(*words, "--out", "report")
    assert code == 0, err
    assert "no operating curve: that is drawn of onsets" in err
    assert sorted(file.name for file in (tmp_path / "report").iterdir()) == ["evaluation.json", "evaluation.md"]
    code, _, err = run(*words, "--sweep", "early_warning.medium=3,9")
    assert code == 65
    assert "leave it out, for these labels are events" in err


def test_a_replay_never_writes_over_its_recording_or_a_folder(tmp_path: Path, run: Run):
    file = tmp_path / "r.csv"
    file.write_text("patient,device,signal,time,value,unit\np1,,spo2,2026-01-01T00:00:00Z,97,%\n")
    for out, said in ((file, "is the recording itself"), (tmp_path, "is a folder")):
        code, _, words = run("replay", str(file), "--out", str(out))
        assert code == 1
        assert said in words
    assert "spo2" in file.read_text()


def test_days_of_few_patients_are_not_rounded_away_and_one_patient_has_no_interval():
    assert patient_days(1.375) == "1.4 patient-days"
    alone = Bootstrap(1, np.random.default_rng(1), times=5).ratio(np.array([41.0]), np.array([1.375]))
    assert number(alone, 3) == "29.818"
