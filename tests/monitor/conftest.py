"""Fixtures of several files of tests of the composition root."""

from pathlib import Path

import pytest

from monitor.agency_file import load_agency
from tests.monitor.calendars import FILE, Load, calendar
from vitals.agency import Agency
from vitals.errors import ConfigError


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
