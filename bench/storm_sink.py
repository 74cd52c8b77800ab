"""A web hook that counts what it is told by ``Idempotency-Key``, and takes a while to answer."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import numpy as np

from vitals.clock import SystemClock

_CLOCK = SystemClock()


class Heard(NamedTuple):
    """One receipt: when (ms UTC), and the key of the notice."""

    time: int
    key: str


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        """A caller that is killed cuts its connections: nothing to report."""


class Sink:
    """Answers each notice after up to ``slow`` seconds, drawn by ``seed``: a kill then finds some of them half told."""

    def __init__(self, slow: float = 0.0, seed: int = 0) -> None:
        self.heard: list[Heard] = []
        self._waits = np.random.default_rng(seed).uniform(0, slow, 4096)
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, person: str) -> str:
        """The address of that person's phone."""
        return f"json://127.0.0.1:{self._server.server_port}/{person}"

    def close(self) -> None:
        """Answer nobody any more."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def take(self, key: str) -> None:
        """Note a receipt, and let its sender wait."""
        self.heard.append(Heard(_CLOCK.now(), key))
        self._closing.wait(float(self._waits[len(self.heard) % len(self._waits)]))


def _handler(sink: Sink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            sink.take(self.headers.get("Idempotency-Key", ""))
            self.send_response(204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
