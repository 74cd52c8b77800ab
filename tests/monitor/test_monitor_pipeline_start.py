"""A start: nobody is called silent before what the broker has queued could arrive, and an outage told before ends."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from detectors.scan import Bank
from ingest.mqtt import MqttSource
from monitor.app import open_app
from monitor.metrics import Metrics
from monitor.pipeline import Pipeline, Stages
from monitor.sections import BrokerSettings
from monitor.settings import Settings
from store.duckdb import DuckDBReadings
from store.ledger import open_ledger
from tests.conftest import free_port
from tests.detectors.kit import T0, Past, told
from tests.monitor.test_monitor_pipeline import Rooms
from vitals.agency import Agency, Device, DeviceType, Patient
from vitals.alert import Alert, AlertState
from vitals.batch import Batch
from vitals.clock import ManualClock
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import BROKER, DeviceStatus, Intake
from vitals.series import SeriesTable
from vitals.signals import BY_NAME
from vitals.times import MINUTE, SECOND

PEOPLE = Agency(
    id="a",
    patients=(
        Patient(
            id="p1",
            name="-",
            timezone="UTC",
            devices=(Device(id="hub", type=DeviceType.OXIMETER, silent_after=MINUTE),),
        ),
    ),
)
START = T0 + 20 * MINUTE


class Service(Rooms):
    """A pipeline with a bank of its own; the broker is heard at once where it is heard at all."""

    def __init__(self, alerts: Sequence[Alert] = ()) -> None:
        super().__init__()
        self.waiting, self.reached, self.found = [], True, list[Finding]()
        series, past = SeriesTable(), Past()
        past.append(Batch.of([series.code("p1", "hub", BY_NAME["spo2"].code)], [T0], [97.0], [T0]))
        bank = Bank(series, PEOPLE)
        bank.warm(past, alerts, START)
        self.clock = ManualClock(START)
        stages = Stages(self, self, self, bank, self)
        self.pipeline = Pipeline(stages, self.clock, Metrics(), connected=lambda: self.reached)

    def record(self, intake: Intake, findings: Sequence[Finding], now: int) -> None:
        self.found += findings

    def until(self, end: int) -> list[tuple[str, str]]:
        """What is told until then."""
        self.found = []
        while self.clock.now() < end:
            self.pipeline._next_beat = 0.0
            self.pipeline.beat()
            self.clock.advance(10 * SECOND)
        return told(self.found)


def test_connected_at_once_it_still_waits_for_what_the_broker_has_queued() -> None:
    service = Service()
    assert service.until(START + 2 * MINUTE) == []
    assert service.until(START + 3 * MINUTE) == [("gap.silent", "medium")]


def test_an_outage_that_was_told_is_over_though_no_later_connection_was_seen_to_begin() -> None:
    key = FindingKey("outage.broker", "", "", BROKER)
    service = Service([Alert("A", key, Kind.TECHNICAL, Severity.MEDIUM, AlertState.OPEN, T0, T0, T0)])
    assert service.until(START + 40 * MINUTE) == [("gap.silent", "medium"), ("outage.broker", "clear")]


def test_not_connected_the_broker_is_the_alert() -> None:
    service = Service()
    service.reached = False
    assert service.until(START + 5 * MINUTE) == [("outage.broker", "medium")]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The data of a service that stopped a while ago, and knew a device's status."""
    readings = DuckDBReadings(tmp_path / "readings.duckdb")
    readings.append(Batch.of([readings.series.code("p1", "hub", BY_NAME["spo2"].code)], [T0], [97.0], [T0]))
    readings.close()
    status = DeviceStatus("p1", "hub", T0, T0, online=True)
    past = DeviceStatus("", BROKER, T0, T0, online=True)
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        ledger.import_agency(PEOPLE, T0)
        with ledger.write() as tx:
            tx.put_statuses([status, past])
    return tmp_path


def test_devices_whose_status_is_known_are_not_silent_before_the_broker_is_heard(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MqttSource, "start", lambda _: None)
    settings = Settings(data_dir=kept, broker=BrokerSettings(embedded=False, host="127.0.0.1", port=free_port()))
    with open_app(settings, ManualClock(START)) as app:
        assert app.ledger.live() == []
