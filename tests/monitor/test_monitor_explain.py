"""explain: an alert in words and as a picture, from a replay or from an installation."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.agency_file import default_agency
from monitor.cli import app
from monitor.commands.explain import explain as _loaded  # noqa: F401  (imported once, before anything is measured)
from monitor.explain.account import from_lines, one_of
from monitor.explain.words import words
from monitor.longcsv import LongCsv
from monitor.replay import replay
from store.duckdb import DuckDBReadings
from store.ledger import open_ledger
from vitals.alert import Delivery, DeliveryState, Transition
from vitals.batch import Batch
from vitals.errors import BadDataError, UnavailableError
from vitals.times import MINUTE, parse_time

ROWS = [
    f"p1,oximeter,{signal},2026-01-01T{m // 60:02d}:{m % 60:02d}:00Z,{low if 60 < m < 100 else usual},{unit}\n"
    for m in range(180)
    for signal, usual, low, unit in (("spo2", 97, 84, "%"), ("heart_rate", 72, 118, "/min"))
]
START = parse_time("2026-01-01T00:00:00Z")


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A recording, and what its replay wrote."""
    folder = tmp_path_factory.mktemp("replayed")
    csv, out = folder / "x.csv", folder / "alerts.jsonl"
    csv.write_text("patient,device,signal,time,value,unit\n" + "".join(ROWS))
    with LongCsv(csv) as recording:
        replay(recording, default_agency(recording.patients(), channel_url="console://x"), out)
    return csv, out


def first(out: Path) -> str:
    found: str = json.loads(out.read_text().splitlines()[0])["alert"]
    return found


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["explain", *map(str, arguments)])


def test_a_replays_alert_is_told_in_words(replayed: tuple[Path, Path]):
    _, out = replayed
    said = run(first(out), "--alerts", out)
    assert said.exit_code == 0
    for part in ("Oxygen saturation low", "limit.low spo2", "Measured 84 %, limit 88 %", "2026-01-01 01:0", "resolved"):
        assert part in said.output
    assert "a replay tells nobody" in said.output


def test_its_beginning_is_enough_and_case_does_not_matter(replayed: tuple[Path, Path]):
    _, out = replayed
    assert list(words(from_lines(out, first(out)[:7].lower()))) == list(words(from_lines(out, first(out))))


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_picture_is_drawn_the_same_each_time_without_names(
    replayed: tuple[Path, Path], tmp_path: Path, suffix: str
):
    csv, out = replayed
    one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
    for picture in (one, two):
        assert run(first(out), "--alerts", out, "--readings", csv, "--out", picture).exit_code == 0
    assert one.read_bytes() == two.read_bytes()
    assert len(one.read_bytes()) > 5_000


def test_what_cannot_be_is_refused_with_the_remedy(replayed: tuple[Path, Path], tmp_path: Path):
    csv, out = replayed
    assert "give the recording" in run(first(out), "--alerts", out, "--out", tmp_path / "x.png").output
    assert "end it with .png" in run(first(out), "--alerts", out, "--readings", csv, "--out", "x.gif").output
    for wanted, path, says in (
        ("NONESUCH", out, "no such alert"),
        ("", out, "no such alert"),
        (first(out), csv, "x.csv:1: no alert's line"),
        (first(out), tmp_path / "no.jsonl", "cannot be read"),
    ):
        with pytest.raises(BadDataError, match=says):
            from_lines(path, wanted)
    with pytest.raises(BadDataError, match=r"3 alerts begin so: AB1, AB2, AB3 \(write more"):
        one_of("ab", ["AB1", "AB2", "AB3", "B"], "")


def test_a_picture_of_another_recording_is_refused_and_not_drawn_empty(replayed: tuple[Path, Path], tmp_path: Path):
    csv, out = replayed
    other, picture = tmp_path / "other.csv", tmp_path / "x.png"
    for text in (csv.read_text().replace("p1,", "p2,"), csv.read_text().replace("2026-01-01", "2025-01-01")):
        other.write_text(text)
        said = run(first(out), "--alerts", out, "--readings", other, "--out", picture, "--json")
        assert isinstance(said.exception, BadDataError)
        assert "'p1' has no reading in " in str(said.exception)
        assert "is this the recording of the alert?" in str(said.exception)
        assert json.loads(said.stdout)["picture"] is None
        assert not picture.exists()


