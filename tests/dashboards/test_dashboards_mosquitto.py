"""deploy/mosquitto on a real Mosquitto: who may sign in, and who may say and hear what."""

import os
import queue
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from socket import create_connection, create_server

import pytest
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from vitals.clock import elapsed

ROOT = Path(__file__).parents[2]
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
PASSWORDS = {"p-a": "gateway a", "p-b": "gateway b"}
REFUSED = 135
"""MQTT 5: not authorized."""


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if MOSQUITTO is None or not shutil.which("mosquitto_passwd"):
        pytest.skip("mosquitto is not installed (Debian package mosquitto)")
    folder = tmp_path_factory.mktemp("secrets")
    subprocess.run([ROOT / "deploy" / "new-secrets.sh", folder], check=True, capture_output=True)
    for name, password in PASSWORDS.items():
        subprocess.run(["mosquitto_passwd", "-b", folder / "mosquitto_passwords", name, password], check=True)
    return folder


def adapted(folder: Path, secrets: Path, port: int) -> str:
    """The shipped configuration with this machine's paths and port; nothing else is changed."""
    text = (ROOT / "deploy" / "mosquitto" / "mosquitto.conf").read_text("utf-8")
    for shipped, here in {
        "listener 1883\n": f"listener {port} 127.0.0.1\n",
        "/run/secrets/mosquitto_passwords": str(secrets / "mosquitto_passwords"),
        "/mosquitto/config/acl": str(ROOT / "deploy" / "mosquitto" / "acl"),
        "/mosquitto/data/": f"{folder}/",
    }.items():
        assert shipped in text
        text = text.replace(shipped, here)
    return text + ("user root\n" if os.geteuid() == 0 else "")


