"""The paho client, reading its socket a buffer at a time and acknowledging a batch at a time.

One public method is overridden, ``loop_read``. It relies on four private parts of paho (``_sock_recv``, ``_in_packet``,
``_packet_handle``, ``_loop_rc_handle``), and acknowledging on two more (``_sock_send``, ``_packet_queue``);
tests/ingest/test_ingest_paho_seam.py fails with their names when an upgrade changes them. See docs/adr/0001.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.exception import MalformedPacket

from ingest.packets import PUBACK, PUBLISH, Packet, ProtocolError, Published, next_packet, pubacks, read_publish
from vitals.clock import elapsed

CHUNK: Final = 256 * 1024
"""How much one ``recv`` may bring, bytes."""


class BufferedClient(Client):
    """A paho client without a thread of its own, driven through loop_read, loop_write and loop_misc.

    ``room()`` says how many more messages may be delivered now; when there is none, ``stalled`` is set, the rest stays
    in the buffer, and ``resume`` goes on from there. ``deliver`` is given each lot of publications. ``fault`` says what
    the broker did wrong, if that is why the connection was closed.
    """

    def __init__(
        self,
        *args: Any,
        room: Callable[[], int],
        deliver: Callable[[list[Published]], None],
        max_packet: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._room, self._deliver, self._max_packet = room, deliver, max_packet
        self.start_stream()

    def start_stream(self) -> None:
        """Forget what is left of an earlier connection's bytes."""
        self._buffer, self._at = b"", 0
        self._skip, self._cut_off = 0, list[Published]()
        self.stalled, self.fault = False, ""

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:  # noqa: ARG002  (paho ignores it too)
        """Read what has arrived and handle every whole packet of it."""
        try:
            arrived = self._sock_recv(CHUNK)
        except BlockingIOError:
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        except OSError as error:
            self.fault = str(error)
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        if not arrived:
            self.fault = self.fault or "the broker closed it"
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        self._last_bytes_received = elapsed()
        self._buffer, self._at = self._buffer[self._at :] + self._after_skipped(arrived), 0
        return self.resume()

    def resume(self) -> MQTTErrorCode:
        """Handle the whole packets in the buffer, as far as there is room."""
        self.stalled = False
        published, self._cut_off = (self._cut_off, []) if not self._skip else ([], self._cut_off)
        try:
            rc = self._walk(published, self._room())
        except (ProtocolError, MalformedPacket) as error:
            self.fault, rc = str(error), MQTTErrorCode.MQTT_ERR_PROTOCOL
        if published:
            self._deliver(published)
        return self._loop_rc_handle(rc) if rc else rc

    def _walk(self, published: list[Published], room: int) -> MQTTErrorCode:
        buffer, v5 = self._buffer, self._protocol == MQTTv5
        rc = MQTTErrorCode.MQTT_ERR_SUCCESS
        while rc == MQTTErrorCode.MQTT_ERR_SUCCESS and (packet := next_packet(buffer, self._at)) is not None:
            header, start, end = packet
            if end - start > self._max_packet:
                self._cut(packet, v5=v5)
                break
            if end > len(buffer):
                break
            if header & 0xF0 == PUBLISH:
                if len(published) >= room:
                    self.stalled = True
                    break
                published.append(read_publish(header, buffer[start:end], v5=v5))
            else:
                rc = self._hand_over(header, buffer[start:end])
                if self._sock is None:  # a DISCONNECT closed it; whatever follows is void
                    break
            self._at = end
        return rc

    def _hand_over(self, header: int, body: bytes) -> MQTTErrorCode:
        """Let paho handle a packet that is no PUBLISH, as its own ``_packet_read`` would."""
        self._in_packet = {
            "command": header,
            "have_remaining": 1,
            "remaining_count": [],
            "remaining_mult": 1,
            "remaining_length": len(body),
            "packet": bytearray(body),
            "to_process": 0,
            "pos": 0,
        }
        return self._packet_handle()

    def _cut(self, packet: Packet, *, v5: bool) -> None:
        """Keep the beginning of a PUBLISH that is too long, so that it is refused and acknowledged like any other."""
        header, start, end = packet
        if header & 0xF0 != PUBLISH:
            raise ProtocolError(f"a packet of {end - start} bytes that is no PUBLISH")
        if len(self._buffer) - start >= self._max_packet:
            self._cut_off = [read_publish(header, self._buffer[start : start + self._max_packet], v5=v5)]
            self._skip, rest = max(end - len(self._buffer), 0), self._buffer[end:]
            self._buffer, self._at = rest, 0

    def _after_skipped(self, arrived: bytes) -> bytes:
        skipped = min(self._skip, len(arrived))
        self._skip -= skipped
        return arrived[skipped:] if skipped else arrived

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Send the PUBACKs of those packet identifiers in one go; what the socket does not take is queued with paho."""
        packets, sent = pubacks(mids), 0
        if not self.want_write():
            try:
                sent = self._sock_send(packets)
            except BlockingIOError:
                pass
            except OSError:
                return  # the connection is lost: loop_read will say so, and the broker redelivers
        if sent < len(packets):
            self._packet_queue(PUBACK >> 8, packets[sent:], 0, 1)

    def forgive_silence(self) -> None:
        """Expect no answer to our pings: it may lie behind messages that we have no room to read."""
        self._ping_t = 0.0
        self._last_bytes_received = elapsed()

    def drop(self, why: str) -> None:
        """Close the connection as lost, without a DISCONNECT."""
        self.fault = why
        self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
