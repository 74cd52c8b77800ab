"""What BufferedClient relies on in paho, and that it reads the byte stream as paho itself would.

If a paho upgrade breaks one of these, docs/adr/0001-paho-socket-buffer.md says what depends on it.
"""

import struct
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paho.mqtt.client import Client, MQTTMessage, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ingest.client import BufferedClient
from ingest.held import Held
from ingest.mqtt import MqttSource
from ingest.packets import ProtocolError, Published, next_packet, pubacks, read_publish
from ingest.settings import MqttSettings
from vitals.clock import ManualClock
from vitals.intake import Message


class Pipe:
    """A socket that gives out what is put into it, a chunk a recv, and keeps what is sent."""

    def __init__(self, chunks: list[bytes], takes: int = 1 << 30) -> None:
        self.chunks, self.sent, self.takes = deque(chunks), b"", takes

    def recv(self, size: int) -> bytes:
        if not self.chunks:
            raise BlockingIOError
        chunk = self.chunks.popleft()
        if len(chunk) > size:
            self.chunks.appendleft(chunk[size:])
        return chunk[:size]

    def send(self, data: bytes) -> int:
        taken = min(len(data), self.takes)
        if not taken:
            raise BlockingIOError
        self.takes -= taken
        self.sent += data[:taken]
        return taken

    def close(self) -> None: ...

    def fileno(self) -> int:
        return -1


def publish(topic: bytes, payload: bytes, mid: int, *, v5: bool, flags: int = 0) -> bytes:
    properties = Properties(PacketTypes.PUBLISH)
    if v5 and mid % 3 == 0:
        properties.UserProperty = [("k", "v" * (mid % 200))]
    body = struct.pack(">H", len(topic)) + topic + (struct.pack(">H", mid) if mid else b"")
    body += (properties.pack() if v5 else b"") + payload
    length = bytearray()
    Client(CallbackAPIVersion.VERSION2)._pack_remaining_length(length, len(body))
    return bytes([0x30 | (0x02 if mid else 0) | flags]) + bytes(length) + body


def client_on(pipe: Pipe, *, v5: bool = False, room: int = 1 << 30) -> tuple[BufferedClient, list[Published]]:
    got: list[Published] = []
    protocol = MQTTv5 if v5 else MQTTv311
    client = BufferedClient(
        CallbackAPIVersion.VERSION2,
        protocol=protocol,
        manual_ack=True,
        room=lambda: room - len(got),
        deliver=got.extend,
        max_packet=100_000,
    )
    client._sock = pipe
    client.on_socket_register_write = lambda *_: None
    return client, got