@pytest.fixture(scope="module")
def port(secrets: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("mosquitto")
    with closing(create_server(("127.0.0.1", 0))) as server:
        free: int = server.getsockname()[1]
    (folder / "mosquitto.conf").write_text(adapted(folder, secrets, free))
    command = [str(MOSQUITTO), "-c", str(folder / "mosquitto.conf")]
    with (folder / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            await_port(free, process, folder / "log")
            yield free
        finally:
            process.terminate()


def await_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = elapsed() + 15
    while process.poll() is None and elapsed() < deadline:
        with suppress(OSError):
            create_connection(("127.0.0.1", port), 1).close()
            return
    pytest.fail(f"mosquitto does not start: {log.read_text()}")


class Client:
    """One MQTT 5 client; ``heard`` holds (topic, payload) as they arrive."""

    def __init__(self, port: int, name: str | None, password: str | None) -> None:
        self.heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._said: queue.Queue[int] = queue.Queue()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        if name is not None:
            self._client.username_pw_set(name, password)
        self._client.on_connect = lambda _c, _u, _f, code, _p: self._said.put(code.value)
        self._client.on_publish = lambda _c, _u, _m, code, _p: self._said.put(code.value)
        self._client.on_subscribe = lambda _c, _u, _m, codes, _p: self._said.put(codes[0].value)
        self._client.on_message = lambda _c, _u, m: self.heard.put((m.topic, m.payload))
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self.connected = self._said.get(timeout=10)

    def subscribe(self, topic: str) -> int:
        self._client.subscribe(topic, qos=1)
        return self._said.get(timeout=10)

    def publish(self, topic: str, payload: bytes = b"{}") -> int:
        """The broker's own answer to a QoS 1 publication."""
        self._client.publish(topic, payload, qos=1)
        return self._said.get(timeout=10)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def client(port: int, name: str | None, password: str | None) -> Iterator[Client]:
    with closing(Client(port, name, password)) as opened:
        yield opened


@pytest.fixture
def service(port: int, secrets: Path) -> Iterator[Client]:
    with client(port, "homevigil", (secrets / "broker_password").read_text()) as opened:
        assert opened.connected == 0
        yield opened


@pytest.mark.parametrize(("name", "password"), [(None, None), ("homevigil", "homevigil"), ("p-a", ""), ("p-x", "x")])
def test_nobody_signs_in_without_the_right_password(port: int, name: str | None, password: str | None) -> None:
    refused = Client(port, name, password)
    assert refused.connected in (REFUSED, ReasonCode(PacketTypes.CONNACK, "Bad user name or password").value)
    refused.close()


def test_the_service_hears_each_gateway(port: int, service: Client) -> None:
    assert service.subscribe("homevigil/v1/+/+/+/+") == 1
    assert service.subscribe("home/#") == 1
    for topic in ("homevigil/v1/agency/p-a/oximeter-1/vitals", "home/p-a/BTtoMQTT/A4C138"):
        with client(port, "p-a", PASSWORDS["p-a"]) as gateway:
            assert gateway.publish(topic, b'{"n":1}') in (0, 16)
        assert service.heard.get(timeout=10) == (topic, b'{"n":1}')


@pytest.mark.parametrize(
    "topic",
    [
        "homevigil/v1/agency/p-b/oximeter-1/vitals",
        "homevigil/v1/agency/other/p-a/vitals",
        "homevigil/v1/agency/p-a/oximeter-1/vitals/more",
        "home/p-b/LWT",
        "elsewhere",
    ],
)
def test_a_gateway_cannot_speak_for_another(port: int, service: Client, topic: str) -> None:
    service.subscribe("homevigil/#")
    service.subscribe("home/#")
    with client(port, "p-a", PASSWORDS["p-a"]) as gateway:
        assert gateway.publish(topic) == REFUSED
        assert gateway.publish("homevigil/v1/agency/p-a/d/status", b"last") in (0, 16)
    assert service.heard.get(timeout=10) == ("homevigil/v1/agency/p-a/d/status", b"last")


def test_a_gateway_cannot_listen_to_another(port: int) -> None:
    with client(port, "p-a", PASSWORDS["p-a"]) as nosy, client(port, "p-b", PASSWORDS["p-b"]) as gateway:
        nosy.subscribe("homevigil/#")
        nosy.subscribe("home/p-a/commands/#")
        assert gateway.publish("homevigil/v1/agency/p-b/d/vitals") in (0, 16)
        assert nosy.publish("home/p-a/commands/x", b"own") in (0, 16)
        assert nosy.heard.get(timeout=10) == ("home/p-a/commands/x", b"own")


def test_the_service_itself_writes_nothing(service: Client) -> None:
    assert service.publish("homevigil/v1/agency/p-a/d/vitals") == REFUSED


def test_what_arrives_while_the_service_is_away_waits(port: int, secrets: Path) -> None:
    arrived: queue.Queue[bytes] = queue.Queue()
    subscribed: queue.Queue[bool] = queue.Queue()

    def start() -> mqtt.Client:
        opened = mqtt.Client(CallbackAPIVersion.VERSION2, "service", clean_session=False, protocol=mqtt.MQTTv311)
        opened.username_pw_set("homevigil", (secrets / "broker_password").read_text())
        opened.on_connect = lambda c, *_: c.subscribe("homevigil/v1/+/+/+/+", 1)
        opened.on_subscribe = lambda *_: subscribed.put(True)
        opened.on_message = lambda _c, _u, m: arrived.put(m.payload)
        opened.connect("127.0.0.1", port)
        opened.loop_start()
        subscribed.get(timeout=10)
        return opened

    (away := start()).disconnect()
    away.loop_stop()
    with client(port, "p-a", PASSWORDS["p-a"]) as gateway:
        for number in range(50):
            gateway.publish("homevigil/v1/agency/p-a/d/vitals", b"%d" % number)
    back = start()
    assert [int(arrived.get(timeout=10)) for _ in range(50)] == list(range(50))
    back.disconnect()
    back.loop_stop()


def test_secrets_are_random_and_made_once(secrets: Path) -> None:
    names = ["broker_password", "grafana_admin_password", "influx_admin_password", "influx_admin_token"]
    before = {name: (secrets / name).read_text() for name in names}
    assert len(set(before.values())) == len(names)
    assert all(len(value) == 48 for value in before.values())
    again = subprocess.run([ROOT / "deploy" / "new-secrets.sh", secrets], check=True, capture_output=True, text=True)
    assert {name: (secrets / name).read_text() for name in names} == before
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert "influx_read_token" in again.stdout
    assert not any(value in again.stdout for value in before.values())
