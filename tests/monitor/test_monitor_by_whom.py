"""Whoever answers on the command line is somebody of the agency file: a slip of the finger answers nothing. What
devices have sent stands in lists as it was sent, whole.
"""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.commands.alerts import app
from monitor.commands.rejects import app as rejects
from store.ledger import SqlLedger
from vitals.intake import Reject, RejectReason

ANSWERS = {
    "ack": ("ALERT",),
    "snooze": ("ALERT", "--for", "10m"),
    "close": ("ALERT",),
    "unsilence": ("SILENCE",),
    "silence": ("--patient", "p1", "--for", "1h", "--reason", "rest"),
}


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(("name", "words"), ANSWERS.items())
def test_nobody_of_the_agency_answers_nothing(tmp_path: Path, name: str, words: tuple[str, ...]):
    done = CliRunner().invoke(app, [name, *words, "--by", "anna", "--config", str(tmp_path / "homevigil.toml")])
    assert done.exit_code == 2
    assert "'anna' is not in the agency file: ana" in done.output


def test_what_a_device_wrote_is_shown_whole_and_as_it_was(ledger: SqlLedger, tmp_path: Path):
    topic, said = "homevigil/v1/north/[/red]/vitals", "unit '[/degg]' is no unit of temperature"
    with ledger.write() as tx:
        tx.add_rejects([Reject(1, topic, b"", RejectReason.UNKNOWN_UNIT, said)])
    words = ["--config", str(tmp_path / "homevigil.toml")]
    wide = CliRunner().invoke(rejects, words, env={"COLUMNS": "200"}).output
    assert topic in wide
    assert said in wide
    narrow = CliRunner().invoke(rejects, words, env={"COLUMNS": "60"})
    assert narrow.exit_code == 0
    assert "…" not in narrow.output
