"""Fixtures that every room's tests may use: real brokers, a real PostgreSQL, real recordings."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

from monitor.broker import EmbeddedBroker
from tests.postgresql import PostgreSQL, missing
from vitals.clock import elapsed

settings.register_profile("homevigil", deadline=None)  # a slow machine is no fault
if "CI" not in os.environ:  # there hypothesis has a profile of its own, without deadline and derandomised
    settings.load_profile("homevigil")

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Broker(Protocol):
    """A real broker that a test may kill and start again on the same port with the same sessions."""

    host: str
    port: int

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return server.getsockname()[1]


def await_port(port: int, *, seconds: float = 15.0) -> None:
    deadline = elapsed() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if elapsed() > deadline:
                raise
        else:
            return


class Mosquitto:
    """Debian's Mosquitto with persistence, on a free loopback port."""

    protocols = ("3.1.1", "5")
    name = "mosquitto"

    def __init__(self, folder: Path, extra: str = "") -> None:
        self.host, self.port, self.folder = "127.0.0.1", free_port(), folder
        self.process: subprocess.Popen[bytes] | None = None
        (folder / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {folder}/\nautosave_interval 5\n"
            f"max_inflight_messages 1000\nmax_queued_messages 0\nlog_type error\nlog_type warning\n"
            f"{'user root' if os.geteuid() == 0 else ''}\n{extra}\n"
        )

    def start(self) -> None:
        self.process = subprocess.Popen(
            [MOSQUITTO, "-c", self.folder / "mosquitto.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        await_port(self.port)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None


class Embedded(EmbeddedBroker):
    """The broker that comes with homevigil."""

    protocols = ("3.1.1",)
    name = "embedded"


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed (Debian package mosquitto)")
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def embedded_broker(tmp_path: Path) -> Iterator[Embedded]:
    with Embedded(tmp_path / "broker", ack_wait="2s") as broker:
        yield broker


@pytest.fixture(params=["mosquitto", "embedded_broker"])
def broker(request: pytest.FixtureRequest) -> Broker:
    """Each of the brokers we promise to work with."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """One server a test process, so that each of pytest-xdist's workers has its own."""
    if why := missing():
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        server = PostgreSQL(folder)
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of real recordings, or a skip that says where it was looked for."""
    for place in (os.environ.get("HOMEVIGIL_DATA"), Path(__file__).parents[2] / "shared" / "data"):
        if place and Path(place, "README.md").exists():
            return Path(place)
    pytest.skip("no real recordings: set HOMEVIGIL_DATA, or put them into ../shared/data")
