"""One folder a case: message.json (topic, payload, received) and expected.json (what became of it).

``payload`` is text, or any other JSON value, which is sent as JSON; ``hex`` instead gives its bytes. To write
expected.json anew after a deliberate change: ``HOMEVIGIL_GOLDEN=write pytest tests/ingest/test_ingest_golden.py``, then
read the difference before committing it.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ingest.decode import IntakeDecoder
from ingest.directory import Directory
from ingest.routes import DEFAULT_ROUTES
from tests.ingest.kit import AGENCY
from vitals.intake import Intake, Message
from vitals.series import SeriesTable
from vitals.times import iso, parse_time

FOLDER = Path(__file__).parent / "golden"
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def message_of(case: dict[str, Any]) -> Message:
    if "hex" in case:
        payload = bytes.fromhex(case["hex"])
    else:
        payload = (case["payload"] if isinstance(case["payload"], str) else json.dumps(case["payload"])).encode()
    return Message(case["topic"], payload, parse_time(case["received"]), case.get("retained", False))


def told(intake: Intake, table: SeriesTable) -> dict[str, Any]:
    """The intake as a person reads it; empty parts are left out."""
    parts: dict[str, list[Any]] = {
        "readings": [
            f"{r.patient}/{r.device} {r.signal} {r.value:.6g} at {iso(r.time)}" + f" {r.quality.name}" * bool(r.quality)
            for r in intake.batch.readings(table)
        ],
        "statuses": [
            f"{s.patient}/{s.device} {'online' if s.online else 'offline'} battery={s.battery} at {iso(s.time)}"
            + " retained" * s.retained
            for s in intake.statuses
        ],
        "events": [
            f"{e.patient}/{e.device} {e.event} at {iso(e.time)} {json.dumps(e.detail, sort_keys=True)}"
            + " stale" * e.stale
            for e in intake.events
        ],
        "rejects": [f"{r.reason.value} [{r.patient}/{r.device}]: {r.detail}" for r in intake.rejects],
    }
    return {name: part for name, part in parts.items() if part}


@pytest.mark.parametrize("case", CASES)
def test_golden(case: str) -> None:
    table = SeriesTable()
    decoder = IntakeDecoder(DEFAULT_ROUTES, Directory.of(AGENCY), table)
    message = message_of(json.loads((FOLDER / case / "message.json").read_text()))
    got = told(decoder.decode([message]), table)
    expected = FOLDER / case / "expected.json"
    if os.environ.get("HOMEVIGIL_GOLDEN") == "write":
        expected.write_text(json.dumps(got, indent=2, ensure_ascii=False) + "\n")
    assert got == json.loads(expected.read_text())
    assert got, "a message must leave a trace"
