"""A personal link from the command line opens the board of the service with the same settings."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.commands.board import app
from monitor.sections import WebSettings
from monitor.settings import Settings
from monitor.web import board_link, the_passes
from store.ledger import open_ledger
from tests.alerts.house import NOON, USUAL
from vitals.errors import ConfigError, HomevigilError


def settings(folder: Path, **web: object) -> Settings:
    return Settings(data_dir=folder, web=WebSettings(**web))  # type: ignore[arg-type]


def test_the_link_opens_what_the_service_signs(tmp_path: Path) -> None:
    ours = settings(tmp_path, port=8480, public_url="https://care.example/hv/")
    url = board_link(ours, "ana", NOON)
    assert url.startswith("https://care.example/hv/b/ana.")
    assert the_passes(ours).who_opens(url.rpartition("/")[2], NOON) == "ana"
    assert board_link(settings(tmp_path, port=0, host="::"), "ana", NOON, 9_000).startswith("http://[::1]:9000/b/ana.")


@pytest.mark.parametrize("port", [None, 0])
def test_without_an_address_it_says_which_setting(tmp_path: Path, port: int | None) -> None:
    with pytest.raises(ConfigError, match=r"web\.port"):
        board_link(settings(tmp_path, port=port), "ana", NOON)


def test_the_command_prints_it_and_writes_down_for_whom(tmp_path: Path) -> None:
    config = tmp_path / "homevigil.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n[web]\nport = 8480\n', encoding="utf-8")
    place = Settings(data_dir=tmp_path).ledger_url()
    with open_ledger(place) as ledger:
        ledger.import_agency(USUAL, NOON)
    said = CliRunner().invoke(app, ["link", "--to", "ana", "--config", str(config), "--json"], catch_exceptions=False)
    row = json.loads(said.stdout)
    assert row["caregiver"] == "ana"
    assert row["url"].startswith("http://127.0.0.1:8480/b/ana.")
    unknown = CliRunner().invoke(app, ["link", "--to", "eve", "--config", str(config)])
    assert isinstance(unknown.exception, HomevigilError)
    assert "one of ana" in str(unknown.exception)
    with open_ledger(place) as ledger:
        assert ("operator", "board_link", "ana") in [(act.actor, act.what, act.subject) for act in ledger.acts()]
