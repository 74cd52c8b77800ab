"""A part goes down while the service runs: it is found again, and nothing that was accepted is lost."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.faults.check import check_alerts, check_readings, low_alerts
from tests.faults.kit import Watch, agency, until, watching
from tests.faults.load import Flow, confirmed, flowing
from tests.faults.phone import a_phone

pytestmark = pytest.mark.broker


def broker_down_and_up(watch: Watch, broker: Any, end: Callable[[], None]) -> None:
    until(lambda: watch.messages() >= 1_000, 30, "messages flow")
    end()
    until(lambda: not watch.connected(), 20, "the service notices")
    broker.start()
    until(watch.connected, 40, "the service is connected again")


def test_the_broker_goes_and_comes_back_while_messages_flow(tmp_path: Path, broker: Any) -> None:
    """nats-server is killed. Mosquitto writes its queue down only as it ends, so it is told to."""
    end = broker.stop if broker.name == "mosquitto" else broker.kill
    flow = Flow.recent(broker.port, 5_000, 800, abnormal=20)
    with a_phone() as phone:
        watch = Watch(tmp_path, broker.port, agency(phone.url("cna"), flow.patients()))
        with watching(watch), flowing(flow) as publisher:
            broker_down_and_up(watch, broker, end)
            published = confirmed(publisher)
            watch.settle(3.0)
            watch.stop()
    assert published["connections"] > 1
    check_readings(tmp_path, flow)
    check_alerts(tmp_path, flow)


def test_mosquitto_is_killed_between_messages(tmp_path: Path, mosquitto: Any) -> None:
    """What it had handed over is kept; it may have forgotten the session, and is subscribed to anew."""
    first = Flow.recent(mosquitto.port, 1_000, 2_000)
    with a_phone() as phone:
        watch = Watch(tmp_path, mosquitto.port, agency(phone.url("cna"), [*first.patients(), "low0"]))
        with watching(watch):
            with flowing(first) as publisher:
                confirmed(publisher)
            until(lambda: watch.messages() == 1_000, 20, "all is taken in")
            broker_down_and_up(watch, mosquitto, mosquitto.kill)
            with flowing(Flow.recent(mosquitto.port, 1, 1, abnormal=1)) as publisher:
                confirmed(publisher)
            phone.wait_for(lambda notice: notice.to == "cna")


def failed_attempts(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "data" / "ledger.db", timeout=10)) as db:
        return int(db.execute("SELECT count(*) FROM attempts WHERE NOT ok").fetchone()[0])


def test_a_notice_arrives_when_its_channel_is_back(tmp_path: Path, mosquitto: Any) -> None:
    flow = Flow.recent(mosquitto.port, 1, 1, abnormal=1)
    with a_phone() as phone:
        watch = Watch(tmp_path, mosquitto.port, agency(phone.url("cna"), flow.patients()))
        with watching(watch), flowing(flow) as publisher:
            phone.off()
            confirmed(publisher)
            until(lambda: failed_attempts(tmp_path) >= 2, 20, "it is tried")
            assert not phone.heard
            phone.on()
            phone.wait_for(lambda notice: "oxygen saturation" in notice.title.lower(), 30)
            watch.settle()
            watch.stop()
    (alert,) = low_alerts(tmp_path)
    assert [notice.key.split(":")[0] for notice in phone.heard].count(alert.id) == 1
