"""Who may connect, and over what: wrong passwords, refused subscriptions and TLS are said in words that help."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.mqtt import MqttSource
from ingest.settings import MqttSettings
from tests.conftest import MOSQUITTO, Mosquitto
from tests.ingest.kit import Connections, numbers, payloads, publish, take
from vitals.clock import SystemClock, elapsed
from vitals.errors import ConfigError

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed (Debian package mosquitto)"),
]


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that knows one user, and lets it read ``homevigil/#`` only."""
    passwords, acl = tmp_path / "passwords", tmp_path / "acl"
    made = shutil.which("mosquitto_passwd")
    if made is None:
        pytest.skip("mosquitto_passwd is not installed (Debian package mosquitto)")
    subprocess.run([made, "-c", "-b", passwords, "hub", "right"], check=True, capture_output=True)
    acl.write_text("user hub\ntopic read homevigil/#\n")
    for file in (passwords, acl):
        file.chmod(0o644)
    broker = Mosquitto(tmp_path, f"allow_anonymous false\npassword_file {passwords}\nacl_file {acl}")
    broker.start()
    yield broker
    broker.stop()


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_a_wrong_password_is_said_and_not_tried_in_a_tight_loop(guarded: Any, protocol: str, make_source: Any) -> None:
    source, hook = make_source(
        guarded, start=False, protocol=protocol, username="hub", password="wrong", reconnect_max="1h"
    )
    source.start()
    why = hook.await_one(False)
    assert "check username and password" in why
    assert "'hub'" in why
    assert "wrong" not in why
    assert source._wait() > 1_000, "what is refused is not tried again soon"
    assert not source.connected


def test_the_right_password_connects(guarded: Any, make_source: Any) -> None:
    source, _ = make_source(guarded, username="hub", password="right")
    assert source.connected


def test_a_secret_is_never_shown() -> None:
    settings = MqttSettings.model_validate({"username": "hub", "password": "right"})
    assert "right" not in repr(settings)
    assert "right" not in settings.model_dump_json()


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A folder with a CA of our own, and server and client certificates by it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=tmp_path, check=True, capture_output=True)

    new = ("req", "-newkey", "rsa:2048", "-nodes", "-keyout")
    openssl(*new, "ca.key", "-x509", "-days", "2", "-subj", "/CN=test authority", "-out", "ca.pem")
    (tmp_path / "san").write_text("subjectAltName=IP:127.0.0.1")
    for who in ("server", "client"):
        openssl(*new, f"{who}.key", "-subj", f"/CN={who}", "-out", f"{who}.csr")
        openssl(
            *("x509", "-req", "-days", "2", "-in", f"{who}.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-extfile", "san", "-out", f"{who}.pem"),
        )
    for file in tmp_path.iterdir():
        file.chmod(0o644)
    return tmp_path


@pytest.fixture
def tls_broker(tmp_path: Path, authority: Path) -> Iterator[Mosquitto]:
    """A broker that asks for a client certificate on one port, and is plain on the next."""
    broker = Mosquitto(
        tmp_path,
        f"cafile {authority}/ca.pem\ncertfile {authority}/server.pem\nkeyfile {authority}/server.key\n"
        "require_certificate true",
    )
    broker.start()
    yield broker
    broker.stop()


def _tls(folder: Path, **other: Any) -> dict[str, Any]:
    return {"ca_file": folder / "ca.pem", "cert_file": folder / "client.pem", "key_file": folder / "client.key"} | other


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_messages_come_over_tls_with_a_client_certificate(
    tls_broker: Any, authority: Path, protocol: str, make_source: Any
) -> None:
    source, _ = make_source(tls_broker, protocol=protocol, tls=_tls(authority))
    publish(tls_broker, [b"x" * 50_000, *numbers(0, 300)], tls=authority)
    messages = take(source, 301)
    assert payloads(messages)[1:] == numbers(0, 300)
    source.acknowledge(messages)
    source.stop()
    publish(tls_broker, [b"new"], tls=authority)
    again, _ = make_source(tls_broker, protocol=protocol, client_id=source.settings.client_id, tls=_tls(authority))
    assert payloads(take(again, 1)) == [b"new"]


def test_a_server_of_an_unknown_authority_is_not_trusted(tls_broker: Any, make_source: Any) -> None:
    source, hook = make_source(tls_broker, start=False, tls={})
    source.start()
    assert "not trusted" in hook.await_one(False)


def test_a_missing_tls_file_stops_the_start(tmp_path: Path) -> None:
    settings = MqttSettings.model_validate({"tls": {"ca_file": tmp_path / "absent.pem"}})
    with pytest.raises(ConfigError, match="ca_file"):
        MqttSource(settings, SystemClock())


def test_a_broker_that_takes_the_connection_and_says_nothing_is_given_up(make_source: Any) -> None:
    import socket
    from types import SimpleNamespace

    with socket.create_server(("127.0.0.1", 0)) as server:
        mute = SimpleNamespace(host="127.0.0.1", port=server.getsockname()[1])
        began = elapsed()
        source, hook = make_source(mute, start=False, connect_timeout="300ms")
        assert isinstance(hook, Connections)
        source.start()
        assert "does not answer" in hook.await_one(False)
        assert elapsed() - began < 20
