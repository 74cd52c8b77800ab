"""What the tests of ingest share: a publisher, a reader, and a recorder of connections."""

import threading
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from ingest.mqtt import MqttSource
from vitals.agency import Agency
from vitals.clock import elapsed
from vitals.intake import Message

TOPIC = "homevigil/v1/a/p1/d1/vitals"

AGENCY = Agency.model_validate(
    {
        "id": "care",
        "patients": [
            {
                "id": "p1",
                "name": "one",
                "timezone": "Europe/London",
                "devices": [
                    {"id": "scale1", "type": "scale", "address": "A4:C1:38:0B:5E:ED"},
                    {"id": "strap1", "type": "heart_strap", "address": "a0-9e-1a-11-22-33"},
                    {"id": "cuff1", "type": "cuff", "address": "DB4C00AA0001"},
                    {"id": "oximeter1", "type": "oximeter", "address": "db:4c:00:aa:00:02"},
                    {"id": "thermo1", "type": "thermometer", "address": "DB4C00AA0003"},
                    {"id": "g1", "type": "gateway"},
                ],
            },
            {
                "id": "p2",
                "name": "two",
                "timezone": "Europe/London",
                "devices": [{"id": "hub", "type": "gateway"}, {"id": "scale2", "address": "A4C138FFFFFF"}],
            },
        ],
    }
)


class Connections:
    """What ``on_connection`` said, in order, and a way to await it."""

    def __init__(self) -> None:
        self.said: list[tuple[bool, str]] = []
        self._changed = threading.Condition()

    def __call__(self, connected: bool, why: str) -> None:  # noqa: FBT001
        with self._changed:
            self.said.append((connected, why))
            self._changed.notify_all()

    def await_one(self, connected: bool, after: int = 0, seconds: float = 20) -> str:  # noqa: FBT001
        """The reason of the first change to ``connected`` among those after the first ``after``."""

        def found() -> list[str]:
            return [why for state, why in self.said[after:] if state is connected]

        with self._changed:
            assert self._changed.wait_for(found, seconds), f"never connected={connected}: {self.said}"
            return found()[0]


def publish(
    broker: Any,
    payloads: list[bytes],
    topic: str = TOPIC,
    *,
    qos: int = 1,
    retain: bool = False,
    tls: Path | None = None,
) -> None:
    """Publish, and return when the broker has accepted every message. ``tls`` holds ca.pem, client.pem and its key."""
    client = Client(CallbackAPIVersion.VERSION2)
    if tls is not None:
        client.tls_set(str(tls / "ca.pem"), str(tls / "client.pem"), str(tls / "client.key"))
    client.max_inflight_messages_set(500)
    client.connect(broker.host, broker.port)
    client.loop_start()
    for info in [client.publish(topic, payload, qos, retain) for payload in payloads]:
        info.wait_for_publish(20)
    client.disconnect()
    client.loop_stop()


def take(source: MqttSource, count: int, seconds: float = 20) -> list[Message]:
    """At least ``count`` messages, in their order."""
    taken: list[Message] = []
    deadline = elapsed() + seconds
    while len(taken) < count and elapsed() < deadline:
        taken += source.take(0.2)
    assert len(taken) >= count, f"{len(taken)} of {count} messages came"
    return taken


def numbers(start: int, stop: int) -> list[bytes]:
    return [b"%d" % i for i in range(start, stop)]


def payloads(messages: list[Message]) -> list[bytes]:
    return [m.payload for m in messages]
