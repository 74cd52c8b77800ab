"""MQTT packets cut out of a byte stream, and acknowledgements put into one. Pure: bytes in, bytes out.

paho reads each packet with three or more ``recv`` calls and makes a dozen objects of a PUBLISH; at QoS 1 it queues,
wakes and sends once an acknowledgement. These two functions do the same work a buffer at a time; docs/adr/0001 has the
figures. Everything but PUBLISH is left to paho.
"""

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

PUBLISH: Final = 0x30
PUBACK: Final = 0x4002  # type and flags, then the remaining length: 2, the packet identifier


class ProtocolError(Exception):
    """The broker sends what MQTT forbids; the connection has to be closed."""


class Packet(NamedTuple):
    """Where a packet lies in the buffer: its first byte, its body [start, end); ``end`` may lie beyond the buffer."""

    header: int
    start: int
    end: int


class Published(NamedTuple):
    """A PUBLISH. ``mid`` is 0 at QoS 0."""

    topic: bytes
    payload: bytes
    mid: int
    retained: bool
    duplicate: bool


def next_packet(buffer: bytes | bytearray, at: int) -> Packet | None:
    """The packet that begins at ``at``, or None while its length is not known yet.

    >>> next_packet(bytes([0xD0, 0x00]), 0)
    Packet(header=208, start=2, end=2)
    >>> next_packet(bytes([0x30, 0x80]), 0) is None
    True
    """
    length, shift = 0, 0
    for place in range(at + 1, min(at + 5, len(buffer))):
        byte = buffer[place]
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            return Packet(buffer[at], place + 1, place + 1 + length)
        shift += 7
    if shift == 28:
        raise ProtocolError("a remaining length of more than four bytes")
    return None


def read_publish(header: int, body: bytes, *, v5: bool) -> Published:
    r"""The PUBLISH whose fixed header starts with ``header``; ProtocolError where it is none.

    MQTT 5 properties are stepped over: we ask for no topic alias, and use no other.

    >>> read_publish(0x32, b"\x00\x01t\x00\x07hello", v5=False)
    Published(topic=b't', payload=b'hello', mid=7, retained=False, duplicate=False)
    """
    qos = header & 0x06
    if qos > 2:
        raise ProtocolError("a PUBLISH at QoS 2, though we subscribe at QoS 1")
    try:
        at = 2 + (body[0] << 8 | body[1])
        topic, mid = body[2:at], 0
        if qos:
            mid = body[at] << 8 | body[at + 1]
            at += 2
        if v5:
            at = body[at] + at + 1 if body[at] < 0x80 else _after_properties(body, at)
    except IndexError:
        raise ProtocolError("a PUBLISH that ends before its payload") from None
    if at > len(body) or not topic or (qos and not mid):
        raise ProtocolError("a PUBLISH without topic or packet identifier")
    return Published(topic, body[at:], mid, bool(header & 0x01), bool(header & 0x08))


def _after_properties(body: bytes, at: int) -> int:
    length = shift = 0
    for place in range(at, at + 4):
        length |= (body[place] & 0x7F) << shift
        if body[place] < 0x80:
            return place + 1 + length
        shift += 7
    raise ProtocolError("properties of a length of more than four bytes")


def pubacks(mids: Sequence[int]) -> bytes:
    """The acknowledgements of those packet identifiers, one behind the other (success, in MQTT 3.1.1 and 5 alike).

    >>> pubacks([7, 8]).hex(" ")
    '40 02 00 07 40 02 00 08'
    """
    words = [PUBACK] * (2 * len(mids))
    words[1::2] = mids
    return struct.pack(f">{len(words)}H", *words)
