"""kill -9 of the service while messages flow: every reading is kept once, every alert is recorded once and told."""

import signal
import threading
from pathlib import Path
from subprocess import Popen  # noqa: TC003  (pytest reads annotations)
from typing import Any

import numpy as np
import pytest

from tests.conftest import free_port
from tests.faults.check import await_told, check_alerts, check_readings, held_by_the_dead, repeated
from tests.faults.kit import Watch, agency, until, watching
from tests.faults.load import Flow, confirmed, flowing, go_on
from tests.faults.phone import Phone, a_phone

pytestmark = pytest.mark.broker


def kill_and_start(watch: Watch, flow: "Popen[str]", rng: np.random.Generator, most: int) -> int:
    """kill -9 at a random moment of a flow that goes on; how many messages that run had acknowledged."""
    wanted, pause = int(rng.integers(100, most)), rng.uniform(0, 0.5)
    until(lambda: watch.messages() >= wanted, 30, f"{wanted} messages are taken in", every=0.001)
    threading.Event().wait(pause)
    taken = watch.messages()
    assert flow.poll() is None, "the flow has ended before the kill"
    watch.stop(signal.SIGKILL)
    go_on(flow)
    watch.start()
    return taken


def survive(watch: Watch, phone: Phone, flow: Flow, rng: np.random.Generator, redelivered_after: float) -> None:
    with watching(watch), flowing(flow) as publisher:
        killed_at = [kill_and_start(watch, publisher, rng, flow.messages // 5) for _ in range(3)]
        until(lambda: held_by_the_dead(watch.folder, watch.pid) == 0, 10, "no notice waits for a dead process's lease")
        published = confirmed(publisher)
        watch.settle(redelivered_after)
        await_told(phone, watch.folder, flow, 20)
        watch.stop()
    check_readings(watch.folder, flow)
    alerts = check_alerts(watch.folder, flow)
    print(f"\nkilled after {killed_at} messages; publisher {published}; {repeated(phone, alerts)}")


@pytest.mark.parametrize("seed", [4])
def test_a_killed_service_loses_and_repeats_nothing(tmp_path: Path, broker: Any, seed: int) -> None:
    flow = Flow.recent(broker.port, 20_000, 1_300, abnormal=200, gates=3)
    with a_phone() as phone:
        watch = Watch(tmp_path, broker.port, agency(phone.url("cna"), flow.patients()))
        survive(watch, phone, flow, np.random.default_rng(seed), 0.0 if broker.name == "mosquitto" else 2.0)


@pytest.mark.parametrize("seed", [5])
def test_a_killed_service_takes_its_broker_along_and_what_it_confirmed_is_kept(tmp_path: Path, seed: int) -> None:
    flow = Flow.recent(free_port(), 12_000, 1_000, abnormal=120, gates=3)
    with a_phone() as phone:
        watch = Watch(tmp_path, flow.port, agency(phone.url("cna"), flow.patients()), embedded=True)
        survive(watch, phone, flow, np.random.default_rng(seed), 5.0)
