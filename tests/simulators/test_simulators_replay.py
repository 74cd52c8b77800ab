import gzip
import json
from pathlib import Path

import pytest

from simulators.fleet import Fleet, FleetSpec
from simulators.longcsv import write_csv
from simulators.replay import Recording
from vitals.errors import BadDataError
from vitals.times import MINUTE, parse_time

START = parse_time("2026-11-22T15:00:00Z")
HEAD = "patient,device,signal,time,value,unit\n"


@pytest.mark.parametrize("name", ["fleet.csv", "fleet.csv.gz"])
def test_what_a_fleet_wrote_is_published_again(tmp_path: Path, name: str):
    spec = FleetSpec(patients=4, seed=1, start=START, kit="home")
    write_csv(Fleet(spec), tmp_path / name, START + 20 * MINUTE)
    said = [p for p in Fleet(spec).until(START + 20 * MINUTE) if p.topic.endswith("/vitals")]
    again = Recording(tmp_path / name, agency="demo").until(START + 20 * MINUTE)
    assert sorted((p.topic, p.time, p.readings) for p in again) == sorted((p.topic, p.time, p.readings) for p in said)
    vitals = {(p.topic, p.time): json.loads(p.payload)["vitals"] for p in said}
    assert all(json.loads(p.payload)["vitals"] == vitals[p.topic, p.time] for p in again)


def test_times_may_begin_now_and_a_recording_ends(tmp_path: Path):
    (tmp_path / "a.csv").write_text(
        HEAD + "p1,,heart_rate,2020-01-01T00:00:10Z,70,/min\np1,,spo2,2020-01-01T00:00:10Z,97,%\n"
        "p1,,temperature,2020-01-01T01:00:00+01:00,98.6,[degF]\n"
    )
    recording = Recording(tmp_path / "a.csv", agency="demo", begin=START)
    assert recording.start == START
    first, second = recording.until(START), recording.until(START + 10_000)
    assert json.loads(first[0].payload)["vitals"] == {"temperature": {"value": 98.6, "unit": "[degF]"}}
    assert json.loads(second[0].payload)["vitals"] == {"heart_rate": 70, "spo2": 97}
    assert second[0].topic == "homevigil/v1/demo/p1/recorded-1/vitals"
    assert recording.exhausted


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("p1,,pulse,2020-01-01T00:00:10Z,70,/min", r"signal 'pulse' is none: one of heart_rate"),
        ("p1,,spo2,2020-01-01T00:00:10,70,%", "has no time zone"),
        ("p1,,spo2,2020-01-01T00:00:10Z,x,%", "could not convert string to float: 'x'"),
        ("p1,,spo2,2020-01-01T00:00:10Z,97,kg", "unit 'kg' is no unit of spo2"),
        ("p/1,,spo2,2020-01-01T00:00:10Z,97,%", "cannot stand in a topic"),
        ("p1,spo2", "2 fields instead of 6"),
    ],
)
def test_bad_rows_are_named_by_file_and_line(tmp_path: Path, row: str, problem: str):
    (tmp_path / "a.csv").write_text(HEAD + row + "\n")
    with pytest.raises(BadDataError, match=rf"a\.csv:2: .*{problem}"):
        Recording(tmp_path / "a.csv", agency="demo")


def test_another_header_is_refused(tmp_path: Path):
    with gzip.open(tmp_path / "a.csv.gz", "wt") as file:
        file.write("a,b\n")
    with pytest.raises(BadDataError, match="the first line must be patient,device"):
        Recording(tmp_path / "a.csv.gz", agency="demo")
