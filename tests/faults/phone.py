"""A caregiver's phone as a web hook that may be off."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Notice(NamedTuple):
    """What a phone was told: for whom (the URL's path), the words, and the key that tells a repetition."""

    to: str
    title: str
    body: str
    key: str


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *args: Any) -> None:
        """A caller that is killed cuts its connections: nothing to report."""


class Phone:
    """A web hook on a port of its own; it may be off, and come back on the same port."""

    def __init__(self) -> None:
        self.heard: list[Notice] = []
        self.news = threading.Condition()
        self._port, self._server = 0, None
        self.on()

    _server: ThreadingHTTPServer | None

    def on(self) -> None:
        self._server = _Server(("127.0.0.1", self._port), _handler(self))
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def off(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def url(self, person: str) -> str:
        return f"json://127.0.0.1:{self._port}/{person}"

    def wait_for(self, wanted: Callable[[Notice], bool], seconds: float = 20) -> Notice:
        """The first notice that is ``wanted``."""
        with self.news:
            assert self.news.wait_for(lambda: any(map(wanted, self.heard)), seconds), self.heard
            return next(filter(wanted, self.heard))


def _handler(phone: Phone) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if phone._server is None:  # switched off: a connection that was kept open is cut
                self.close_connection = True
                return
            key = self.headers.get("Idempotency-Key", "")
            with phone.news:
                phone.heard.append(Notice(self.path.strip("/"), said["title"], said["message"], key))
                phone.news.notify_all()
            self.send_response(204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def a_phone() -> Iterator[Phone]:
    phone = Phone()
    try:
        yield phone
    finally:
        phone.off()
