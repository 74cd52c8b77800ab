"""Every panel's Flux on a real InfluxDB 2.x; skips where HOMEVIGIL_TEST_INFLUX_URL, _TOKEN and _ORG name none."""

import csv
import io
import json
import os
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from dashboards.grafana.build import JSON
from store.influx import InfluxReadings, InfluxTarget
from vitals.batch import Batch
from vitals.signals import BY_NAME
from vitals.times import HOUR, MINUTE, iso

NOW = 1_795_305_600_000
NAMES = [f"HOMEVIGIL_TEST_INFLUX_{name}" for name in ("URL", "ORG", "TOKEN")]
SAMPLE: dict[str, dict[str, float]] = {
    "well": {
        "heart_rate": 72,
        "spo2": 97,
        "respiration_rate": 16,
        "temperature": 36.6,
        "systolic_bp": 120,
        "diastolic_bp": 80,
        "oxygen_flow": 0,
        "consciousness": 0,
    },
    "ill": {"heart_rate": 140, "spo2": 86, "temperature": 38.4},
    "silent": {"weight": 61.75, "glucose": 68},
}
Rows = list[dict[str, str]]


def _fill(store: InfluxReadings) -> None:
    rows = [
        (store.series.code(patient, f"d-{name}", BY_NAME[name].code), time, value, time)
        for patient, values in SAMPLE.items()
        for name, value in values.items()
        for time in (NOW - (2 * HOUR if patient == "silent" else MINUTE) - n * 10 * MINUTE for n in range(5))
    ]
    store.append(Batch.of(*zip(*rows, strict=True)))


@pytest.fixture(scope="module")
def store() -> Iterator[InfluxReadings]:
    missing = [name for name in NAMES if name not in os.environ]
    if missing:
        pytest.skip(f"needs an InfluxDB: {missing[0]} is not set")
    url, org, token = (os.environ[name] for name in NAMES)
    target = InfluxTarget(url, org, f"homevigil-test-{uuid4().hex[:12]}", token)
    with InfluxReadings(target) as opened:
        _fill(opened)
        yield opened
        buckets = opened._link.client.buckets_api()
        buckets.delete_bucket(buckets.find_bucket_by_name(target.bucket))


def as_grafana_asks(flux: str, bucket: str, patient: str = "ill") -> str:
    """The query with Grafana's own words filled in, by text as Grafana does it."""
    filled = {
        "${patient:doublequote}": f'"{patient}"',
        "v.timeRangeStart": iso(NOW - 24 * HOUR),
        "v.timeRangeStop": iso(NOW),
        "v.windowPeriod": "10m",
        "v.defaultBucket": f'"{bucket}"',
    }
    for word, value in filled.items():
        flux = flux.replace(word, value)
    return flux


def ask(store: InfluxReadings, flux: str, patient: str = "ill") -> Rows:
    body = store._link.query(as_grafana_asks(flux, store._bucket, patient)).decode()
    sections = [section for section in body.replace("\r\n", "\n").split("\n\n") if section.strip()]
    return [row for section in sections for row in csv.DictReader(io.StringIO(section.strip()))]


def panels(name: str) -> dict[str, dict[str, Any]]:
    return {panel["title"]: panel for panel in json.loads((JSON / f"{name}.json").read_text("utf-8"))["panels"]}


def answer(store: InfluxReadings, dashboard: str, title: str, patient: str = "ill") -> Rows:
    return ask(store, panels(dashboard)[title]["targets"][0]["query"], patient)


@pytest.mark.parametrize(
    ("dashboard", "title"), [(name, title) for name in ("care_team", "patient") for title in panels(name)]
)
def test_every_query_runs(store: InfluxReadings, dashboard: str, title: str) -> None:
    for target in panels(dashboard)[title].get("targets", ()):
        for patient in ("well", "nobody"):
            ask(store, target["query"], patient)


def test_the_overview_counts_patients_by_their_worst_reading(store: InfluxReadings) -> None:
    counts = {
        title: next(iter(answer(store, "care_team", title)))
        for title in ("Patients heard from", "▲▲ Outside alert limits", "▲ Outside warning limits", "● Within limits")
    }
    assert counts["Patients heard from"]["_value"] == "3"
    assert [count["patients"] for count in list(counts.values())[1:]] == ["1", "1", "1"]


def test_a_count_is_nought_not_nothing_where_no_patient_is_so(store: InfluxReadings) -> None:
    query = panels("care_team")["● Within limits"]["targets"][0]["query"].replace("r.rank == 0", "r.rank == 9")
    assert [row["patients"] for row in ask(store, query)] == ["0"]


def test_what_is_outside_limits_is_said_in_words_worst_first(store: InfluxReadings) -> None:
    rows = answer(store, "care_team", "Outside limits now")
    assert [(row["patient"], row["value"], row["state"]) for row in rows[:2]] in (
        [("ill", "▲▲ 140", "▲▲ above alert limit 130"), ("ill", "▼▼ 86", "▼▼ below alert limit 88")],
        [("ill", "▼▼ 86", "▼▼ below alert limit 88"), ("ill", "▲▲ 140", "▲▲ above alert limit 130")],
    )
    assert [row["state"] for row in rows[2:]] == ["▲ above warning limit 38", "▼ below warning limit 70"]


def test_the_newest_vitals_are_one_row_a_patient(store: InfluxReadings) -> None:
    rows = {row["patient"]: row for row in answer(store, "care_team", "Newest vitals")}
    assert rows["well"]["heart_rate"] == "72"
    assert rows["ill"]["spo2"] == "▼▼ 86"
    assert rows["silent"]["weight"] == "61.8"


def test_devices_stand_longest_silent_first(store: InfluxReadings) -> None:
    rows = answer(store, "care_team", "Devices, longest silent first")
    assert {row["patient"] for row in rows[:2]} == {"silent"}
    assert rows[0]["state"] == "▲ silent for over an hour"
    assert rows[-1]["state"] == "● heard"


def test_news2_says_what_is_missing(store: InfluxReadings) -> None:
    rows = {row["patient"]: row for row in answer(store, "care_team", "NEWS2, scale 1")}
    assert rows["ill"]["score"] == "7"
    assert rows["ill"]["complete"] == "○ incomplete: 3 of 7 parts"
    assert rows["ill"]["response"] == "▲▲ high: emergency response"
    assert (rows["well"]["score"], rows["well"]["complete"]) == ("0", "● complete")


def test_the_variable_lists_the_patients(store: InfluxReadings) -> None:
    dashboard = json.loads((JSON / "patient.json").read_text("utf-8"))
    rows = ask(store, dashboard["templating"]["list"][0]["query"].replace("-90d", iso(NOW - 24 * HOUR)))
    assert {row["_value"] for row in rows} == set(SAMPLE)


def test_a_patients_chart_has_gaps_where_nothing_was_measured(store: InfluxReadings) -> None:
    rows = answer(store, "patient", "Heart rate (/min)", "well")
    assert len(rows) in (5, 6)
    assert {float(row["_value"]) for row in rows} == {72.0}