messages = st.lists(
    st.tuples(
        st.text(st.characters(exclude_characters="\0#+", exclude_categories=["Cs"]), min_size=1, max_size=40),
        st.binary(max_size=400),
        st.integers(0, 65_535),
        st.sampled_from([0, 1, 8, 9]),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(messages, st.booleans(), st.lists(st.integers(1, 200), min_size=1))
def test_any_stream_in_any_pieces_is_read_as_paho_reads_it(messages: list, v5: bool, sizes: list[int]) -> None:  # noqa: FBT001
    stream = b"".join(
        publish(t.encode(), p, m, v5=v5, flags=f if m else f & 1) + b"\xd0\x00" for t, p, m, f in messages
    )
    chunks, at = [], 0
    while at < len(stream):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(stream[at : at + size])
        at += size
    ours, got = client_on(Pipe(chunks), v5=v5)
    ours._ping_t = 1.0
    for _ in range(len(chunks) + 1):
        assert ours.loop_read() == MQTTErrorCode.MQTT_ERR_SUCCESS

    theirs = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5 if v5 else MQTTv311, manual_ack=True)
    seen: list[MQTTMessage] = []
    theirs.on_message = lambda _c, _u, message: seen.append(message)
    theirs._sock = Pipe([stream])
    for _ in range(2 * len(messages)):
        theirs.loop_read()
    assert [(p.topic, p.payload, p.mid, p.retained, p.duplicate) for p in got] == [
        (m._topic, bytes(m.payload), m.mid, m.retain, m.dup) for m in seen
    ]
    assert ours._ping_t == (0 if messages else 1.0), "PINGRESP reached paho"


def test_acknowledgements_of_a_batch_leave_in_one_send() -> None:
    pipe = Pipe([])
    client, _ = client_on(pipe)
    client.acknowledge([1, 2, 65_535])
    assert pipe.sent == bytes.fromhex("40020001 40020002 4002ffff")


def test_what_the_socket_does_not_take_is_sent_later_and_in_order() -> None:
    pipe = Pipe([], takes=6)
    client, _ = client_on(pipe)
    client.acknowledge([1, 2])
    client.acknowledge([3])
    assert client.want_write()
    pipe.takes = 1 << 20
    client.loop_write()
    assert pipe.sent == pubacks([1, 2, 3])
    assert not client.want_write()


def test_a_lone_reader_stops_where_there_is_no_room_and_goes_on_later() -> None:
    stream = b"".join(publish(b"t", b"%d" % i, i, v5=False) for i in range(1, 8))
    client, got = client_on(Pipe([stream]), room=3)
    client.loop_read()
    assert [p.mid for p in got] == [1, 2, 3]
    assert client.stalled
    got.clear()
    client.resume()
    assert [p.mid for p in got] == [4, 5, 6]
    got.clear()
    client.resume()
    assert [p.mid for p in got] == [7]
    assert not client.stalled


def test_an_oversize_packet_is_cut_whatever_the_pieces() -> None:
    stream = publish(b"t", b"x" * 500_000, 1, v5=False) + publish(b"t", b"after", 2, v5=False)
    for size in (1_000, 99_999, 100_004, 300_000, 1 << 20):
        client, got = client_on(Pipe([stream[i : i + size] for i in range(0, len(stream), size)]))
        for _ in range(600):
            client.loop_read()
        assert [(p.mid, len(p.payload) < 100_000) for p in got] == [(1, True), (2, True)], size
        assert got[1].payload == b"after"


@pytest.mark.parametrize(
    "bad",
    [
        b"\x34\x07\x00\x01t\x00\x01hi",  # QoS 2, though we never ask for it
        b"\x32\x02\x00\x09",  # a topic longer than the packet
        b"\x32\x05\x00\x01t\x00\x00",  # packet identifier 0
        b"\x30\x02\x00\x00",  # no topic
        b"\x30\xff\xff\xff\xff\x01",  # a length of five bytes
        b"\xf0\x00",  # AUTH in MQTT 3.1.1
    ],
)
def test_what_mqtt_forbids_closes_the_connection(bad: bytes) -> None:
    client, got = client_on(Pipe([publish(b"t", b"good", 1, v5=False) + bad]))
    assert client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS
    assert client.socket() is None
    assert [p.payload for p in got] == [b"good"]


@given(st.binary(max_size=60), st.booleans())
def test_no_bytes_whatsoever_break_the_reader(noise: bytes, v5: bool) -> None:  # noqa: FBT001
    client, _ = client_on(Pipe([noise]), v5=v5)
    client.loop_read()
    try:
        packet = next_packet(noise, 0)
        read_publish(0x32, noise, v5=v5)
    except ProtocolError:
        return
    assert packet is None or packet.start >= 2


def test_a_refused_subscription_is_said() -> None:
    said: list[tuple[bool, str]] = []
    source = MqttSource(
        MqttSettings(topics=("a/+", "b/+")), ManualClock(), on_connection=lambda up, why: said.append((up, why))
    )
    granted, no = ReasonCode(PacketTypes.SUBACK, "Granted QoS 1"), ReasonCode(PacketTypes.SUBACK, "Unspecified error")
    source._subscribed(None, None, 1, [granted, no], None)
    assert not source.connected
    assert "'b/+'" in said[0][1]
    source.stop()


def test_held_is_bounded_by_what_waits_and_by_what_is_unacknowledged() -> None:
    held = Held(3)
    held.put([Message("t", b"", 0)] * 2, [1, 2])
    assert held.room() == 1
    assert len(held.take(0)) == 2
    assert held.room() == 1
    held.release([1])
    assert held.room() == 2
    held.new_connection()
    assert held.room() == 3
