"""A load of six-vital messages, published by a process of its own: it shares no interpreter with what is measured."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

NORMAL = {
    "heart_rate": 72,
    "spo2": 97,
    "respiration_rate": 15,
    "temperature": 36.7,
    "systolic_bp": 124,
    "diastolic_bp": 78,
}
ABNORMAL = {**NORMAL, "spo2": 82}
AGENCY = "bench"


def patient(number: int) -> str:
    """The id of a patient of the load."""
    return f"p{number:06d}"


def topic(number: int) -> str:
    """That patient's topic."""
    return f"homevigil/v1/{AGENCY}/{patient(number)}/hub/vitals"


def payload(number: int, vitals: dict[str, float], now_ms: int, seed: int = 0) -> bytes:
    """One message; a little of the value moves so that no two are alike."""
    stamp = np.datetime64(now_ms, "ms").astype(str) + "Z"
    moved = {**vitals, "heart_rate": vitals["heart_rate"] + (number * 7 + seed) % 11}
    return json.dumps({"time": stamp, "seq": seed, "vitals": moved}, separators=(",", ":")).encode()


def schedule(messages: int, patients: int, abnormal_every: int) -> Iterator[tuple[int, bool]]:
    """(patient number, abnormal?) of each message; each abnormal one is of a patient who had none before.

    Without abnormal ones, everybody's turn comes: that is how a service is warmed up.
    """
    if not abnormal_every:
        yield from ((i % patients, False) for i in range(messages))
        return
    fresh = 0
    for i in range(messages):
        if i % abnormal_every == abnormal_every - 1 and fresh < patients // 2:
            fresh += 1
            yield patients // 2 + fresh - 1, True
        else:
            yield i % (patients // 2), False


def publish(port: int, messages: int, *, rate: float, patients: int, abnormal_every: int, out: str) -> None:
    """Publish at a steady rate (0: flat out) and write when each abnormal patient's message went out (monotonic s)."""
    import paho.mqtt.client as mqtt  # noqa: PLC0415  (in the child process only)
    from paho.mqtt.enums import CallbackAPIVersion  # noqa: PLC0415

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"load-{port}")
    client.max_inflight_messages_set(2000)
    client.max_queued_messages_set(0)
    client.connect("127.0.0.1", port, 60)
    client.loop_start()
    while not client.is_connected():
        time.sleep(0.01)
    sent: dict[str, float] = {}
    last, begin = None, time.monotonic()
    for i, (number, abnormal) in enumerate(schedule(messages, patients, abnormal_every)):
        if rate and (wait := begin + i / rate - time.monotonic()) > 0:
            time.sleep(wait)
        body = payload(number, ABNORMAL if abnormal else NORMAL, time.time_ns() // 1_000_000, i)
        if abnormal:
            sent[patient(number)] = time.monotonic()
        last = client.publish(topic(number), body, qos=1)
        if not rate and i % 500 == 499:
            last.wait_for_publish(60)
    if last is not None:
        last.wait_for_publish(60)
    client.loop_stop()
    client.disconnect()
    Path(out).write_text(json.dumps({"sent": sent, "seconds": time.monotonic() - begin}))