@pytest.fixture
def installation(replayed: tuple[Path, Path], tmp_path: Path) -> tuple[Path, str]:
    """Settings of an installation whose ledger and store hold the same; and the alert's id."""
    csv, out = replayed
    account = from_lines(out, first(out))
    config = tmp_path / "homevigil.toml"
    config.write_text(f'data_dir = "{tmp_path / "data"}"\n')
    (tmp_path / "data").mkdir()
    with LongCsv(csv) as recording, DuckDBReadings(tmp_path / "data" / "readings.duckdb") as store:
        store.append(Batch.concat(list(recording.batches(store.series, MINUTE))))
    alert, sent = account.alert, account.alert.opened + 2_000
    with open_ledger(f"sqlite:///{tmp_path / 'data' / 'ledger.db'}") as ledger, ledger.write() as tx:
        tx.put_alerts([alert])
        answer = Transition(alert.id, 99, sent + 5_000, alert.state, alert.severity, "closed", "ana", "seen")
        tx.add_transitions([*(replace(step, cause="found") for step in account.history), answer])
        told = Delivery(f"{alert.id}:0", alert.id, 0, "ana", "sms", sent, sent, DeliveryState.SENT, sent_at=sent)
        tx.add_deliveries([told])
    return config, alert.id


def test_an_installations_alert_says_who_was_told_and_who_answered(installation: tuple[Path, str], tmp_path: Path):
    config, alert = installation
    picture = tmp_path / "x.svg"
    said = run(alert, "--config", config, "--out", picture)
    assert said.exit_code == 0, said.exception
    assert "ana by sms: sent 2026-01-01 01:0" in said.output
    assert "closed) by ana: seen" in said.output
    assert picture.stat().st_size > 5_000
    machine = json.loads(run(alert[:6], "--config", config, "--json").stdout)
    assert machine["alert"] == alert
    assert machine["told"][0]["recipient"] == "ana"
    assert "seen" in {step["note"] for step in machine["transitions"]}


def test_while_the_service_holds_the_store_the_words_are_given_and_the_remedy(
    installation: tuple[Path, str], replayed: tuple[Path, Path], tmp_path: Path
):
    config, alert = installation
    with DuckDBReadings(tmp_path / "data" / "readings.duckdb"):
        said = run(alert, "--config", config, "--out", tmp_path / "x.png")
        assert isinstance(said.exception, UnavailableError)
        assert "ana by sms" in said.output
        assert "in use by process" in str(said.exception)
        assert "--readings" in str(said.exception)
        assert run(alert, "--config", config).exit_code == 0
        instead = run(alert, "--config", config, "--readings", replayed[0], "--out", tmp_path / "x.png")
        assert instead.exit_code == 0


def test_an_alert_nobody_knows_is_named_with_the_remedy(installation: tuple[Path, str]):
    said = run("ZZZ", "--config", installation[0])
    assert isinstance(said.exception, BadDataError)
    assert str(said.exception) == "'ZZZ': there is no such alert (homevigil alerts list --all shows them)"


def test_each_of_several_reasons_says_whether_it_holds_and_what_people_know_of_it(replayed: tuple[Path, Path]):
    _, out = replayed
    account = from_lines(out, first(out))
    pulse = {"rule": "limit.high", "signal": "heart_rate", "device": "", "severity": "medium", "since": START}
    more = {"holds": True, "cleared": None, "told": "clear", "evidence": {"value": 118.0}}
    alert = replace(account.alert, evidence={"reasons": [pulse | more, {**pulse, "cleared": START, "told": "low"}]})
    said = "\n".join(words(replace(account, alert=alert)))
    about = "limit.high heart_rate, medium, since 2026-01-01 00:00:00 UTC"
    assert f"reason 1: {about}, holds, not told yet\n    value: 118\n" in said
    assert f"reason 2: {about}, cleared 2026-01-01 00:00:00 UTC, told as low\n" in said


def test_of_an_alert_whose_leading_rule_changes_the_evidence_is_read_as_that_rules(tmp_path: Path):
    rows = [
        {"rule": "early_warning", "severity": "low", "evidence": {"total": 4}},
        {"rule": "deterioration", "severity": "high", "evidence": {"horizon": 43_200_000, "ages": {"spo2": 3_600_000}}},
        {"rule": "limit.low", "signal": "spo2", "severity": "low", "evidence": {"value": 91.0, "limit": 92.0}},
    ]
    usual = {"patient": "p1", "alert": "AAA", "signal": "", "kind": "physiological", "state": "open"}
    times = [f"2026-01-01T0{hour}:00:00Z" for hour in range(3)]
    alerts = tmp_path / "alerts.jsonl"
    alerts.write_text(
        "".join(
            json.dumps({**usual, "time": at, "onset": times[0], **row}) + "\n"
            for at, row in zip(times, rows, strict=True)
        )
    )
    said = run("AAA", "--alerts", alerts).output
    assert "Rule: deterioration." in said
    assert "horizon: 12h" in said
    assert "ages: spo2 1h" in said
    assert "unknown" not in said


def test_a_file_of_alerts_that_is_not_there_is_named_in_plain_words(tmp_path: Path):
    fault = str(run("AAA", "--alerts", tmp_path / "none.jsonl").exception)
    assert "none.jsonl: cannot be read: No such file or directory (give" in fault
    assert "Errno" not in fault
