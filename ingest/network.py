"""The thread that keeps one MQTT connection: reads, writes, pings, and connects again for ever."""

import os
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import numpy as np
import structlog

from ingest.client import BufferedClient
from vitals.clock import elapsed

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike

TICK: Final = 0.25
"""How often keep-alive is looked at, seconds; a broker allows half a keep-alive of lateness."""

log = structlog.get_logger(__name__)


def pause(attempt: int, shortest: float, longest: float, rng: np.random.Generator) -> float:
    """Seconds to wait before connection attempt ``attempt`` (1 is the first again): doubling, with half of it jitter,
    so that a thousand gateways do not come back at the same moment.

    >>> [pause(n, 1.0, 60.0, np.random.default_rng(7)) for n in (1, 3, 30)]
    [0.81..., 3.25..., 48.7...]
    """
    full = min(shortest * 2.0 ** min(max(attempt - 1, 0), 30), longest)
    return full * float(rng.uniform(0.5, 1.0))


class Waker:
    """A pipe that ends a poll early."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)

    def fileno(self) -> int:
        return self._read

    def wake(self) -> None:
        with suppress(BlockingIOError, OSError):  # full: it will wake; closed: nobody waits
            os.write(self._write, b"\0")

    def clear(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._read, 4096)

    def close(self) -> None:
        read, write, self._read, self._write = self._read, self._write, -1, -1
        for end in (read, write):
            if end >= 0:
                os.close(end)


def _without_delay(_client: object, _userdata: object, sock: "SocketLike") -> None:
    """Acknowledgements go out as they are made: Nagle's algorithm would hold them for the broker's delayed ACK."""
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Network(threading.Thread):
    """Drives ``client``. ``lock`` guards it: whoever else touches the client holds it too.

    ``connect`` opens a connection or returns False; ``wait`` says how long to pause before the next try, in seconds;
    ``roomy`` says whether there is room for more messages.
    """

    def __init__(
        self,
        client: BufferedClient,
        *,
        connect: Callable[[], bool],
        wait: Callable[[], float],
        roomy: Callable[[], bool],
        connack_within: float,
    ) -> None:
        super().__init__(name="mqtt-in", daemon=True)
        self._client, self._connect, self._wait, self._roomy = client, connect, wait, roomy
        self._connack_within = connack_within
        self.lock = threading.RLock()
        self.waker = Waker()
        self._stopping = threading.Event()
        client.on_socket_register_write = lambda *_: self.waker.wake()
        client.on_socket_open = _without_delay
        client.on_socket_close = self._linger

    @property
    def stopping(self) -> bool:
        """Whether the end was asked for."""
        return self._stopping.is_set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._connect():
                    self._serve()
            except Exception:
                # A fault of ours or a hook's: said, and the connection made anew. A dead thread looks like silence.
                log.exception("mqtt_network_failed")
                self._client.drop("a fault of our own")
            if not self._stopping.is_set():
                self._stopping.wait(self._wait())

    def stop(self, timeout: float) -> None:
        """Say DISCONNECT, keeping the session, and end the thread."""
        self._stopping.set()
        self.waker.wake()
        if self.is_alive():
            self.join(timeout)
        self.waker.close()

    def _serve(self) -> None:
        deadline = elapsed() + self._connack_within
        while self._client.socket() is not None and not self._stopping.is_set():
            self._turn()
            if not self._client.is_connected() and elapsed() > deadline:
                self._client.drop("the broker does not answer CONNECT")
        self._say_goodbye()

    def _say_goodbye(self) -> None:
        deadline = elapsed() + 2.0
        if self._client.socket() is not None:
            with self.lock:
                self._client.disconnect()
        while self._client.socket() is not None and elapsed() < deadline:
            self._turn()
        if self._client.socket() is not None:
            self._client.drop("the broker does not take our DISCONNECT")

    def _linger(self, _client: object, _userdata: object, sock: "SocketLike") -> None:
        """When we end, wait until the broker has read everything and closes too.

        Closing with something unread would reset the connection and take our last acknowledgements with it.
        """
        if self.stopping and isinstance(sock, socket.socket):
            with suppress(OSError):
                sock.settimeout(1.0)
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(65_536):
                    pass

    def _turn(self) -> None:
        """Wait for something to do, and do it."""
        client, stalled = self._client, self._client.stalled and not self._roomy()
        ready = self._poll(stalled=stalled)
        with self.lock:
            if client.stalled and self._roomy():
                client.resume()
            if ready and client.socket() is not None:
                client.loop_read()
            if client.want_write() and client.socket() is not None:
                client.loop_write()
            if stalled:
                client.forgive_silence()
            if client.socket() is not None:
                client.loop_misc()

    def _poll(self, *, stalled: bool) -> bool:
        """Whether the socket has something to read (or is broken); at once when there is more to do already."""
        client, sock = self._client, self._client.socket()
        if sock is None:
            return False
        poll = select.poll()
        poll.register(sock, (0 if stalled else select.POLLIN) | (select.POLLOUT if client.want_write() else 0))
        poll.register(self.waker, select.POLLIN)
        pending = not stalled and (client.stalled or getattr(sock, "pending", int)() > 0)
        events = dict(poll.poll(0 if pending else int(TICK * 1000)))
        if self.waker.fileno() in events:
            self.waker.clear()
        return pending or bool(events.get(sock.fileno(), 0) & ~select.POLLOUT)
