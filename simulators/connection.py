"""One paho connection that publishes with a bounded number of unconfirmed messages, and counts what is confirmed."""

import select
import threading
from typing import Any, Final

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from simulators.publication import Publication
from simulators.settings import PublisherSettings
from vitals.clock import elapsed
from vitals.errors import UnavailableError

_log = structlog.get_logger(__name__)
_PROTOCOLS: Final = {"3.1.1": MQTTProtocolVersion.MQTTv311, "5": MQTTProtocolVersion.MQTTv5}
_BUNDLE: Final = 50
_RETRY: Final = 0.5


class Connection:
    """Publishes at QoS 1 (not at 0: then nobody knows what arrived); when the broker goes away it comes back, and
    unconfirmed messages are sent again.

    It runs in the caller's thread: paho's own network thread halves the rate. So whoever holds it calls ``pump``
    while there is nothing to publish. ``will`` is published by the broker when this connection breaks off.
    Confirmed messages are counted in ``confirmed``, those an MQTT 5 broker refused in ``refused``.
    """

    def __init__(self, settings: PublisherSettings, client_id: str = "", will: Publication | None = None) -> None:
        self._settings = settings
        self._limit = settings.window
        self._pending = self._unwritten = 0
        self._connected, self._refusal, self._retry_at = False, "", 0.0
        self.confirmed = self.refused = self.reconnects = 0
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id or settings.client_id,
            protocol=_PROTOCOLS[settings.protocol],
        )
        self._configure(self._client, will)

    @property
    def unconfirmed(self) -> int:
        return self._pending

    def open(self) -> None:
        """Connect, or UnavailableError naming the address and the reason."""
        where = f"broker {self._settings.host}:{self._settings.port}"
        try:
            self._client.connect(self._settings.host, self._settings.port, keepalive=60)
        except OSError as error:
            raise UnavailableError(f"{where} does not answer: {error}; is it running, is the port right?") from error
        deadline = elapsed() + self._settings.connect_timeout / 1000
        while not self._connected and not self._refusal and self._alive and elapsed() < deadline:
            self._turn(0.1)
        if not self._connected:
            self._client.disconnect()
            raise UnavailableError(f"{where} refuses the connection: {self._refusal or 'no answer to CONNECT'}")

    def publish(self, publication: Publication, stop: threading.Event) -> bool:
        """Hand over one message, waiting while too many are unconfirmed; False if ``stop`` was set meanwhile."""
        while self._pending >= self._limit:
            if stop.is_set():
                return False
            self.pump(0.2)
        self._pending += 1
        self._client.publish(publication.topic, publication.payload, publication.qos, publication.retain)
        self._unwritten += 1
        if self._unwritten >= _BUNDLE:
            self.pump(0)
        return True

    def pump(self, seconds: float) -> None:
        """Write what is waiting, read what has come; wait at most ``seconds`` for either. Reconnects when need be."""
        self._unwritten = 0
        if self._alive:
            self._turn(seconds)
        elif elapsed() >= self._retry_at:
            self._reconnect()
        else:
            threading.Event().wait(min(seconds, self._retry_at - elapsed()))

    def drain(self, timeout: int) -> int:
        """Wait until everything is confirmed, ``timeout`` ms at most; returns how many are not."""
        deadline = elapsed() + timeout / 1000
        while self._pending and elapsed() < deadline:
            self.pump(0.2)
        return self._pending

    def close(self) -> None:
        """Say goodbye, so that no last will is spoken."""
        self._client.disconnect()
        self._client.loop_write()

    @property
    def _alive(self) -> bool:
        return self._client.socket() is not None

    def _turn(self, seconds: float) -> None:
        client = self._client
        client.loop_write()
        socket = client.socket()
        if socket is None:
            return
        readable, _, _ = select.select([socket], [socket] if client.want_write() else [], [], seconds)
        if readable:
            client.loop_read()
        if client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._retry_at = elapsed() + _RETRY

    def _reconnect(self) -> None:
        self._retry_at = elapsed() + _RETRY
        try:
            self._client.reconnect()
        except OSError as error:
            _log.debug("simulator_reconnect_failed", error=type(error).__name__)

    def _configure(self, client: Client, will: Publication | None) -> None:
        settings = self._settings
        client.max_inflight_messages_set(0)  # our window bounds it; paho's bound walks all messages at every ack
        client.on_socket_register_write = _left_to_pump
        client.on_socket_unregister_write = _left_to_pump
        if settings.username is not None:
            password = settings.password
            client.username_pw_set(settings.username, password.get_secret_value() if password else None)
        if settings.tls is not None:
            ca, cert, key = (None if path is None else str(path) for path in settings.tls.paths)
            client.tls_set(ca, cert, key)
        if will is not None:
            client.will_set(will.topic, will.payload, will.qos, will.retain)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish

    def _on_connect(
        self, _client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._refusal = str(reason)
            return
        if self._connected:
            self.reconnects += 1
            _log.info("simulator_reconnected", unconfirmed=self._pending)
        self._limit = min(self._settings.window, int(getattr(properties, "ReceiveMaximum", self._settings.window)))
        self._connected = True

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._retry_at = elapsed() + _RETRY
            _log.warning("simulator_connection_lost", reason=str(reason), unconfirmed=self._pending)

    def _on_publish(
        self, _client: Client, _data: Any, _mid: int, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self.refused += 1
        else:
            self.confirmed += 1
        self._pending -= 1


def _left_to_pump(*_: Any) -> None:
    """Paho would write each packet by itself as soon as it is queued; ``pump`` writes many at once."""
