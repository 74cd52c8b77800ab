"""The second half of the data's way: readings made durable, then acknowledged, while the next ones are looked at.

Nobody who must be told waits for the readings' disk, and what gathers while it is busy is written together
(docs/adr/0003-alert-path.md). A store that is down stops the acknowledgements, not the alarms.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from monitor.metrics import Metrics
from monitor.ports import Readings, Source
from monitor.retry import until_done
from vitals.batch import Batch
from vitals.clock import stopwatch
from vitals.intake import Intake, Message

log = structlog.get_logger(__name__)

_ROOM = 32_768
"""Messages that may wait here: beyond, the pipeline waits too. At QoS 1 the broker's window is far smaller."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Messages that have been scanned and told; ``began`` when they were taken (s, monotonic)."""

    messages: Sequence[Message]
    intake: Intake
    began: float


class Keeper:
    """Takes lots in their order. Until its thread is started, and after it has ended, ``put`` does the work itself."""

    def __init__(self, readings: Readings, source: Source, metrics: Metrics) -> None:
        self._readings, self._source, self._metrics = readings, source, metrics
        self._lots: list[Lot] = []
        self._waiting = 0
        self._began: float | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stop, self._closing = threading.Event(), False
        self.fault: BaseException | None = None
        """What ended the thread before its time."""

    def start(self, stop: threading.Event) -> None:
        """Work in a thread of its own; a store that is down when ``stop`` is set is not waited for."""
        self._stop, self._closing = stop, False
        self._thread = threading.Thread(target=self._work, name="keeper")
        self._thread.start()

    def finish(self) -> None:
        """Keep what waits, unless the store is down, and end the thread."""
        thread, self._thread = self._thread, None
        if thread is not None:
            with self._changed:
                self._closing = True
                self._changed.notify_all()
            thread.join()

    def check(self) -> None:
        """Raise what ended the thread, if anything did."""
        if self.fault is not None:
            raise self.fault

    @property
    def behind(self) -> float:
        """How long, s, the oldest message has waited for the store; 0 when none waits."""
        began = self._began
        return 0.0 if began is None else stopwatch() - began

    def put(self, lot: Lot) -> None:
        """Take a lot over; waits while too many wait. Raises what ended the thread, if anything did."""
        if self._thread is None:
            self._keep([lot])
            return
        with self._changed:
            self._changed.wait_for(lambda: self._waiting < _ROOM or self.fault or self._stop.is_set())
            self.check()
            self._lots.append(lot)
            self._waiting += len(lot.messages)
            self._changed.notify_all()

    def _work(self) -> None:
        try:
            while lots := self._take():
                self._keep(lots)
        except BaseException as error:  # noqa: BLE001  (the pipeline's thread raises it)
            with self._changed:
                self.fault = error
                self._changed.notify_all()

    def _take(self) -> list[Lot]:
        """Everything that waits; nothing when there is nothing more to come."""
        with self._changed:
            self._changed.wait_for(lambda: self._lots or self._closing)
            lots, self._lots, self._waiting = self._lots, [], 0
            self._changed.notify_all()
            return lots

    def _keep(self, lots: list[Lot]) -> None:
        self._began = lots[0].began
        batch = Batch.concat([lot.intake.batch for lot in lots if len(lot.intake.batch)])
        if len(batch):
            until_done("store", lambda: self._readings.append(batch), self._stop, self._metrics)
        self._source.acknowledge([message for lot in lots for message in lot.messages])
        for lot in lots:
            self._metrics.took_in(lot.intake, len(lot.messages), stopwatch() - lot.began)
        self._began = None
