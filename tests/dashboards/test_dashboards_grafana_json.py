"""The committed dashboards, as Grafana will read them."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dashboards.grafana.build import JSON, differing, main, rendered

pytest.importorskip("grafana_foundation_sdk", reason="the dashboards' builders need the dev dependencies")

DASHBOARDS = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(JSON.glob("*.json"))}
PANELS = [
    pytest.param(panel, id=f"{name}: {panel['title']}") for name, d in DASHBOARDS.items() for panel in d["panels"]
]
QUERIES = [
    pytest.param(target["query"], id=f"{name}: {panel['title']} {target['refId']}")
    for name, d in DASHBOARDS.items()
    for panel in d["panels"]
    for target in panel.get("targets", ())
]
COLUMNS = {"_measurement", "_field", "_time", "_value", "patient", "device", "signal"}
MADE = {"rank", "state", "shown", "silent", "points", "total", "worst", "parts", "oldest", "detail"}
Json = dict[str, Any]


def test_the_committed_json_is_what_the_builders_write() -> None:
    assert differing(JSON, rendered()) == []


def test_it_is_the_same_each_time() -> None:
    assert rendered() == rendered()


def test_check_tells_a_stale_a_missing_and_an_unknown_file(tmp_path: Path) -> None:
    where = ["--folder", str(tmp_path)]
    assert main(["--check", *where]) == 1
    assert main(where) == 0
    assert main(["--check", *where]) == 0
    (tmp_path / "old.json").write_text("{}")
    assert main(["--check", *where]) == 1
    (tmp_path / "old.json").unlink()
    (tmp_path / "patient.json").write_text("{}")
    assert main(["--check", *where]) == 1
    assert main(where) == 0
    assert differing(tmp_path, rendered()) == []


def test_the_dashboards_have_fixed_addresses() -> None:
    assert {name: d["uid"] for name, d in DASHBOARDS.items()} == {
        "care_team": "homevigil-care-team",
        "patient": "homevigil-patient",
    }


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_says_what_it_is_and_where_its_data_come_from(panel: Json) -> None:
    assert panel["title"]
    assert panel["datasource"] == {"type": "influxdb", "uid": "homevigil-influx"}
    if panel["type"] == "text":
        return
    assert panel["description"]
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["fieldConfig"]["defaults"]["noValue"]
    assert [target["refId"] for target in panel["targets"]] == list("ABC"[: len(panel["targets"])])


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS.keys())
def test_no_two_panels_lie_on_each_other(dashboard: Json) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not taken & cells, panel["title"]
        taken |= cells
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert ids == list(range(1, len(ids) + 1))


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_names_only_what_the_store_writes(query: str) -> None:
    assert 'r._measurement == "vitals" and r._field == "value"' in query
    assert "from(bucket: v.defaultBucket)" in query
    named = set(re.findall(r"\br\.(\w+)", query))
    assert named <= COLUMNS | MADE
    grouped = {
        name for found in re.findall(r"group\(columns: \[([^\]]*)\]", query) for name in re.findall(r"\w+", found)
    }
    assert grouped <= COLUMNS


@pytest.mark.parametrize("query", QUERIES)
def test_brackets_balance_outside_of_texts(query: str) -> None:
    closed = {")": "(", "]": "[", "}": "{"}
    depth: list[str] = []
    for sign in re.sub(r'"[^"]*"', '""', query):
        if sign in closed.values():
            depth.append(sign)
        elif sign in closed:
            assert depth.pop() == closed[sign]
    assert depth == []


def _coloured(dashboard: Json) -> list[Json]:
    properties = [
        p for panel in dashboard["panels"] for o in panel["fieldConfig"]["overrides"] for p in o["properties"]
    ]
    return [mapping for p in properties if p["id"] == "mappings" for mapping in p["value"]]


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS.keys())
def test_colour_only_repeats_what_a_mark_or_word_already_says(dashboard: Json) -> None:
    assert {mapping["type"] for mapping in _coloured(dashboard)} == {"regex"}
    for mapping in _coloured(dashboard):
        assert re.fullmatch(r"\^\([▲▼✖△○|]+\)\.\*|\^●\.\*", mapping["options"]["pattern"])
    for panel in dashboard["panels"]:
        fixed = panel["fieldConfig"]["defaults"].get("color", {}).get("fixedColor", "text")
        assert fixed == "text" or re.match("[▲●]", panel["title"])
        if len(panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", [])) > 1:
            assert re.search("(alert|warning) (below|above)", panel["description"])


def test_limit_lines_ascend_and_begin_below_everything() -> None:
    for panel in DASHBOARDS["patient"]["panels"]:
        steps = panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps")
        if steps:
            assert steps[0]["value"] is None
            assert all(low["value"] < high["value"] for low, high in pairwise(steps[1:]))


def test_lines_break_at_gaps() -> None:
    charts = [panel for panel in DASHBOARDS["patient"]["panels"] if panel["type"] == "timeseries"]
    assert len(charts) == 9
    for panel in charts:
        custom = panel["fieldConfig"]["defaults"]["custom"]
        assert custom["spanNulls"] is False
        assert custom["insertNulls"] > 0


def test_a_patient_is_chosen_and_quoted() -> None:
    (variable,) = DASHBOARDS["patient"]["templating"]["list"]
    assert variable["name"] == "patient"
    for panel in DASHBOARDS["patient"]["panels"]:
        for target in panel["targets"]:
            assert "r.patient == ${patient:doublequote}" in target["query"]
            assert "${" not in target["query"].replace("${patient:doublequote}", "")
