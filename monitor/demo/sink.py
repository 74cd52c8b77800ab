"""A caregiver's phone for the demo and the bench: a loopback HTTP server that keeps the notices it is sent."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from vitals.clock import Clock


@dataclass(frozen=True, slots=True)
class Notice:
    """What arrived: who it was for (the URL's path), when (ms of the clock), and the words."""

    to: str
    time: int
    title: str
    body: str


class Sink:
    """Listens on a free loopback port; ``url(person)`` is the Apprise URL that reaches it as that person."""

    def __init__(self, clock: Clock) -> None:
        self.notices: list[Notice] = []
        self._clock = clock
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sink", daemon=True)

    def url(self, person: str) -> str:
        """The Apprise URL of that person's phone."""
        return f"json://127.0.0.1:{self._server.server_port}/{person}"

    def keep(self, to: str, payload: dict[str, Any]) -> None:
        """Record one notice."""
        self.notices.append(
            Notice(to, self._clock.now(), str(payload.get("title", "")), str(payload.get("message", "")))
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def _handler(sink: Sink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sink.keep(self.path.strip("/"), json.loads(body or b"{}"))
            self.send_response(204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's name)
            """Say nothing: the notices speak."""

    return Handler
