"""``homevigil roster``: what is printed, for people and machines, and what the exit code says."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.commands.check import _coverage
from store.ledger import open_ledger
from vitals.agency import Agency
from vitals.presence import clocked
from vitals.times import parse_time

PHONE = [{"name": "phone", "url": "console://phone"}]


def person(name: str, role: str) -> dict[str, Any]:
    return {"id": name, "name": f"Secret {name}", "role": role, "timezone": "Europe/London", "channels": PHONE}


AGENCY = {
    "id": "north",
    "patients": [
        {"id": "p1", "name": "Secret One", "timezone": "America/New_York"},
        {"id": "p2", "name": "Secret Two", "timezone": "Europe/London"},
    ],
    "caregivers": [person("ana", "cna"), person("noor", "nurse"), person("olga", "operations_manager")],
    "assignments": [{"patient": p, "caregiver": "ana"} for p in ("p1", "p2")],
    "shifts": [
        {"caregiver": "ana", "start": "08:00", "end": "20:00", "timezone": "America/New_York"},
        {"caregiver": "noor", "start": "08:00", "end": "08:00", "timezone": "Europe/London", "patient": "p1"},
    ],
}


@pytest.fixture
def roster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "data").mkdir()
    with open_ledger(f"sqlite:///{tmp_path}/data/ledger.db") as ledger:
        ledger.import_agency(Agency.model_validate(AGENCY), now=1)
        with ledger.write() as tx:
            tx.add_events([clocked("p2", "ana", parse_time("2026-03-01T23:00Z"))])

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["roster", *words])
        assert done.exit_code == code, done.output
        assert "Secret" not in done.output
        return done.output

    return run


def lines(output: str) -> list[Any]:
    return [json.loads(line) for line in output.splitlines()]


def test_show_lists_who_is_on_duty_and_when_it_changes(roster: Any):
    found = lines(roster("show", "--patient", "p1", "--from", "2026-03-02", "--to", "2026-03-03T00:00-05:00", "--json"))
    assert [(row["start"], [p["caregiver"] for p in row["people"]]) for row in found] == [
        ("2026-03-02T05:00:00.000Z", ["noor", "olga"]),
        ("2026-03-02T13:00:00.000Z", ["ana", "noor", "olga"]),
        ("2026-03-03T01:00:00.000Z", ["noor", "olga"]),
    ]
    assert found[1]["people"][0]["why"] == "shift"
    assert "ana (cna): on shift" in roster("show", "--from", "2026-03-02", "--to", "2026-03-03")


def test_show_for_one_caregiver_leaves_the_rest_out(roster: Any):
    found = lines(roster("show", "--caregiver", "ana", "--from", "2026-03-02", "--to", "2026-03-03", "--json"))
    said = [(row["patient"], row["start"][11:16], row["people"][0]["why"], row["people"][0]["note"]) for row in found]
    there = "clocked in at 2026-03-01T23:00:00.000Z"
    assert said == [
        ("p1", "13:00", "shift", ""),
        ("p2", "00:00", "shift", there),
        ("p2", "01:00", "clocked_in", there.removeprefix("clocked in ")),
        ("p2", "13:00", "shift", there),
        ("p2", "15:00", "shift", ""),
    ]


def test_gaps_say_which_hours_and_the_exit_code_says_that_there_are_any(roster: Any):
    found = json.loads(roster("gaps", "--json", code=1))
    assert (found["days"], found["patients"]) == (14, 2)
    assert {(gap["patient"], gap["lack"]) for gap in found["gaps"]} == {("p2", "manager_only")}
    assert sum(gap["hours"] for gap in found["gaps"]) == pytest.approx(14 * 12, abs=1)
    assert "nobody before the operations manager" in " ".join(roster("gaps", "--days", "1", code=1).split())
    assert "covered" in roster("gaps", "--patient", "p1")


def test_who_says_who_is_told_at_each_step_and_why_not(roster: Any):
    answer = json.loads(roster("who", "--patient", "p2", "--at", "2026-03-02 03:00", "--json"))
    assert [[t["caregiver"] for t in step["told"]] for step in answer["steps"]] == [["ana"], ["ana"], [], ["olga"]]
    answer = json.loads(roster("who", "--patient", "p2", "--at", "2026-03-02T23:30Z", "--severity", "low", "--json"))
    assert [p["caregiver"] for p in answer["people"] if p["on_duty"]] == ["ana", "olga"]
    answer = json.loads(roster("who", "--patient", "p2", "--at", "2026-03-03T03:00Z", "--json"))
    assert {p["caregiver"]: p["why"] for p in answer["people"]} == {
        "ana": "no_shift_now",
        "noor": "not_assigned",
        "olga": "round_the_clock",
    }
    assert "forgotten" in answer["people"][0]["note"]
    assert [step["at"] is None for step in answer["steps"]] == [True, True, True, False]
    assert "skipped" in roster("who", "--patient", "p2", "--at", "2026-03-03T03:00Z")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("who", "--patient", "p9"), "'p9' is not in the agency file: p1, p2"),
        (("who", "--patient", "p1", "--at", "soon"), "'soon' is no time"),
        (("who", "--patient", "p1", "--severity", "urgent"), "one of low, medium, high"),
        (("show", "--caregiver", "zoe"), "'zoe' is not in the agency file"),
        (("show", "--from", "2026-03-02", "--to", "2026-03-01"), "choose a later time"),
    ],
)
def test_a_wrong_option_names_its_value_and_remedy(roster: Any, words: tuple[str, ...], said: str):
    output = " ".join(roster(*words, code=2).replace("│", " ").split())
    assert said in output


def test_check_warns_and_is_no_failure():
    """Fourteen nights of twelve hours, one of them shorter by the clocks' change."""
    found = _coverage(Agency.model_validate(AGENCY), parse_time("2026-03-02T00:00Z"))
    assert [(line.ok, line.warning) for line in found] == [(True, True)]
    assert found[0].words.startswith("p2: 167.0 h not covered in the coming two weeks, nobody before")
