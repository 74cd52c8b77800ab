"""The whole pipeline behind Mosquitto: latency at a steady rate, and flat out beside a bare subscriber."""

import json
import multiprocessing
import platform
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench.load import AGENCY, patient, publish
from bench.service import Service, mosquitto
from vitals.agency import Agency, Patient
from vitals.people import Assignment, Caregiver, Role
from vitals.plan import CarePlan, Limits

PATIENTS = 4_000
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
TOPICS = "homevigil/v1/+/+/+/+"


class Phone:
    """A loopback HTTP sink that notes when it was first told of each patient (monotonic s), as the bytes arrive."""

    def __init__(self) -> None:
        self.told: dict[str, float] = {}
        self.notices = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        """The Apprise URL that reaches it."""
        return f"json://127.0.0.1:{self._server.getsockname()[1]}/bench"

    def _serve(self) -> None:
        while True:
            connection, _ = self._server.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        seen = b""
        while more := connection.recv(65_536):
            now, seen = time.monotonic(), seen + more
            head, _, body = seen.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if length is None or len(body) < int(length[1]):
                continue
            seen = b""
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            self.notices += 1
            self.told.setdefault(json.loads(body)["title"].rsplit(" ", 1)[-1], now)


def agency(url: str) -> Agency:
    """Patients who alarm on the first low saturation, and one assistant who is told."""
    plan = CarePlan(limits={"spo2": Limits(alert_low=88, warning_low=92, on_delay=0)})
    ids = [patient(n) for n in range(PATIENTS)]
    cna = Caregiver.model_validate(
        {"id": "cna", "name": "CNA", "role": Role.CNA, "timezone": "UTC", "channels": [{"name": "sink", "url": url}]}
    )
    return Agency(
        id=AGENCY,
        patients=tuple(Patient(id=i, name=i, timezone="UTC", plan=plan) for i in ids),
        caregivers=(cna,),
        assignments=tuple(Assignment(patient=i, caregiver="cna") for i in ids),
    )


def latency(rate: float, seconds: float, abnormal_every: int) -> dict[str, float]:
    """Publish → notice at the sink, at a steady rate; one message in ``abnormal_every`` alarms."""
    messages = int(rate * seconds)
    with tempfile.TemporaryDirectory() as name, mosquitto(Path(name)) as port:
        folder, phone = Path(name), Phone()
        service = Service(folder, port, agency(phone.url))
        service.start()
        _load(port, 2 * PATIENTS, rate=2_000, abnormal_every=0, out=folder / "warm.json")
        cpu, phone.told = service.cpu(), {}
        sent = _load(port, messages, rate=rate, abnormal_every=abnormal_every, out=folder / "sent.json")["sent"]
        _until(lambda: len(phone.told) >= len(sent), 10)
        used = service.cpu() - cpu
        service.stop()
    waits = np.array([(phone.told[p] - at) * 1000 for p, at in sent.items() if p in phone.told])
    p50, p99 = np.percentile(waits, [50, 99])
    return {
        "rate": rate, "alerts": len(sent), "told": len(waits), "p50_ms": p50, "p99_ms": p99,
        "cpu_s_per_million": used / messages * 1e6,
    }  # fmt: skip


def flat_out(messages: int) -> dict[str, float]:
    """Messages a second out of a full session: ours, then the bare subscriber, then ours again, on one broker."""
    with tempfile.TemporaryDirectory() as name, mosquitto(Path(name)) as port:
        folder, phone = Path(name), Phone()
        service = Service(folder, port, agency(phone.url))
        service.start()
        _load(port, PATIENTS, rate=2_000, abnormal_every=0, out=folder / "warm.json")
        _until(lambda: service.metric("homevigil_messages_total") >= PATIENTS, 10)
        service.stop()
        ours = [_drain_ours(service, port, messages, folder)]
        bare = [_drain_bare(port, messages, folder)]
        ours.append(_drain_ours(service, port, messages, folder))
        bare.append(_drain_bare(port, messages, folder))
    (s1, c1), (s2, c2) = (tuple(np.median(runs, axis=0)) for runs in (ours, bare))
    return {
        "messages": messages, "ours_msg_s": messages / s1, "bare_msg_s": messages / s2, "ratio": s2 / s1,
        "ours_cpu_s_per_million": c1 / messages * 1e6, "bare_cpu_s_per_million": c2 / messages * 1e6,
    }  # fmt: skip


def _drain_ours(service: Service, port: int, messages: int, folder: Path) -> tuple[float, float]:
    """Fill the service's session while it is away, then time it from its first message to its last."""
    _load(port, messages, rate=0, abnormal_every=0, out=folder / "fill.json")
    service.start()
    first = service.metric("homevigil_messages_total")
    began, cpu = time.monotonic(), service.cpu()
    _until(lambda: service.metric("homevigil_messages_total") >= messages, 120)
    taken = (time.monotonic() - began, service.cpu() - cpu)
    service.stop()
    part = messages / max(messages - first, 1)
    return taken[0] * part, taken[1] * part


def _drain_bare(port: int, messages: int, folder: Path) -> tuple[float, float]:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="bare", clean_session=False, protocol=mqtt.MQTTv311)
    ready = threading.Event()
    client.on_subscribe = lambda *_: ready.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.subscribe(TOPICS, 1)
    ready.wait(10)
    client.disconnect()
    client.loop_stop()
    _load(port, messages, rate=0, abnormal_every=0, out=folder / "fill.json")
    command = [sys.executable, "-m", "bench.bare", "127.0.0.1", str(port), "bare", str(messages)]
    seconds, cpu = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), float(cpu)


def _load(port: int, messages: int, *, rate: float, abnormal_every: int, out: Path) -> dict[str, Any]:
    process = multiprocessing.get_context("spawn").Process(
        target=publish,
        args=(port, messages),
        kwargs={"rate": rate, "patients": PATIENTS, "abnormal_every": abnormal_every, "out": str(out)},
    )
    process.start()
    process.join()
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def _until(done: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.02)


def main() -> None:
    """Print the table."""
    machine = f"{platform.processor() or platform.machine()}, {multiprocessing.cpu_count()} cores"
    print(f"pipeline, on {machine}, Mosquitto on loopback")
    for rate in (200, 1000):
        row = latency(rate, 20, abnormal_every=20 if rate == 200 else 40)
        print("  " + "  ".join(f"{k} {v:,.2f}" for k, v in row.items()))
    print("  " + "  ".join(f"{k} {v:,.2f}" for k, v in flat_out(40_000).items()))


if __name__ == "__main__":
    main()
