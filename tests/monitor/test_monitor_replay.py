"""Replay: the same file gives the same alerts, byte for byte."""

import json
from pathlib import Path

from monitor.agency_file import default_agency
from monitor.convert import BY_NAME
from monitor.longcsv import LongCsv
from monitor.replay import ReplaySummary, replay


def run(csv_path: Path, out: Path) -> ReplaySummary:
    with LongCsv(csv_path) as csv:
        return replay(csv, default_agency(csv.patients(), channel_url="console://x"), out)


def test_a_recording_replayed_twice_gives_identical_files(recordings: Path, tmp_path: Path):
    BY_NAME["tihm"].convert(recordings, tmp_path / "tihm.csv")
    first = run(tmp_path / "tihm.csv", tmp_path / "a.jsonl")
    second = run(tmp_path / "tihm.csv", tmp_path / "b.jsonl")
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    assert first.alerts == second.alerts > 0
    assert first.readings + first.rejects == first.messages


def test_each_line_has_the_promised_fields(tmp_path: Path):
    rows = [f"p1,oximeter,spo2,2026-01-01T00:{m:02d}:00Z,{84 if m > 10 else 97},%\n" for m in range(30)]
    (tmp_path / "x.csv").write_text("patient,device,signal,time,value,unit\n" + "".join(rows))
    summary = run(tmp_path / "x.csv", tmp_path / "x.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    wanted = {"time", "patient", "alert", "rule", "signal", "kind", "severity", "state", "onset"}
    wanted |= {"notices", "evidence"}
    assert all(set(line) == wanted for line in lines)
    first, *more = [x for x in lines if x["patient"] == "p1"]
    assert (first["rule"], first["state"], first["severity"]) == ("limit.low", "open", "high")
    assert sum(line["notices"] for line in lines) == summary.notices > 0, "each with the step that caused it"
    assert {x["alert"] for x in more} == {first["alert"]}, "what else its fall shows joins it"
    assert "early_warning" in {reason["rule"] for reason in more[0]["evidence"]["reasons"]}
