"""The order of the pipeline is its promise: nothing is acknowledged before it is durable and told."""

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from monitor.metrics import Metrics
from monitor.pipeline import Pipeline, Stages
from monitor.retry import Stopping
from vitals.batch import Batch
from vitals.clock import ManualClock
from vitals.errors import UnavailableError
from vitals.finding import Finding
from vitals.intake import Intake, Message


class Rooms:
    """Every stage in one object, which writes down what it was asked in order."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.waiting = [Message("t", b"{}", 0, token=1)]
        self.store_fails = self.ledger_fails = self.doubts = 0
        self.on_fail = self.on_told = lambda: None
        self.acknowledged = threading.Event()

    def take(self, timeout: float) -> list[Message]:
        taken, self.waiting = self.waiting, []
        return taken

    def acknowledge(self, messages: Sequence[Message]) -> None:
        self.said.append("acknowledge")
        self.acknowledged.set()

    def decode(self, messages: Sequence[Message]) -> Intake:
        return Intake(Batch.of([0], [1], [97.0], [1]))

    def append(self, batch: Batch) -> None:
        if self.store_fails:
            self.store_fails -= 1
            self.said.append("store down")
            self.on_fail()
            raise UnavailableError("disk full")
        self.said.append("stored")

    @property
    def artefacts(self) -> dict[str, int]:
        return {"probe_off": self.doubts}

    def assess(self, intake: Intake, now: int) -> Intake:
        self.said.append("assessed")
        return replace(intake) if self.doubts else intake

    def scan(self, intake: Intake, now: int) -> list[Finding]:
        self.said.append("scanned")
        return []

    def sweep(self, now: int) -> list[Finding]:
        self.said.append("swept")
        return []

    def record(self, intake: Intake, findings: Sequence[Finding], now: int) -> None:
        if self.ledger_fails:
            self.ledger_fails -= 1
            self.said.append("ledger down")
            self.on_fail()
            raise UnavailableError("locked")
        self.said.append("told")
        self.on_told()

    def tick(self, now: int) -> None:
        self.said.append("ticked")


@pytest.fixture
def rooms() -> Rooms:
    return Rooms()


@pytest.fixture
def pipeline(rooms: Rooms) -> Pipeline:
    return Pipeline(Stages(rooms, rooms, rooms, rooms, rooms), ManualClock(1_000), Metrics())


def test_a_message_is_acknowledged_last(rooms: Rooms, pipeline: Pipeline):
    assert pipeline.step(0) == 1
    assert rooms.said == ["assessed", "scanned", "told", "stored", "acknowledge"]


def test_alarms_do_not_wait_for_a_store_that_is_down_but_the_acknowledgement_does(rooms: Rooms, pipeline: Pipeline):
    rooms.store_fails = 2
    pipeline.step(0)
    assert rooms.said == ["assessed", "scanned", "told", "store down", "store down", "stored", "acknowledge"]


def test_a_ledger_that_is_down_holds_the_acknowledgement(rooms: Rooms, pipeline: Pipeline):
    rooms.ledger_fails = 1
    pipeline.step(0)
    assert rooms.said == ["assessed", "scanned", "ledger down", "told", "stored", "acknowledge"]


def test_ending_while_a_stage_is_down_leaves_the_message_to_be_redelivered(rooms: Rooms, pipeline: Pipeline):
    stop = threading.Event()
    rooms.ledger_fails, rooms.on_fail = 10, stop.set
    pipeline.run(stop)
    assert "acknowledge" not in rooms.said


def test_stopping_is_raised_out_of_a_step_that_cannot_end(rooms: Rooms, pipeline: Pipeline):
    stop = threading.Event()
    stop.set()
    pipeline.run(stop)
    rooms.store_fails = 10
    with pytest.raises(Stopping):
        pipeline.step(0)


def test_alarms_go_on_while_the_store_is_down_and_all_is_acknowledged_when_it_is_back(rooms: Rooms, pipeline: Pipeline):
    stop, down, told = threading.Event(), threading.Event(), threading.Event()

    def fail() -> None:
        down.set()
        told.wait(5)

    rooms.store_fails, rooms.on_fail = 1, fail
    working = threading.Thread(target=pipeline.run, args=(stop,))
    working.start()
    assert down.wait(5)
    rooms.on_told = told.set
    rooms.waiting = [Message("t", b"{}", 0, token=2)]
    assert told.wait(5)
    assert "acknowledge" not in rooms.said
    assert rooms.acknowledged.wait(5)
    stop.set()
    working.join()
    assert rooms.said.count("acknowledge") >= 1
    assert rooms.said.index("stored") < rooms.said.index("acknowledge")


def test_a_fault_in_the_keeper_ends_the_pipeline(rooms: Rooms, pipeline: Pipeline):
    def breaks() -> None:
        rooms.waiting = [Message("t", b"{}", 0, token=2)]
        raise ZeroDivisionError

    rooms.store_fails, rooms.on_fail = 10, breaks
    with pytest.raises(ZeroDivisionError):
        pipeline.run(threading.Event())
    assert "acknowledge" not in rooms.said


def test_the_beat_sweeps_and_ticks_once_a_second_of_the_clock(rooms: Rooms):
    clock = ManualClock(1_000)
    pipeline = Pipeline(Stages(rooms, rooms, rooms, rooms, rooms), clock, Metrics())
    for _ in range(3):
        pipeline.beat()
    assert rooms.said == ["swept", "ticked"]


def test_artefacts_are_counted_by_reason(rooms: Rooms):
    metrics = Metrics()
    pipeline = Pipeline(Stages(rooms, rooms, rooms, rooms, rooms), ManualClock(1_000), metrics)
    for rooms.doubts in (2, 5):
        rooms.waiting = [Message("t", b"{}", 0)]
        pipeline.step(0)
    assert metrics.registry.get_sample_value("homevigil_artefacts_total", {"reason": "probe_off"}) == 5
