"""Fixtures of several files of tests of the composition root."""

from pathlib import Path

import pytest

from monitor.agency_file import load_agency
from store.ledger import open_ledger
from tests.monitor.calendars import FILE, Load, calendar
from vitals.agency import Agency
from vitals.errors import ConfigError

HOUSE = Agency.model_validate(
    {
        "id": "north",
        "patients": [{"id": "p1", "name": "-", "timezone": "UTC"}],
        "caregivers": [{"id": name, "name": "-", "role": "nurse", "timezone": "UTC"} for name in ("ana", "noor")],
    }
)
"""A patient and two nurses."""


@pytest.fixture
def ledger(tmp_path: Path):
    """The ledger of HOUSE in a file, and settings beside it for the command line."""
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db") as opened:
        opened.import_agency(HOUSE, 0)
        (tmp_path / "homevigil.toml").write_text(f'[ledger]\nurl = "sqlite:///{tmp_path}/ledger.db"\n')
        yield opened


@pytest.fixture
def load(tmp_path: Path):
    def work(*events: str, head: str = "") -> Agency:
        (tmp_path / "ana.ics").write_text(calendar(*events, head=head))
        (tmp_path / "agency.yaml").write_text(FILE)
        return load_agency(tmp_path / "agency.yaml")

    return work


@pytest.fixture
def faults(load: Load, tmp_path: Path):
    def work(*events: str, head: str = "") -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(*events, head=head)
        return [str(fault).replace(f"{tmp_path}/", "") for fault in caught.value.faults]

    return work
