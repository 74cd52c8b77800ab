"""The composition root: what the service is made of, started and stopped in one place."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import structlog

from alerts.desk import Desk
from alerts.oldness import LATE
from alerts.outbox import Outbox
from alerts.ports import Ledger
from detectors.scan import Bank
from ingest.decode import IntakeDecoder
from ingest.decoders import DECODERS
from ingest.directory import Directory
from ingest.mqtt import MqttSource
from ingest.routes import filters, routes_of
from ingest.validate import TimePolicy
from monitor import ports
from monitor.answering import Answers
from monitor.board import the_board
from monitor.broker import EmbeddedBroker
from monitor.digesting import digesting
from monitor.drilling import drilling
from monitor.drills import drill_here
from monitor.housekeeping import Housekeeping
from monitor.metrics import Metrics
from monitor.notary import sealing
from monitor.parts import (
    mqtt_settings,
    note_port,
    the_agency,
    the_broker,
    the_digests,
    the_ledger,
    the_outbox,
    the_readings,
    the_source,
)
from monitor.pipeline import NOTHING, Pipeline, Stages, link_status
from monitor.settings import Settings
from monitor.watched import Vitals, watched
from monitor.web import the_links, web
from store.ledger import SqlLedger
from vitals.agency import Agency
from vitals.batch import Batch
from vitals.clock import Clock
from vitals.intake import BROKER, Intake
from vitals.times import DAY

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class App:
    """The running service, for those who look at it from outside (the demo, a board, tests)."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    broker: EmbeddedBroker | None
    source: MqttSource
    readings: ports.Readings
    ledger: SqlLedger
    bank: Bank
    desk: Desk
    outbox: Outbox
    web_port: int | None
    """Where the pages are served; None where they are not."""
    crashed: threading.Event
    """Set when the pipeline has ended by a fault of its own: then the service must end, and be started again."""


@contextmanager
def open_app(settings: Settings, clock: Clock, *, agency: Agency | None = None, speed: float = 1.0) -> Iterator[App]:
    """Start everything in order, and on leaving stop it in the opposite order.

    ``agency`` is imported first, where one is given. The order matters: what receives starts before what sends to it,
    and the source stops first, so that nothing arrives that can no longer be told.
    """
    with ExitStack() as stack:
        metrics = Metrics(speed=speed)
        ledger = stack.enter_context(the_ledger(settings))
        stack.enter_context(sealing(ledger))
        if agency is not None:
            ledger.import_agency(agency, clock.now())
        people = the_agency(ledger)
        readings = the_readings(settings)
        stack.callback(readings.close)
        bank = Bank(readings.series, people)
        bank.learn(ledger.events(clock.now() - DAY))
        said = (*ledger.resolved(clock.now() - DAY), *ledger.holding(clock.now()))
        bank.warm(readings, said, clock.now(), ledger.ordered_since())
        desk = Desk(as_ledger(ledger), clock, people, late=max(LATE, settings.ingest.late_after))
        desk.heard = lambda done: metrics.recorded(done.alerts, done.transitions)
        metrics.budget.set(settings.alerts.budget)
        desk.links = the_links(settings)
        outbox = stack.enter_context(the_outbox(settings, ledger, desk, clock, metrics.sent))
        if settings.alerts.digests:
            stack.enter_context(digesting(lambda breathe: the_digests(ledger, desk, outbox, clock, breathe), clock))
        broker = stack.enter_context(the_broker(settings)) if settings.broker.embedded else None
        note_port(settings, broker)
        routes = routes_of(settings.ingest.routes, DECODERS)
        decoder = IntakeDecoder(
            routes,
            Directory.of(people, settings.ingest.unknown_patients),
            readings.series,
            TimePolicy(late_after=settings.ingest.late_after, max_age=settings.ingest.max_age),
        )
        source = the_source(mqtt_settings(settings, filters(routes), broker), clock, metrics)
        housekeeping = Housekeeping(settings, ledger, readings, decoder=decoder, bank=bank, desk=desk)
        pipeline = Pipeline(
            Stages(source, decoder, readings, bank, desk),
            clock,
            metrics,
            housekeeping=housekeeping.tend,
            connected=lambda: source.connected,
        )
        desk.record(NOTHING, bank.scan(_known(ledger, clock.now()), clock.now()), clock.now())
        crashed = threading.Event()
        stack.enter_context(_running(pipeline, source, crashed))
        answers = Answers(desk, ledger, desk.links, clock)
        web_port = stack.enter_context(
            web(settings.web, answers, answers, lambda: the_board(settings, desk, ledger, clock))
        )
        drills = drilling(ledger, lambda: drill_here(settings, ledger, desk, clock), clock, settings.watch.drill_every)
        signs = Vitals(pipeline, ledger, clock, speed, stack.enter_context(drills))
        stack.enter_context(watched(settings.watch, signs))
        log.info("started", patients=len(people.patients), people=len(people.caregivers), series=len(readings.series))
        yield App(settings, clock, metrics, broker, source, readings, ledger, bank, desk, outbox, web_port, crashed)
    log.info("stopped")


def _known(ledger: SqlLedger, now: int) -> Intake:
    """What the devices said last, and that the broker is not heard yet: silence waits for its queue."""
    said = [status for status in ledger.devices() if status.device != BROKER or not status.online]
    return Intake(Batch.empty(), statuses=(*said, *link_status(now, online=False).statuses))


def as_ledger(ledger: SqlLedger) -> Ledger:
    """The proof that our ledger is what the desk asks for."""
    return ledger


@contextmanager
def _running(pipeline: Pipeline, source: MqttSource, crashed: threading.Event) -> Iterator[None]:
    """The pipeline's thread, fed by the source; both have ended on leaving."""
    stop = threading.Event()

    def work() -> None:
        try:
            pipeline.run(stop)
        except Exception:
            log.exception("pipeline_crashed", consequence="the service ends; what is unacknowledged is redelivered")
            crashed.set()

    thread = threading.Thread(target=work, name="pipeline")
    thread.start()
    source.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        source.stop()
