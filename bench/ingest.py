"""Taking QoS 1 messages in: paho as it comes against MqttSource, and decoding them, in one run.

A Mosquitto holds the messages queued for a persistent session, so that no publisher competes while we measure.
"""

import argparse
import logging
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import structlog
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY, Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from ingest.decode import IntakeDecoder
from ingest.directory import Directory
from ingest.mqtt import MqttSource
from ingest.routes import DEFAULT_ROUTES
from ingest.settings import MqttSettings
from vitals.clock import SystemClock, elapsed
from vitals.intake import Message
from vitals.series import SeriesTable

PAYLOAD = (
    b'{"time":"2026-11-22T04:21:07.%03dZ","seq":%d,"vitals":{"heart_rate":72,"spo2":97,"temperature":36.6,'
    b'"systolic_bp":121,"diastolic_bp":78,"respiration_rate":14}}'
)


@contextmanager
def mosquitto(window: int) -> Iterator[int]:
    """A Mosquitto on a free loopback port with that in-flight window; yields the port."""
    program = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if program is None:
        raise SystemExit("mosquitto is not installed (Debian package mosquitto)")
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        conf = Path(folder, "mosquitto.conf")
        conf.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages {window}\n"
            "max_queued_messages 0\nlog_dest none\n"
        )
        process = subprocess.Popen([program, "-c", conf], stderr=subprocess.DEVNULL)
        try:
            time.sleep(0.5)
            yield port
        finally:
            process.terminate()
            process.wait()


def publish(port: int, count: int, patients: int = 1000) -> None:
    """``count`` QoS 1 messages of six vitals, through a bare socket: as fast as the broker takes them."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01p")
        sock.recv(4)
        acknowledged = threading.Thread(target=_drain, args=(sock, 4 * count))
        acknowledged.start()
        for start in range(0, count, 500):
            packets = []
            for i in range(start, min(start + 500, count)):
                topic, payload = b"homevigil/v1/demo/p%d/w1/vitals" % (i % patients), PAYLOAD % (i % 1000, i)
                body = struct.pack(">H", len(topic)) + topic + struct.pack(">H", i % 65_535 + 1) + payload
                packets.append(b"\x32" + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body)
            sock.sendall(b"".join(packets))
        acknowledged.join()


def _drain(sock: socket.socket, left: int) -> None:
    while left > 0:
        left -= len(sock.recv(65_536))


def bare(port: int, count: int, protocol: str) -> tuple[float, float]:
    """Paho's own loop thread, manual_ack, an acknowledgement in each on_message; seconds of wall and CPU."""
    v5 = protocol == "5"
    client = Client(
        CallbackAPIVersion.VERSION2,
        "reader",
        clean_session=None if v5 else False,
        protocol=MQTTProtocolVersion.MQTTv5 if v5 else MQTTProtocolVersion.MQTTv311,
        manual_ack=True,
    )
    done, seen = threading.Event(), [0]

    def on_message(client: Client, _: Any, message: MQTTMessage) -> None:
        client.ack(message.mid, message.qos)
        seen[0] += 1
        if seen[0] == count:
            done.set()

    client.on_message = on_message
    began, cpu = elapsed(), time.process_time()
    client.connect("127.0.0.1", port, clean_start=False if v5 else MQTT_CLEAN_START_FIRST_ONLY)
    client.loop_start()
    done.wait(300)
    result = elapsed() - began, time.process_time() - cpu
    client.disconnect()
    client.loop_stop()
    return result


def ours(port: int, count: int, protocol: str) -> tuple[float, float]:
    """MqttSource, each take acknowledged at once; seconds of wall and CPU."""
    source = MqttSource(_settings(port, protocol), SystemClock())
    began, cpu, seen = elapsed(), time.process_time(), 0
    source.start()
    while seen < count:
        messages = source.take(1.0)
        source.acknowledge(messages)
        seen += len(messages)
    result = elapsed() - began, time.process_time() - cpu
    source.stop()
    return result


def _settings(port: int, protocol: str) -> MqttSettings:
    return MqttSettings.model_validate({"port": port, "protocol": protocol, "client_id": "reader"})


def preload(port: int, count: int, protocol: str) -> None:
    """Make the reader's session at the broker, and fill its queue."""
    source = MqttSource(_settings(port, protocol), SystemClock())
    source.start()
    while not source.connected:
        time.sleep(0.01)
    source.stop()
    publish(port, count)


def decoding(batch: int, rounds: int) -> float:
    """CPU microseconds a message of six vitals takes to decode and judge in batches of that size: the best round."""
    decoder = IntakeDecoder(DEFAULT_ROUTES, Directory(unknown_patients="admit"), SeriesTable())
    received, best = 1_795_321_268_000, float("inf")
    messages = [Message(f"homevigil/v1/demo/p{i}/w1/vitals", PAYLOAD % (i % 1000, i), received) for i in range(batch)]
    for _ in range(rounds):
        began = time.process_time()
        decoder.decode(messages)
        best = min(best, time.process_time() - began)
    return best / batch * 1e6


def main() -> None:
    """Print messages per second and CPU seconds per million messages, bare and ours, and the cost of decoding."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50_000)
    count = parser.parse_args().count
    for batch in (1, 10, 100, 1000):
        print(f"{f'decode, batches of {batch}':34}{decoding(batch, 4_000 // batch + 10):10.1f} µs a message")
    print(f"{'':34}{'msg/s':>10}{'CPU s per million':>20}")
    readers: list[tuple[str, Callable[[int, int, str], tuple[float, float]]]] = [("bare paho", bare), ("ours", ours)]
    for protocol in ("3.1.1", "5"):
        for window in (20, 1000):
            for name, reader in readers:
                with mosquitto(window) as port:
                    preload(port, count, protocol)
                    wall, cpu = reader(port, count, protocol)
                label = f"{name}, MQTT {protocol}, window {window}"
                print(f"{label:34}{count / wall:10,.0f}{cpu / count * 1e6:20.1f}")


if __name__ == "__main__":
    main()
