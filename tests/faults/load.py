"""A steady flow of six-vital messages from a process of its own that keeps what the broker has not confirmed.

``python -m tests.faults.load`` with the fields of :class:`Flow` as JSON.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from bench.load import ABNORMAL, NORMAL
from tests.faults.kit import AGENCY
from vitals.clock import SystemClock, elapsed


class Flow(NamedTuple):
    """Message ``i`` has the time ``start + i`` ms, so that every reading is known beforehand.

    Of ``abnormal`` patients each has one message, of a saturation of 82 %; they are spread evenly over the flow.
    At each of ``gates``, spread evenly as well, the publisher waits for :func:`go_on`.
    """

    port: int
    messages: int
    rate: float
    start: int
    normal: int = 50
    abnormal: int = 0
    gates: int = 0

    @classmethod
    def recent(cls, port: int, messages: int, rate: float, **more: int) -> "Flow":
        """A flow whose times lie just behind the present."""
        return cls(port, messages, rate, SystemClock().now() - messages, **more)

    def who(self) -> list[str]:
        """The patient of each message."""
        every = self.messages // self.abnormal if self.abnormal else self.messages + 1
        return [
            f"low{i // every}" if i % every == every - 1 and i // every < self.abnormal else f"p{i % self.normal}"
            for i in range(self.messages)
        ]

    def patients(self) -> list[str]:
        return [f"p{n}" for n in range(self.normal)] + self.lows()

    def lows(self) -> list[str]:
        return [f"low{n}" for n in range(self.abnormal)]


def payload(time: int, vitals: dict[str, float], seq: int = 0) -> bytes:
    stamp = np.datetime64(time, "ms").astype(str) + "Z"
    return json.dumps({"time": stamp, "seq": seq, "vitals": vitals}, separators=(",", ":")).encode()


@contextmanager
def flowing(flow: Flow) -> Iterator["subprocess.Popen[str]"]:
    """The publisher at work; wait for it with :func:`confirmed`."""
    command = [sys.executable, "-m", "tests.faults.load", json.dumps(flow._asdict())]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def go_on(process: "subprocess.Popen[str]") -> None:
    """Let the publisher pass one more gate."""
    assert process.stdin is not None
    process.stdin.write("on\n")
    process.stdin.flush()


def confirmed(process: "subprocess.Popen[str]", seconds: float = 90) -> dict[str, int]:
    """Wait until the broker has confirmed every message."""
    said, _ = process.communicate(timeout=seconds)
    assert process.returncode == 0, said
    found: dict[str, int] = json.loads(said)
    return found


def main(flow: Flow) -> None:
    """Publish, and end when the broker has confirmed every message; paho sends again what it has not."""
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    done = threading.Event()
    counts = {"confirmed": 0, "connections": 0}

    def connected(*_: Any) -> None:
        counts["connections"] += 1

    def published(*_: Any) -> None:
        counts["confirmed"] += 1
        if counts["confirmed"] == flow.messages:
            done.set()

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="faults-load", clean_session=False)
    client.on_connect, client.on_publish = connected, published
    client.max_inflight_messages_set(500)
    client.max_queued_messages_set(0)
    client.reconnect_delay_set(1, 1)
    client.connect("127.0.0.1", flow.port, 30)
    client.loop_start()
    gate, due, pause = flow.messages // (flow.gates + 1), elapsed(), threading.Event()
    for i, patient in enumerate(flow.who()):
        if i and i % gate == 0 and i // gate <= flow.gates:
            sys.stdin.readline()
            due = elapsed()
        if (wait := due - elapsed()) > 0.001:
            pause.wait(wait)
        due += 1 / flow.rate
        body = payload(flow.start + i, ABNORMAL if patient.startswith("low") else NORMAL, i)
        client.publish(f"homevigil/v1/{AGENCY}/{patient}/hub/vitals", body, qos=1)
    assert done.wait(60), counts
    client.disconnect()
    client.loop_stop()
    print(json.dumps(counts))


if __name__ == "__main__":
    main(Flow(**json.loads(sys.argv[1])))
