"""The data's way, on one screen: take, decode, scan, tell, keep, and only then acknowledge."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from monitor.keeper import Keeper, Lot
from monitor.metrics import Metrics
from monitor.ports import AlertDesk, Decoder, Detection, Readings, Source
from monitor.retry import Stopping, until_done
from vitals.batch import Batch
from vitals.clock import Clock, elapsed, stopwatch
from vitals.intake import BROKER, DeviceStatus, EventType, Intake, PatientEvent

NOTHING = Intake(Batch.empty())

log = structlog.get_logger(__name__)


def link_status(now: int, *, online: bool) -> Intake:
    """What the connection to the broker has to say."""
    return Intake(Batch.empty(), statuses=(DeviceStatus("", BROKER, now, now, online=online),))


@dataclass(frozen=True, slots=True)
class Stages:
    """The parts that the pipeline joins."""

    source: Source
    decoder: Decoder
    readings: Readings
    bank: Detection
    desk: AlertDesk


class Pipeline:
    """One thread that turns messages into findings and notices, and hands them to the keeper, whose thread makes the
    readings durable and acknowledges.

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
        connected: Callable[[], bool] | None = None,
    ) -> None:
        self._stages, self._clock, self._metrics = stages, clock, metrics
        self._sweep_every, self._next_sweep, self._next_beat = sweep_every, 0, 0.0
        self._housekeeping = housekeeping
        self._connected = connected
        self._was_connected: bool | None = True if connected is None else None
        self._stop = threading.Event()
        self.came_round = elapsed()
        """When the loop last came round, s on the monotonic clock: a stage that is waited for makes it old."""
        self._keeper = Keeper(stages.readings, stages.source, metrics)

    @property
    def behind(self) -> float:
        """How long, s, the oldest reading has waited for the store."""
        return self._keeper.behind

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; returns with nothing half done."""
        self._stop = stop
        self._keeper.start(stop)
        try:
            while not stop.is_set():
                self._keeper.check()
                self.came_round = elapsed()
                self.step(0.05)
                self.beat()
        except Stopping:
            log.warning("stopped_with_a_stage_down", consequence="unacknowledged messages will be redelivered")
        finally:
            self._keeper.finish()

    def step(self, timeout: float) -> int:
        """Take what has arrived as far as the keeper; returns how many messages."""
        messages = self._stages.source.take(timeout)
        if not messages:
            return 0
        began = stopwatch()
        intake = self._stages.decoder.decode(messages)
        now = self._clock.now()
        judged = self._stages.bank.assess(intake, now)
        if judged is not intake:
            self._metrics.doubted(self._stages.bank.artefacts)
        intake = judged
        findings = self._stages.bank.scan(intake, now)
        self._ledger(lambda: self._stages.desk.record(intake, findings, now))
        for event in intake.events:
            if event.event is EventType.ANSWER:
                self._answered(event, now)
        self._keeper.put(Lot(messages, intake, began))
        return len(messages)

    def _answered(self, event: PatientEvent, now: int) -> None:
        self._ledger(lambda: self._stages.desk.hear(event, now))

    def beat(self) -> None:
        """What time itself brings about: silence, missed measurements, escalation. At most every 20 ms of real time."""
        if elapsed() < self._next_beat:
            return
        self._next_beat = elapsed() + 0.02
        now = self._clock.now()
        if now < self._next_sweep:
            return
        self._next_sweep = now + self._sweep_every
        self._look_at_connection(now)
        findings = self._stages.bank.sweep(now)
        if findings:
            self._ledger(lambda: self._stages.desk.record(NOTHING, findings, now))
        self._ledger(lambda: self._stages.desk.tick(now))
        if self._housekeeping:
            self._housekeeping(now)

    def _look_at_connection(self, now: int) -> None:
        """Whether we hear the broker is a status like a device's: who hears nobody must call nobody silent. A process
        that starts has heard nobody yet: connected at once, it still waits for what the broker has queued.
        """
        heard = self._connected is None or self._connected()
        if heard == self._was_connected:
            return
        first, self._was_connected = self._was_connected is None, heard
        told = link_status(now, online=heard)
        before = link_status(now, online=False).statuses if first else ()
        findings = self._stages.bank.scan(replace(told, statuses=before + told.statuses), now)
        self._ledger(lambda: self._stages.desk.record(told, findings, now))

    def _ledger(self, work: Callable[[], object]) -> None:
        until_done("ledger", work, self._stop, self._metrics)
