"""MQTT in: QoS 1 from a persistent session, acknowledged by whoever has made the messages durable."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import structlog
from paho.mqtt.client import ConnectFlags, DisconnectFlags
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ingest.connection import REFUSED, connect, make_client, refused, unreachable
from ingest.held import Held
from ingest.network import Network, pause
from ingest.packets import Published
from ingest.settings import MqttSettings
from vitals.clock import Clock
from vitals.intake import Message
from vitals.times import SECOND

log = structlog.get_logger(__name__)


class MqttSource:
    """Messages from an MQTT broker. A message's ``token`` is the connection's number shifted left by 16 bits, plus the
    packet identifier; None at QoS 0.

    Start it, then ``take`` and ``acknowledge`` from one thread. What is never acknowledged the broker redelivers, to
    the next connection at the latest. An acknowledgement of an earlier connection's message is dropped: its packet
    identifier may be somebody else's by now, and the broker redelivers the message anyway.

    ``on_connection(connected, why)`` is called on every change, on the network thread: it must return at once.
    """

    def __init__(
        self,
        settings: MqttSettings,
        clock: Clock,
        *,
        rng: np.random.Generator | None = None,
        on_connection: Callable[[bool, str], None] = lambda _connected, _why: None,
    ) -> None:
        self.settings, self._clock, self._on_connection = settings, clock, on_connection
        self._rng = rng if rng is not None else np.random.default_rng()
        self._held = Held(settings.max_unacknowledged)
        self._topics: dict[bytes, str] = {}
        self._generation, self._attempt, self._refused = 0, 0, False
        self._told: tuple[bool, str] = (False, "")
        self.client = make_client(settings, room=self._held.room, deliver=self._deliver)
        self.client.on_connect = self._connected
        self.client.on_subscribe = self._subscribed
        self.client.on_disconnect = self._disconnected
        self._network = Network(
            self.client,
            connect=self._connect,
            wait=self._wait,
            roomy=lambda: self._held.room() > 0,
            connack_within=settings.connect_timeout / SECOND,
        )

    @property
    def connected(self) -> bool:
        """Whether the broker has granted every subscription of the present connection."""
        return self._told[0]

    def start(self) -> None:
        """Connect in the background, and again whenever the connection is lost."""
        self._network.start()

    def stop(self) -> None:
        """Disconnect cleanly; the broker keeps the session and what was not acknowledged."""
        self._network.stop(timeout=self.settings.connect_timeout / SECOND + 5)

    def take(self, timeout: float) -> list[Message]:
        """Everything that has arrived (at most 4,096), waiting at most ``timeout`` seconds for the first."""
        messages = self._held.take(timeout)
        self._wake_if_stalled()
        return messages

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the broker that these are done with: one send for all of them."""
        with self._network.lock:
            low = self._generation << 16
            tokens = [m.token for m in messages if m.token is not None]
            mids = [token - low for token in tokens if token >= low]
            if mids and self.client.is_connected():
                self._held.release(mids)
                self.client.acknowledge(mids)
        if len(mids) < len(tokens):
            log.info("mqtt_late_acknowledgements_dropped", count=len(tokens) - len(mids))
        self._wake_if_stalled()

    def _wake_if_stalled(self) -> None:
        if self.client.stalled:
            self._network.waker.wake()

    def _deliver(self, published: list[Published]) -> None:
        """Network thread: a lot of publications, in the order in which they came."""
        now, base, messages, mids = self._clock.now(), self._generation << 16, [], []
        for raw, payload, mid, retained, duplicate in published:
            if mid:
                if duplicate and self._held.unacknowledged(mid):
                    continue  # redelivered on the same connection: the first is in our hands, its PUBACK will come
                mids.append(mid)
            messages.append(Message(self._topic(raw), payload, now, retained, base + mid if mid else None))
        self._held.put(messages, mids)

    def _topic(self, raw: bytes) -> str:
        topic = self._topics.get(raw)
        if topic is None:
            if len(self._topics) > 100_000:
                self._topics.clear()
            topic = self._topics[raw] = raw.decode(errors="backslashreplace").replace("\0", "\\x00")
        return topic

    def _connect(self) -> bool:
        with self._network.lock:
            self._generation += 1
            self._held.new_connection()
            self.client.start_stream()
        self._refused = False
        self._attempt += 1
        try:
            connect(self.client, self.settings)
        except (OSError, ValueError) as error:
            self._tell(False, unreachable(self.settings, error))
            return False
        return True

    def _wait(self) -> float:
        """What the broker refuses it will refuse again: then no sooner than the longest pause."""
        shortest, longest = self.settings.reconnect_min / SECOND, self.settings.reconnect_max / SECOND
        return pause(self._attempt, longest if self._refused else shortest, longest, self._rng)

    def _connected(self, _c: Any, _u: Any, flags: ConnectFlags, reason: ReasonCode, _p: Properties | None) -> None:
        if reason.is_failure:
            self._refused = str(reason) in REFUSED
            self._tell(False, refused(self.settings, reason))
            return
        self._attempt = 0
        if self._generation > 1 and not flags.session_present:
            log.warning("mqtt_session_is_new", consequence="what the broker queued for us before is gone")
        self.client.subscribe([(topic, 1) for topic in self.settings.topics])

    def _subscribed(self, _c: Any, _u: Any, _mid: int, reasons: list[ReasonCode], _p: Properties | None) -> None:
        no = [f"{t!r} ({r})" for t, r in zip(self.settings.topics, reasons, strict=False) if r.is_failure]
        where = f"{self.settings.host}:{self.settings.port}"
        if no:
            self._tell(False, f"broker {where} refuses the subscription to {', '.join(no)}; check what it allows us")
        else:
            self._tell(True, f"connected to {where} over MQTT {self.settings.protocol}")

    def _disconnected(self, _c: Any, _u: Any, _f: DisconnectFlags, reason: ReasonCode, _p: Properties | None) -> None:
        if self._network.stopping:
            self._tell(False, "disconnected: stopped")
        elif self._told[0] or not self._told[1]:
            self._tell(False, f"connection lost: {self.client.fault or reason}")

    def _tell(self, connected: bool, why: str) -> None:  # noqa: FBT001  (the hook's own signature)
        if (connected, why) == self._told:
            return
        self._told = connected, why
        (log.info if connected or self._network.stopping else log.warning)(
            "mqtt_connection", connected=connected, why=why
        )
        try:
            self._on_connection(connected, why)
        except Exception:
            log.exception("mqtt_connection_hook_failed")  # said, and no reason to stop listening
