"""`homevigil tune`: on a replay's files and on an installation."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from alerts.desk import Desk
from monitor.cli import app
from store.duckdb import DuckDBReadings
from store.ledger import open_ledger
from tests.monitor.glucose_dips import ANA, csv_rows, dips
from vitals.agency import Agency
from vitals.batch import Batch
from vitals.clock import ManualClock, SystemClock
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake
from vitals.times import DAY, HOUR


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """The command line sends logs to a standard error that is the runner's, and gone after the test."""
    yield
    structlog.reset_defaults()


def _replayed(folder: Path) -> list[str]:
    readings = dips(68, 66, 62, 60)
    (folder / "r.csv").write_text(csv_rows(readings))
    done = CliRunner().invoke(app, ["replay", str(folder / "r.csv"), "--out", str(folder / "alerts.jsonl")])
    assert done.exit_code == 0, done.output
    return ["tune", "--alerts", str(folder / "alerts.jsonl"), "--readings", str(folder / "r.csv")]


def test_the_command_reads_a_replay_and_prints_yaml(tmp_path: Path):
    words = _replayed(tmp_path)
    said = json.loads(CliRunner().invoke(app, [*words, "--json", "--budget", "2"]).stdout)
    assert not said["within_budget"]
    advice = next(a for a in said["advice"] if a["rule"] == "limit.low")
    assert (advice["before"], advice["after"], advice["patch"]["limits"]["glucose"]["warning_low"]) == (4, 2, 66)
    shown = CliRunner().invoke(app, words).stdout
    assert "over the budget of 0.25" in " ".join(shown.split())
    assert "warning_low: 66" in shown


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path):
    words = _replayed(tmp_path)
    (tmp_path / "alerts.jsonl").write_text((tmp_path / "alerts.jsonl").read_text().replace('"p1"', '"p9"'))
    refused = CliRunner().invoke(app, words)
    assert "patient 'p9' has no reading" in str(refused.exception)
    alone = CliRunner().invoke(app, words[:3])
    assert "go together" in str(alone.exception)


def test_an_installation_is_weighed_from_its_ledger_and_store(tmp_path: Path):
    now = SystemClock().now()
    readings = dips(68, 66, 62, 60)
    shift = now - 2 * DAY
    with (
        open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger,
        DuckDBReadings(tmp_path / "readings.duckdb") as store,
    ):
        agency = Agency(id="a", patients=(ANA,))
        ledger.import_agency(agency, shift)
        code = store.series.code("p1", "cgm", 6)
        time = readings.batch.time + shift
        store.append(Batch.of([code] * len(time), time, readings.batch.value, time))
        desk = Desk(ledger, ManualClock(shift), agency)
        for at in (1, 3):
            key = FindingKey("limit.low", "p1", "glucose", "cgm")
            for severity, moment in ((Severity.MEDIUM, at), (Severity.CLEAR, at + 1)):
                when = shift + moment * HOUR
                desk.record(Intake(Batch.empty()), [Finding(key, Kind.PHYSIOLOGICAL, severity, when, when)], when)
    (tmp_path / "homevigil.toml").write_text(f'data_dir = "{tmp_path}"\n')
    done = CliRunner().invoke(app, ["tune", "--config", str(tmp_path / "homevigil.toml"), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["alerts"] == 2
    (advice,) = said["advice"]
    assert (advice["before"], advice["after"]) == (4, 2)
