"""Silences from the command line, and in a service that runs beside it."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from alerts.desk import Desk
from detectors.scan import Bank
from monitor.commands.alerts import app
from monitor.housekeeping import Housekeeping
from monitor.settings import Settings
from store.ledger import SqlLedger
from tests.monitor.conftest import HOUSE
from vitals.clock import SystemClock
from vitals.errors import HomevigilError
from vitals.series import SeriesTable

USUAL = ("silence", "--patient", "p1", "--for", "2h", "--reason", "physiotherapy", "--by", "ana")


def run(folder: Path, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--config", str(folder / "homevigil.toml")])
    if isinstance(result.exception, HomevigilError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_set_listed_and_ended_early(ledger: SqlLedger, tmp_path: Path):
    run(tmp_path, *USUAL, "--rule", "limit.high")
    shown = json.loads(run(tmp_path, "silences", "--json"))
    assert {name: shown[name] for name in ("patient", "rule", "signal", "reason", "by")} == {
        "patient": "p1", "rule": "limit.high", "signal": "", "reason": "physiotherapy", "by": "ana",
    }  # fmt: skip
    run(tmp_path, "unsilence", shown["silence"], "--by", "noor")
    assert "no silence is in force" in run(tmp_path, "silences")
    assert [act.what for act in ledger.acts(2)] == ["unsilence", "silence"]
    with pytest.raises(HomevigilError, match=f"{shown['silence']}.*alerts silences"):
        run(tmp_path, "unsilence", shown["silence"], "--by", "noor")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--patient", "p9"), "patient 'p9' is not known: a patient's id"),
        (("--rule", "limt"), "rule 'limt' is no rule: one of limit.low, limit.high"),
        (("--signal", "pulse"), "signal 'pulse' is no signal: one of heart_rate"),
        (("--for", "25h"), "end .* will not do: a silence ends"),
    ],
)
@pytest.mark.usefixtures("ledger")
def test_what_will_not_do_is_said_by_field_value_and_remedy(more: tuple[str, ...], said: str, tmp_path: Path):
    with pytest.raises(HomevigilError, match=said):
        run(tmp_path, *USUAL, *more)


def test_the_service_sees_it_at_its_next_look(ledger: SqlLedger, tmp_path: Path):
    now = SystemClock().now()
    nothing: Any = SimpleNamespace(use=lambda *_: None, retain=lambda *_: 0)
    desk, bank = Desk(ledger, SystemClock(), HOUSE), Bank(SeriesTable(), HOUSE)
    housekeeping = Housekeeping(Settings(), ledger, nothing, decoder=nothing, bank=bank, desk=desk)
    run(tmp_path, *USUAL)
    assert not desk.silencing.known.of("p1")
    housekeeping.tend(now + 2_000)
    assert [it.reason for it in desk.silencing.known.of("p1")] == ["physiotherapy"]
