"""Local servers that speak the real protocols: SMTP, ntfy, Twilio's HTTP API, a JSON web hook.

Each does as it is told, one order a message, and is well when no order is left: ``fail`` refuses, ``slow`` takes it in
and never answers in time, ``lie`` takes it in and reports a failure.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.conftest import free_port

SLOW = 30.0
SID, TOKEN = "AC" + "0" * 32, "1" * 32


class Office:
    """What all have: orders, what was taken in, and a bell that rings as something happens."""

    def __init__(self) -> None:
        self.orders: deque[str] = deque()
        self.taken: list[str] = []
        self.closing = threading.Event()
        self.port = 0

    def serve(self, text: str) -> bool:
        """Take a message in or not, as ordered; whether to say that it went well."""
        order = self.orders.popleft() if self.orders else "well"
        if order != "fail":
            self.taken.append(text)
        if order == "slow":
            self.closing.wait(SLOW)
        return order == "well"


class Smtp(Office):
    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}/?from=desk@care.example&to=ana@care.example&rto=0.4&cto=2"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        import asyncio

        text = (envelope.content or b"").decode() if isinstance(envelope.content, bytes) else envelope.content or ""
        well = await asyncio.get_running_loop().run_in_executor(None, self.serve, text)
        return "250 taken" if well else "451 try again later"

    @contextmanager
    def running(self) -> Iterator["Smtp"]:
        self.port = free_port()
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield self
        finally:
            self.closing.set()
            controller.stop()


class Http(Office):
    """``read`` finds the text in a request's path and body; ``answer`` is what the service says when all is well."""

    def __init__(self, make: Callable[[int], str], read: Callable[[str, bytes], str], answer: bytes = b"{}") -> None:
        super().__init__()
        self._make, self._read, self._answer = make, read, answer

    @property
    def url(self) -> str:
        return self._make(self.port)

    @contextmanager
    def running(self) -> Iterator["Http"]:
        office = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                well = office.serve(office._read(self.path, body))
                self.send_response(200 if well else 500)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(office._answer if well else b"{}")

            def log_message(self, *args: Any) -> None: ...

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            self.port = server.server_port
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            try:
                yield self
            finally:
                self.closing.set()
                server.shutdown()


def ntfy() -> Http:
    def read(path: str, body: bytes) -> str:
        return str(json.loads(body)["message"]) if path == "/" else body.decode()

    return Http(lambda port: f"ntfy://127.0.0.1:{port}/care-ana?mode=private&rto=0.4", read)


def twilio() -> Http:
    def read(path: str, body: bytes) -> str:
        assert path == f"/2010-04-01/Accounts/{SID}/Messages.json"
        form = parse_qs(body.decode())
        assert form["To"] == ["+15559990000"]
        return form["Body"][0]

    url = f"twilio://{SID}:{TOKEN}@+15551230000/+15559990000?rto=0.4"
    return Http(lambda _: url, read, b'{"sid": "SM1", "status": "queued"}')


def webhook() -> Http:
    return Http(
        lambda port: f"json://127.0.0.1:{port}/notify?rto=0.4", lambda _, body: str(json.loads(body)["message"])
    )


OFFICES: dict[str, Callable[[], Any]] = {"smtp": Smtp, "ntfy": ntfy, "twilio": twilio, "webhook": webhook}
