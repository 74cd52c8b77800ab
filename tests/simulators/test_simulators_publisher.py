import collections
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from simulators.fleet import Fleet, FleetSpec
from simulators.load import Load
from simulators.publication import Publication
from simulators.publisher import Publisher
from simulators.settings import PublisherSettings
from tests.conftest import MOSQUITTO, Broker, Mosquitto, free_port
from vitals.clock import ManualClock, ScaledClock, SystemClock, elapsed
from vitals.errors import UnavailableError
from vitals.times import SECOND, parse_time

START = parse_time("2026-11-22T15:00:00Z")
pytestmark = pytest.mark.broker


class Subscriber:
    """A plain subscriber at QoS 1 that counts what it hears."""

    def __init__(self, port: int, topic: str = "homevigil/#") -> None:
        self.heard: collections.Counter[tuple[str, bytes]] = collections.Counter()
        self.total = 0
        self._more, self._ready = threading.Condition(), threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._message
        self._client.on_connect = lambda client, *_: client.subscribe(topic, 1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._ready.wait(20)

    def _message(self, client: mqtt.Client, data: object, message: mqtt.MQTTMessage) -> None:
        with self._more:
            self.heard[message.topic, message.payload] += 1
            self.total += 1
            self._more.notify()

    def wait_for(self, kinds: int, seconds: float = 60) -> None:
        deadline = elapsed() + seconds
        with self._more:
            while len(self.heard) < kinds and elapsed() < deadline:
                self._more.wait(0.5)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class Window:
    """A fleet's publications up to a time, all at once, and then no more."""

    def __init__(self, publications: list[Publication]) -> None:
        self._left = publications

    @property
    def exhausted(self) -> bool:
        return not self._left

    def until(self, now: int) -> list[Publication]:
        out, self._left = self._left, []
        return out


@pytest.fixture
def light_mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """Mosquitto that does not write its whole database at every retained status: for many devices."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed (Debian package mosquitto)")
    broker = Mosquitto(tmp_path, extra="persistence false\nautosave_on_changes false")
    broker.start()
    yield broker
    broker.stop()


def test_five_thousand_devices_are_heard_whole_through_a_real_broker(light_mosquitto: Mosquitto):
    said = Fleet(FleetSpec(patients=5_000, seed=1, start=START, interval=10 * SECOND, kit="hub")).until(START + 15_000)
    assert len({p.topic for p in said if p.topic.endswith("/vitals")}) == 5_000
    subscriber = Subscriber(light_mosquitto.port)
    settings = PublisherSettings(port=light_mosquitto.port)
    summary = Publisher(settings, Window(said), ManualClock(START)).run(threading.Event())
    subscriber.wait_for(len(said))
    subscriber.close()
    assert (summary.messages, summary.confirmed, summary.unconfirmed) == (len(said), len(said), 0)
    assert summary.readings == sum(p.readings for p in said)
    assert subscriber.heard == collections.Counter((p.topic, p.payload) for p in said)


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_a_fleet_is_published_at_the_pace_of_the_clock(broker: Broker, protocol: str):
    if protocol not in broker.protocols:
        pytest.skip(f"{broker.name} does not speak MQTT {protocol}")
    subscriber = Subscriber(broker.port)
    fleet = Fleet(FleetSpec(patients=5, seed=1, start=START, interval=SECOND, kit="hub"))
    stop, told = threading.Event(), []

    def count(messages: int) -> None:
        told.append(messages)
        if sum(told) > 200:
            stop.set()

    settings = PublisherSettings(port=broker.port, protocol=protocol)
    summary = Publisher(settings, fleet, ScaledClock(START, 60)).run(stop, count)
    subscriber.wait_for(summary.messages)
    subscriber.close()
    assert summary.messages == summary.confirmed == sum(told) == subscriber.total


def test_a_broker_that_dies_is_come_back_to_and_nothing_is_missing(mosquitto: Mosquitto):
    fleet = Fleet(FleetSpec(patients=20, seed=1, start=START, interval=SECOND, kit="hub"))
    subscriber, stop, told = Subscriber(mosquitto.port), threading.Event(), []
    killed = threading.Event()

    def count(messages: int) -> None:
        told.append(messages)
        if sum(told) > 500 and not killed.is_set():
            killed.set()
            mosquitto.kill()
            mosquitto.start()
        if sum(told) > 1_500:
            stop.set()

    settings = PublisherSettings(port=mosquitto.port, drain_timeout=60_000)
    summary = Publisher(settings, fleet, ScaledClock(START, 60)).run(stop, count)
    assert killed.is_set()
    assert summary.reconnects >= 1
    assert summary.unconfirmed == 0
    assert summary.confirmed == summary.messages
    subscriber.close()


def test_a_stopped_publisher_does_not_wait_for_room():
    class Never:
        exhausted = False

        def until(self, now: int) -> list[Publication]:
            return [Publication("t", b"x", 1, False, now)]

    stop = threading.Event()
    stop.set()
    port = free_port()
    with pytest.raises(UnavailableError, match=f"broker 127.0.0.1:{port} does not answer.*is it running"):
        Publisher(PublisherSettings(port=port), Never(), ManualClock()).run(stop)


def test_what_is_no_broker_is_said_to_refuse():
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings = PublisherSettings(port=server.getsockname()[1], connect_timeout=300)
        with pytest.raises(UnavailableError, match="refuses the connection: no answer to CONNECT"):
            Publisher(settings, Window([]), ManualClock()).run(threading.Event())


def test_a_load_of_a_given_count_arrives_whole(broker: Broker):
    load = Load(PublisherSettings(port=broker.port), SystemClock(), patients=50, rate=0)
    subscriber = Subscriber(broker.port, "homevigil/v1/load/#")
    summary = load.run(threading.Event(), count=600)
    subscriber.wait_for(600)
    subscriber.close()
    assert (summary.messages, summary.confirmed, summary.readings) == (600, 600, 3_600)
    assert subscriber.total == 600
    assert len(load.agency().patients) == 50


def test_a_load_that_the_wire_cannot_carry_is_refused():
    with pytest.raises(ValueError, match=r"load needs MQTT 3\.1\.1 without TLS"):
        Load(PublisherSettings(protocol="5"), SystemClock(), patients=1, rate=0)
    with pytest.raises(ValueError, match="rate -1 must be 0"):
        Load(PublisherSettings(), SystemClock(), patients=1, rate=-1)


def test_a_load_keeps_its_rate_and_stops_when_told(mosquitto: Mosquitto):
    stop, load = threading.Event(), Load(PublisherSettings(port=mosquitto.port), SystemClock(), patients=5, rate=500)
    heard = []

    def count(messages: int) -> None:
        heard.append(messages)
        if sum(heard) >= 100:
            stop.set()

    summary = load.run(stop, on_published=count)
    assert summary.messages == summary.confirmed == sum(heard)
    assert summary.messages / max(summary.seconds, 1e-9) < 1.2 * 500 + 100 / max(summary.seconds, 1e-9)


@pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed (Debian package mosquitto)")
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_a_broker_that_wants_a_password_is_said_to_refuse_and_the_password_is_not_told(tmp_path: Path, protocol: str):
    broker = Mosquitto(tmp_path, extra="allow_anonymous false")
    broker.start()
    settings = PublisherSettings(port=broker.port, protocol=protocol, username="u", password="hunter2")
    try:
        with pytest.raises(UnavailableError, match=r"refuses the connection: Not authori[sz]ed") as refusal:
            Publisher(settings, Window([]), ManualClock()).run(threading.Event())
        with pytest.raises(UnavailableError, match="refuses the connection: CONNACK 20020005"):
            Load(settings.model_copy(update={"protocol": "3.1.1"}), SystemClock(), patients=1, rate=0).run(
                threading.Event(), 1
            )
    finally:
        broker.stop()
    assert "hunter2" not in f"{refusal.value}{settings}"
