"""The long CSV: every refused row named by its line, the rest in time order."""

import gzip
from pathlib import Path

import pytest

from monitor.convert import BY_NAME
from monitor.longcsv import LongCsv
from vitals.batch import Quality
from vitals.errors import BadDataError
from vitals.series import SeriesTable

HEAD = "patient,device,signal,time,value,unit\n"


def write(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "readings.csv"
    path.write_text(HEAD + "".join(row + "\n" for row in rows))
    return path


def test_each_refused_row_is_named_by_its_line_and_reason(tmp_path: Path):
    path = write(
        tmp_path,
        "p1,,spo2,2026-01-01T00:00:00Z,97,%",
        "p1,,spo2,2026-01-01T00:01:00,97,%",
        ",,spo2,2026-01-01T00:00:00Z,97,%",
        "p1,,spo3,2026-01-01T00:00:00Z,97,%",
        "p1,,weight,2026-01-01T00:00:00Z,70,mm[Hg]",
        "p1,,spo2,2026-01-01T00:02:00Z,970,%",
        "p1,,spo2,2026-01-01T00:03:00Z,NaN,%",
        "p1,,spo2,0026-01-01T00:04:00Z,97,%",
        "p1,,spo2,9999-01-01T00:05:00Z,97,%",
        "p1,,spo2",
    )
    with LongCsv(path) as csv:
        found = {reject.topic: reject.reason.value for reject in csv.rejects()}
    assert found == {
        "readings.csv:3": "bad_time",
        "readings.csv:4": "malformed",
        "readings.csv:5": "unknown_signal",
        "readings.csv:6": "unknown_unit",
        "readings.csv:7": "implausible",
        "readings.csv:8": "malformed",
        "readings.csv:9": "bad_time",
        "readings.csv:10": "bad_time",
        "readings.csv:11": "bad_time",
    }


def test_line_numbers_hold_in_a_long_file(tmp_path: Path):
    rows = [f"p{i % 7},d,spo2,2026-01-01T{i // 3600:02d}:{i // 60 % 60:02d}:{i % 60:02d}Z,97,%" for i in range(80_000)]
    bad = [5, 40_000, 79_999]
    for line in bad:
        rows[line - 2] = rows[line - 2].replace("spo2", "nonsense")
    with LongCsv(write(tmp_path, *rows)) as csv:
        assert [reject.topic for reject in csv.rejects()] == [f"readings.csv:{line}" for line in bad]
        times = [t for batch in csv.batches(SeriesTable(), 60_000) for t in batch.time.tolist()]
    assert times == sorted(times)
    assert len(times) == 80_000 - 3


def test_units_and_zones_are_converted_and_steps_kept_together(tmp_path: Path):
    path = write(
        tmp_path, "p1,s,weight,2026-01-01T01:00:30+01:00,200,[lb_av]", "p1,s,temperature,2026-01-01T00:00:10Z,100.4,F"
    )
    with LongCsv(path) as csv:
        table = SeriesTable()
        (batch,) = csv.batches(table, 60_000)
        shown = [(r.signal, r.value, r.time % 60_000) for r in batch.readings(table)]
    assert shown == [("temperature", 38.0, 10_000), ("weight", 90.718474, 30_000)]


def test_zeros_of_a_probe_that_is_off_are_artefacts_and_no_rejects(tmp_path: Path):
    rows = ["p1,o,spo2,2026-01-01T00:00:00Z,0,%", "p1,o,spo2,2026-01-01T00:01:00Z,97,%"]
    path = write(tmp_path, *rows, "p1,s,weight,2026-01-01T00:02:00Z,0,kg")
    with LongCsv(path) as csv:
        assert [reject.reason.value for reject in csv.rejects()] == ["implausible"]
        quality = [int(q) for batch in csv.batches(SeriesTable(), 60_000) for q in batch.quality]
    assert quality == [Quality.ARTEFACT, 0]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00\xff\x00"])
def test_what_is_no_long_csv_is_said(tmp_path: Path, text: str):
    path = tmp_path / "junk.csv"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(BadDataError, match=r"junk\.csv"):
        LongCsv(path)


def test_every_recording_converts_and_reads_back(recordings: Path, tmp_path: Path):
    for name, source in BY_NAME.items():
        out = tmp_path / f"{name}.csv.gz"
        rows = source.convert(recordings, out).readings
        with gzip.open(out, "rt") as lines:
            assert lines.readline() == HEAD
        with LongCsv(out) as csv:
            assert csv.total == rows
            assert csv.rejected <= rows * 0.11, name


def test_a_file_of_another_kind_is_refused_by_column(tmp_path: Path):
    path = write(tmp_path, "p1,,spo2,2026-01-01T00:00:00Z,97,%")
    with pytest.raises(BadDataError, match="ICULOS"):
        BY_NAME["sepsis2019"].convert(path, tmp_path / "out.csv")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), ((HEAD + "p\xe9,,spo2,2026-01-01T00:00:00Z,97,%\n").encode("latin-1"), "save it as UTF-8")],
)
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path, content: bytes, said: str):
    path = tmp_path / "readings.csv"
    path.write_bytes(content)
    with pytest.raises(BadDataError, match=said):
        LongCsv(path)
