"""A recording without labels of its own is refused them before anything is written."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.commands.convert import app


@pytest.mark.parametrize(("name", "remedy"), [("tihm", "labels.csv to evaluate"), ("mimic", "labels of your own")])
def test_no_labels_no_recording_half_done(tmp_path: Path, name: str, remedy: str):
    source, out = tmp_path / "physiology.csv", tmp_path / "r.csv"
    source.write_text("patient_id,date,device_type,value,unit\n")
    done = CliRunner().invoke(app, [name, str(source), "--out", str(out), "--labels-out", str(tmp_path / "l.csv")])
    assert remedy in str(done.exception)
    assert not out.exists()
