"""Two processes on one ledger: who clocked in, and which session is on, is known to both."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alerts.desk import Desk
from detectors.scan import Bank
from monitor.housekeeping import Housekeeping
from monitor.settings import Settings
from store.ledger import SqlLedger, open_ledger
from vitals.agency import Agency
from vitals.batch import Batch
from vitals.clock import ManualClock
from vitals.intake import EventType, Intake, PatientEvent
from vitals.presence import clocked
from vitals.series import SeriesTable
from vitals.times import HOUR, SECOND, parse_time

NOW = parse_time("2026-11-22T03:00Z")
AGENCY = Agency.model_validate(
    {
        "id": "north",
        "patients": [{"id": "p1", "name": "-", "timezone": "UTC"}],
        "caregivers": [{"id": "ana", "name": "-", "role": "cna", "timezone": "UTC"}],
        "shifts": [{"caregiver": "ana", "start": "08:00", "end": "09:00", "timezone": "UTC", "patient": "p1"}],
    }
)


class Process:
    """A service as far as it matters here, on the ledger at that address."""

    def __init__(self, url: str) -> None:
        self.ledger: SqlLedger = open_ledger(url)
        if self.ledger.agency() is None:
            self.ledger.import_agency(AGENCY, NOW)
        self.desk = Desk(self.ledger, ManualClock(NOW), AGENCY)
        self.bank = Bank(SeriesTable(), AGENCY)
        nothing: Any = SimpleNamespace(use=lambda *_: None, retain=lambda *_: 0)
        self.housekeeping = Housekeeping(
            Settings(), self.ledger, nothing, decoder=nothing, bank=self.bank, desk=self.desk
        )

    def told(self, *events: PatientEvent) -> None:
        self.desk.record(Intake(Batch.empty(), events=events), [], NOW)

    def on_duty(self, at: int = NOW) -> list[str]:
        return [duty.caregiver.id for duty in self.desk.roster.on_duty("p1", at)]


@pytest.fixture
def two(tmp_path: Path):
    pair = [Process(f"sqlite:///{tmp_path}/ledger.db") for _ in range(2)]
    yield pair
    for process in pair:
        process.ledger.close()


def test_the_other_process_sees_who_clocked_in_and_out_at_its_next_look(two: list[Process]):
    one, other = two
    one.told(clocked("p1", "ana", NOW - SECOND))
    assert (one.on_duty(), other.on_duty()) == (["ana"], [])
    other.housekeeping.tend(NOW)
    assert other.on_duty() == ["ana"]
    one.told(clocked("p1", "ana", NOW, out=True))
    other.housekeeping.tend(NOW + 3 * SECOND)
    assert (one.on_duty(), other.on_duty()) == ([], [])


def test_and_which_session_is_on(two: list[Process]):
    one, other = two
    one.told(PatientEvent("p1", "pad", NOW, NOW, EventType.SESSION_START))
    other.housekeeping.tend(NOW)
    ward = other.bank._ward
    assert (ward.in_session("p1", NOW), ward.in_session("p1", NOW + 2 * HOUR)) == (True, False)


def test_a_desk_that_starts_later_knows_who_is_there(two: list[Process], tmp_path: Path):
    two[0].told(clocked("p1", "ana", NOW - HOUR), clocked("p1", "ana", NOW - 17 * HOUR, out=True))
    third = Process(f"sqlite:///{tmp_path}/ledger.db")
    assert third.on_duty() == ["ana"]
    third.ledger.close()
