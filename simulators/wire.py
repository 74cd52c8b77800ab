"""As much of MQTT 3.1.1 as publishing flat out needs: CONNECT, PUBLISH at QoS 1, and counting PUBACKs.

A general client spends 65 µs on a message; a load generator beside the service it measures must not.
"""

import select
import socket
import struct

from simulators.settings import PublisherSettings
from vitals.errors import UnavailableError

_CONNACK = 4
_PUBACK = 0x40


def connect_packet(client_id: str, username: str | None, password: str | None) -> bytes:
    """CONNECT with a clean session and no keep-alive (MQTT 3.1.1, section 3.1).

    >>> connect_packet("a", None, None).hex()
    '100d00044d51545404020000000161'
    """
    flags = 0x02 | (0x80 if username is not None else 0) | (0x40 if password is not None else 0)
    words = [client_id, *(word for word in (username, password) if word is not None)]
    body = b"\0\x04MQTT\x04" + bytes([flags]) + b"\0\0" + b"".join(_text(word) for word in words)
    return b"\x10" + _length(len(body)) + body


def publish_packet(topic: bytes, payload: bytes, identifier: int) -> bytes:
    """PUBLISH at QoS 1, not retained; ``identifier`` 1..65535.

    >>> publish_packet(b"t", b"x", 1).hex()
    '3206000174000178'
    """
    size = len(topic) + len(payload) + 4
    return b"\x32" + _length(size) + struct.pack("!H", len(topic)) + topic + struct.pack("!H", identifier) + payload


def _text(word: str) -> bytes:
    raw = word.encode()
    return struct.pack("!H", len(raw)) + raw


def _length(size: int) -> bytes:
    """Remaining length, 7 bits a byte (section 2.2.3)."""
    out = bytearray()
    while True:
        size, digit = divmod(size, 128)
        out.append(digit | (0x80 if size else 0))
        if not size:
            return bytes(out)


class Wire:
    """A socket that takes packets and counts acknowledgements. Plain TCP, one thread."""

    def __init__(self, settings: PublisherSettings) -> None:
        self._where = f"broker {settings.host}:{settings.port}"
        password = settings.password.get_secret_value() if settings.password else None
        try:
            self._socket = socket.create_connection((settings.host, settings.port), settings.connect_timeout / 1000)
            self._socket.sendall(connect_packet(settings.client_id, settings.username, password))
            answer = self._socket.recv(_CONNACK, socket.MSG_WAITALL)
        except OSError as error:
            raise UnavailableError(f"{self._where} does not answer: {error}; is it running?") from error
        if len(answer) < _CONNACK or answer[3]:
            raise UnavailableError(f"{self._where} refuses the connection: CONNACK {answer.hex() or 'missing'}")
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self._out, self._in = bytearray(), b""
        self.acknowledged = 0

    def put(self, packet: bytes) -> None:
        """Queue a packet; ``turn`` sends it."""
        self._out += packet

    def turn(self, seconds: float) -> None:
        """Send and receive what is possible, waiting at most ``seconds`` for either; UnavailableError when broken."""
        readable, writable, _ = select.select([self._socket], [self._socket] if self._out else [], [], seconds)
        try:
            if writable:
                del self._out[: self._socket.send(self._out)]
            if readable:
                self._received(self._socket.recv(1 << 16))
        except OSError as error:
            raise UnavailableError(f"{self._where} broke off: {error}") from error

    def close(self) -> None:
        """DISCONNECT and close."""
        with self._socket:
            self._socket.setblocking(True)
            self._socket.sendall(bytes(self._out) + b"\xe0\0")

    def _received(self, data: bytes) -> None:
        if not data:
            raise UnavailableError(f"{self._where} closed the connection")
        frames = self._in + data
        whole = len(frames) // 4 * 4
        if frames[:whole:4].strip(bytes([_PUBACK])):
            raise UnavailableError(f"{self._where} sent something other than PUBACK: {frames[:whole:4].hex()[:40]}")
        self.acknowledged += whole // 4
        self._in = frames[whole:]
