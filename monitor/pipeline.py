"""The data's way, on one screen: take, decode, scan, tell, keep, and only then acknowledge."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from monitor.metrics import Metrics
from monitor.ports import AlertDesk, Decoder, Detection, Readings, Source
from vitals.batch import Batch
from vitals.clock import Clock, elapsed, stopwatch
from vitals.errors import UnavailableError
from vitals.intake import Intake

NOTHING = Intake(Batch.empty())
_T = TypeVar("_T")

log = structlog.get_logger(__name__)


class Stopping(Exception):  # noqa: N818  (control flow, not a fault)
    """The service is ending while a stage is down; what was not acknowledged will be redelivered."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The parts that the pipeline joins."""

    source: Source
    decoder: Decoder
    readings: Readings
    bank: Detection
    desk: AlertDesk


class Pipeline:
    """One thread that turns messages into durable readings, findings and notices.

    A message is acknowledged only when its readings are durable and its findings committed. A stage that is down is
    retried until it answers; meanwhile nothing is acknowledged, so nothing accepted is lost.
    """

    def __init__(
        self,
        stages: Stages,
        clock: Clock,
        metrics: Metrics,
        *,
        sweep_every: int = 1_000,
        housekeeping: Callable[[int], None] | None = None,
    ) -> None:
        self._stages, self._clock, self._metrics = stages, clock, metrics
        self._sweep_every, self._next_sweep, self._next_beat = sweep_every, 0, 0.0
        self._housekeeping = housekeeping
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; returns with nothing half done."""
        self._stop = stop
        try:
            while not stop.is_set():
                self.step(0.05)
                self.beat()
        except Stopping:
            log.warning("stopped_with_a_stage_down", consequence="unacknowledged messages will be redelivered")

    def step(self, timeout: float) -> int:
        """Take what has arrived through every stage; returns how many messages."""
        messages = self._stages.source.take(timeout)
        if not messages:
            return 0
        began = stopwatch()
        intake = self._stages.decoder.decode(messages)
        now = self._clock.now()
        findings = self._stages.bank.scan(intake, now)
        self._until_done("ledger", lambda: self._stages.desk.record(intake, findings, now))
        # Nobody who must be told waits for the readings' disk; the acknowledgement does (docs/adr/0003-alert-path.md).
        if len(intake.batch):
            self._until_done("store", lambda: self._stages.readings.append(intake.batch))
        self._stages.source.acknowledge(messages)
        self._metrics.took_in(intake, len(messages), stopwatch() - began)
        return len(messages)

    def beat(self) -> None:
        """What time itself brings about: silence, missed measurements, escalation. At most every 20 ms of real time."""
        if elapsed() < self._next_beat:
            return
        self._next_beat = elapsed() + 0.02
        now = self._clock.now()
        if now < self._next_sweep:
            return
        self._next_sweep = now + self._sweep_every
        findings = self._stages.bank.sweep(now)
        if findings:
            self._until_done("ledger", lambda: self._stages.desk.record(NOTHING, findings, now))
        self._until_done("ledger", lambda: self._stages.desk.tick(now))
        if self._housekeeping:
            self._housekeeping(now)

    def _until_done(self, part: str, work: Callable[[], _T]) -> _T:
        """Do ``work``, again and again while that part is down; Stopping if the service ends first."""
        pause = 0.1
        while True:
            try:
                done = work()
            except UnavailableError as error:
                self._metrics.down(part, str(error))
                if self._stop.wait(pause):
                    raise Stopping from error
                pause = min(pause * 2, 5.0)
            else:
                self._metrics.up(part)
                return done
