"""A small HTTP server that stands in for InfluxDB: it records what it is asked and answers from a script."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from store.influx_link import InfluxTarget

BUCKET = {"id": "0" * 16, "name": "vitals", "orgID": "1" * 16, "retentionRules": []}
HANG = -1


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class Influx:
    """``script[path]`` holds answers (status, body) to give in turn, the last one for ever; HANG never answers."""

    url: str = ""
    script: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def target(self, **changed: Any) -> InfluxTarget:
        kept = {"url": self.url, "org": "care", "bucket": "vitals", "token": "t0p-secret", "patience": 2_000}
        return InfluxTarget(**(kept | changed))

    def writes(self) -> list[str]:
        return [asked.body.decode() for asked in self.asked if asked.path == "/api/v2/write"]

    def flux(self) -> list[str]:
        return [json.loads(asked.body)["query"] for asked in self.asked if asked.path == "/api/v2/query"]

    def next_answer(self, path: str) -> tuple[int, Any]:
        answers = self.script[path]
        return answers.pop(0) if len(answers) > 1 else answers[0]


def _answering(influx: Influx) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            parts = urlsplit(self.path)
            influx.asked.append(Asked(self.command, parts.path, parse_qs(parts.query), dict(self.headers), body))
            status, answer = influx.next_answer(parts.path)
            if status == HANG:
                influx.released.wait(30)
                self.close_connection = True
                return
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(0 if status == 204 else len(data)))
            self.end_headers()
            self.wfile.write(b"" if status == 204 else data)

        do_GET = do_POST = _serve  # noqa: N815  (http.server's names)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Tests do not chat."""

    return Handler


@contextmanager
def serving() -> Iterator[Influx]:
    influx = Influx()
    influx.script = {
        "/ping": [(204, b"")],
        "/api/v2/buckets": [(200, {"buckets": [BUCKET]})],
        "/api/v2/orgs": [(200, {"orgs": [{"id": "1" * 16, "name": "care"}]})],
        "/api/v2/query": [(200, b"\r\n")],
        "/api/v2/write": [(204, b"")],
        "/api/v2/delete": [(204, b"")],
    }
    with ThreadingHTTPServer(("127.0.0.1", 0), _answering(influx)) as server:
        server.daemon_threads = True
        influx.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield influx
        finally:
            influx.released.set()
            server.shutdown()
