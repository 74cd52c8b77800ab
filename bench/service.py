"""The service as a process of its own, with Mosquitto before it and an HTTP sink behind it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from monitor.agency_file import dump_agency
from vitals.agency import Agency

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
_HZ = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


@contextmanager
def mosquitto(folder: Path) -> Iterator[int]:
    """A Mosquitto with a window of 1,000 and no limit to its queue; yields its port."""
    if MOSQUITTO is None:
        raise SystemExit("bench: mosquitto is not installed (Debian package mosquitto)")
    port = free_port()
    (folder / "mosquitto.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_inflight_messages 1000\n"
        "max_queued_messages 0\nset_tcp_nodelay true\nlog_type error\n"
    )
    process = subprocess.Popen([MOSQUITTO, "-c", folder / "mosquitto.conf"], stderr=subprocess.DEVNULL)
    try:
        _await_port(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _await_port(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise SystemExit(f"bench: nothing listens on port {port}")


class Service:
    """``homevigil run`` in a folder; ``cpu`` seconds it has used."""

    def __init__(self, folder: Path, broker_port: int, agency: Agency) -> None:
        self.folder, self._process = folder, None
        self._write(broker_port, agency)

    _process: subprocess.Popen[bytes] | None

    def _write(self, broker_port: int, agency: Agency) -> None:
        (self.folder / "agency.yaml").write_text(dump_agency(agency))
        (self.folder / "homevigil.toml").write_text(
            f'data_dir = "{self.folder}/data"\n[broker]\nembedded = false\nport = {broker_port}\n'
            f'[log]\nlevel = "warning"\n[metrics]\nport = {free_port()}\n'
        )
        self._homevigil("import", str(self.folder / "agency.yaml"))

    def _homevigil(self, *words: str) -> None:
        command = [sys.executable, "-m", "monitor.cli", *words, "--config", str(self.folder / "homevigil.toml")]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)

    def start(self) -> None:
        """Start it; returns when it says that it watches."""
        command = [sys.executable, "-m", "monitor.cli", "run", "--config", str(self.folder / "homevigil.toml")]
        log = self.folder / "service.log"
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(command, stderr=stderr)
        while b"homevigil watches" not in log.read_bytes():
            if self._process.poll() is not None:
                raise SystemExit(f"bench: the service did not start:\n{log.read_text()}")
            time.sleep(0.02)

    def metric(self, name: str) -> float:
        """One of the service's own counters."""
        import urllib.request  # noqa: PLC0415

        port = (self.folder / "homevigil.toml").read_text().rsplit("port = ", 1)[1].strip()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(name + " "):
                    return float(line.split()[1])
        return 0.0

    def cpu(self) -> float:
        """CPU seconds (user and system) so far."""
        assert self._process is not None  # noqa: S101
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _HZ

    def rss(self) -> int:
        """Resident bytes."""
        assert self._process is not None  # noqa: S101
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None
