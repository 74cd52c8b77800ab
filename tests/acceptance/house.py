"""A home in miniature: every stage in one process, joined as monitor/app.py joins them, on a clock moved by hand."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numpy.random import default_rng
from pydantic import SecretStr

from alerts.attempt import Sender
from alerts.desk import Desk
from alerts.links import Links
from alerts.outbox import Outbox
from alerts.second_way import SecondWay
from detectors.scan import Bank
from ingest.decode import IntakeDecoder
from ingest.directory import Directory
from ingest.routes import DEFAULT_ROUTES
from monitor.metrics import Metrics
from monitor.pipeline import Pipeline, Stages
from monitor.watchdog import Tolerance, Watchdog
from monitor.watched import Vitals
from monitor.ways import Outside
from store.duckdb import DuckDBReadings
from store.ledger import open_ledger
from tests.acceptance.doorstep import Broker, Phones
from tests.acceptance.people import START, at
from vitals.agency import Agency
from vitals.clock import ManualClock
from vitals.errors import UnavailableError
from vitals.times import DAY, MINUTE, SECOND, parse_duration

EMERGENCY = "emergency"
"""The second path: who is told when notices cannot be sent."""


class House:
    """The machinery; what people do and see in it is in :class:`tests.acceptance.home.Home`."""

    def __init__(self, folder: Path, ledger: str, agency: dict[str, Any], start: str = "") -> None:
        self.folder, self.address, self.agency = folder, ledger, Agency.model_validate(agency)
        self.clock = ManualClock(at(start) if start else START)
        self.phones, self.broker = Phones(self.clock), Broker()
        self.outbox: Outbox | None = None
        self._look_at = 0
        self._open()

    def _open(self) -> None:
        self.readings = DuckDBReadings(self.folder / "readings.duckdb")
        self.ledger = open_ledger(self.address, durable=False)  # a scene kills the service, never the machine
        if self.ledger.agency() != self.agency:
            self.ledger.import_agency(self.agency, self.clock.now())
        self.bank = Bank(self.readings.series, self.agency)
        self.bank.learn(self.ledger.events(self.clock.now() - DAY))
        said = (*self.ledger.resolved(self.clock.now() - DAY), *self.ledger.holding(self.clock.now()))
        self.bank.warm(self.readings, said, self.clock.now(), self.ledger.ordered_since())
        self.desk = Desk(self.ledger, self.clock, self.agency)
        self.links = self.desk.links = Links("https://care.example", b"0123456789abcdef")
        decoder = IntakeDecoder(DEFAULT_ROUTES, Directory.of(self.agency), self.readings.series)
        stages = Stages(self.broker, decoder, self.readings, self.bank, self.desk)
        self.pipeline, self._stop = self._pipeline(stages), threading.Event()
        second = SecondWay(self.ledger, lambda: self.desk.roster, lambda: None)
        asked = (self.desk.address, self.desk.renew, self.clock, default_rng(0))
        self.sender = Sender(self.phones, *asked, on_failed=second)
        ways = Outside(self.phones, None, [SecretStr(f"console://{EMERGENCY}")])
        signs = Vitals(self.pipeline, self.ledger, self.clock)
        self.watchdog = Watchdog(signs, ways, Tolerance(store=0), every=60)  # the store is waited for in real time

    def _pipeline(self, stages: Stages) -> Pipeline:
        return Pipeline(stages, self.clock, Metrics(), connected=lambda: self.broker.reachable)

    def close(self) -> None:
        """As a crash would end it: what waits in memory is gone."""
        self._stop.set()
        self.pipeline._keeper.finish()
        if self.outbox is not None:
            for hung in self.phones.hanging.values():
                hung.set()
            self.outbox.stop()
        self.readings.close()
        self.ledger.close()

    def restart(self, down: str = "0s") -> None:
        """Stop, be away for a while, and come back with what the disk and the broker hold."""
        self.close()
        self.clock.advance(parse_duration(down))
        self.broker.redeliver()
        self._open()
        self._work()

    # time

    def until(self, time: int, enough: Callable[[], object] = lambda: False) -> None:
        """Let time go by, in steps of ten seconds, longer ones over hours; no further than ``enough`` says."""
        step = min(5 * MINUTE, max(10 * SECOND, (time - self.clock.now()) // 120))
        while not enough():
            if self.clock.now() + step > time:
                self.clock.set(time)
                return
            self.clock.advance(step)
            self._work()

    def _work(self) -> None:
        """What the threads of the service do, once round."""
        self.pipeline.step(0)
        self.pipeline._next_beat = 0.0
        self.pipeline.beat()
        self._deliver()
        if self.clock.now() >= self._look_at:
            self._look_at = self.clock.now() + 30 * SECOND
            self.watchdog.look_once(self.clock.now() / SECOND)

    def _deliver(self) -> None:
        """The outbox, without threads: whatever is due goes out now."""
        now = self.clock.now()
        while self.outbox is None and (due := self.ledger.lease("test", now, now + MINUTE, 1000)):
            self.ledger.mark([self.sender.attempt(delivery) for delivery in due])

    # what breaks

    def with_real_outbox(self) -> None:
        """From now on notices leave through the real outbox and its threads."""
        self.outbox = Outbox(self.ledger, self.clock, self.sender, worker="test")
        self.desk.connect(self.outbox)
        self.outbox.start()

    def store_goes_down(self) -> None:
        def append(_batch: object) -> None:
            raise UnavailableError("the store is away")

        self.readings.append = append  # type: ignore[method-assign]
        self.pipeline._keeper.start(self._stop)

    def store_comes_back(self) -> None:
        """What has waited for it is written before this returns."""
        del self.readings.append  # type: ignore[misc]
        self.pipeline._keeper.finish()
