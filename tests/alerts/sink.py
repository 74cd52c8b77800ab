"""A web hook that notices are sent to: well-behaved, failing, slow, silent, dripping or lying, as a test asks."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Sink:
    """Remembers what it was told. ``status`` is its answer; while ``gate`` is closed it answers nobody."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.status = 200
        self.gate = threading.Event()
        self.gate.set()
        self.news = threading.Condition()
        self.arrived = 0
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with sink.news:
                    sink.arrived += 1
                    sink.news.notify_all()
                sink.gate.wait(30)
                with sink.news:
                    sink.heard.append(said)
                    sink.keys.append(self.headers.get("Idempotency-Key", ""))
                    sink.news.notify_all()
                self.send_response(sink.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def url(self, path: str = "notify", host: str = "127.0.0.1", **options: Any) -> str:
        query = "&".join(f"{k}={v}" for k, v in options.items())
        return f"json://{host}:{self.server.server_port}/{path}" + (f"?{query}" if query else "")

    def wait_for(self, count: int, seconds: float = 10.0) -> list[dict[str, Any]]:
        with self.news:
            assert self.news.wait_for(lambda: len(self.heard) >= count, seconds), self.heard
            return list(self.heard)

    def wait_arrived(self, count: int, seconds: float = 10.0) -> None:
        with self.news:
            assert self.news.wait_for(lambda: self.arrived >= count, seconds), self.arrived


@contextmanager
def running() -> Iterator[Sink]:
    sink = Sink()
    thread = threading.Thread(target=sink.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.gate.set()
        sink.server.shutdown()
        sink.server.server_close()
