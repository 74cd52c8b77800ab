"""``homevigil roster who`` says what keeps people from being told: silences, and what somebody has put off."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alerts.desk import Desk
from monitor.cli import app
from store.ledger import open_ledger
from tests.alerts.house import ANA, GLUCOSE, NO_INTAKE, NOON, OPS, agency, found
from vitals.clock import ManualClock
from vitals.finding import Severity
from vitals.times import HOUR

Ask = Callable[..., str]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Physiotherapy for two hours from noon; a glucose alert that Ana has put off by an hour."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "data").mkdir()
    with open_ledger(f"sqlite:///{tmp_path}/data/ledger.db") as ledger:
        ledger.import_agency(agency(ANA, OPS), now=1)
        desk = Desk(ledger, ManualClock(NOON))
        desk.record(NO_INTAKE, [found(Severity.MEDIUM, key=GLUCOSE)], NOON)
        (alert,) = ledger.live()
        desk.snooze(alert.id, "ana", NOON + HOUR, NOON)
        until = NOON + 2 * HOUR
        desk.silencing.set("p1", until=until, reason="physiotherapy", by="olga", now=NOON, signal="heart_rate")

    def run(at: str, *words: str) -> str:
        done = CliRunner().invoke(app, ["roster", "who", "--patient", "p1", "--at", at, *words])
        assert done.exit_code == 0, done.output
        return " ".join(done.output.split())

    return run


def test_people_read_until_when_by_whom_and_what_is_told_all_the_same(ask: Ask) -> None:
    said = ask("2026-11-18T12:30Z", "--severity", "medium")
    assert "14:00" in said
    assert "by olga (physiotherapy): heart_rate, but high event.sos, event.fall, limit, early_warning" in said
    assert "ana has " in said
    assert "(medium limit.high glucose): told again at" in said


def test_machines_read_the_same(ask: Ask) -> None:
    answer = json.loads(ask("2026-11-18T12:30Z", "--json"))
    (silence,), (taken,) = answer["silences"], answer["taken"]
    assert (silence["by"], silence["signal"], silence["until"]) == ("olga", "heart_rate", "2026-11-18T14:00:00.000Z")
    assert (taken["rule"], taken["by"], taken["told_again_at"]) == ("limit.high", "ana", "2026-11-18T13:00:00.000Z")


def test_what_has_ended_by_then_is_not_named(ask: Ask) -> None:
    answer = json.loads(ask("2026-11-18T14:00Z", "--json"))
    assert (answer["silences"], answer["taken"]) == ([], [])
