"""One demonstration: everything embedded, on one scaled clock, from the first message to the summary."""

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from monitor.app import App, open_app
from monitor.demo.latency import Latencies
from monitor.demo.people import demo_agency
from monitor.demo.sink import Sink
from monitor.demo.summary import DemoSummary, summarise
from monitor.demo.traffic import Traffic, TrafficProcess
from monitor.sections import BrokerSettings, LogSettings
from monitor.settings import Settings
from simulators.demo import demo_fleet
from simulators.truth import Truth
from vitals.clock import ScaledClock, SystemClock, elapsed, stopwatch
from vitals.times import MINUTE, SECOND

_CURTAIN = 4.0
"""Real seconds for service and simulator to start, before the patients' time begins: nothing is published late."""
_SETTLE = 5.0
"""Real seconds in which, after the last message, everything on its way arrives."""
_SHOW = 0.5
"""Real seconds between two looks: often enough to follow, seldom enough not to keep the service from its work."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How many patients, how fast, for how long (ms of real time; None: until stopped)."""

    patients: int
    speed: float
    duration: int | None
    seed: int


@dataclass(frozen=True, slots=True)
class Scene:
    """What a display shows."""

    app: App
    sink: Sink
    truth: list[Truth]
    latencies: Latencies
    options: DemoOptions


Show = Callable[[Scene], None]


def run_demo(options: DemoOptions, stop: threading.Event, show: Show) -> DemoSummary:
    """Run until the time is up or ``stop`` is set; ``show`` is called twice a second. Leaves nothing behind."""
    began = stopwatch()
    clock = ScaledClock(SystemClock().now() // MINUTE * MINUTE, options.speed, elapsed() + _CURTAIN)
    span = round((options.duration or 3_600 * SECOND) * options.speed)
    with tempfile.TemporaryDirectory(prefix="homevigil-demo-") as folder, Sink(clock) as sink:
        fleet = demo_fleet(options.patients, options.seed, clock.start, span)
        agency = demo_agency(fleet.patients(), sink)
        settings = Settings(data_dir=Path(folder), broker=BrokerSettings(embedded=True), log=LogSettings(level="error"))
        with open_app(settings, clock, agency=agency, speed=options.speed) as app:
            scene = Scene(app, sink, fleet.truth(), Latencies(app.ledger, options.speed), options)
            _run(scene, clock, stop, show)
            summary = summarise(scene.truth, app, sink, scene.latencies, stopwatch() - began)
    return summary


def _run(scene: Scene, clock: ScaledClock, stop: threading.Event, show: Show) -> None:
    options, app = scene.options, scene.app
    where = app.source.settings
    traffic = Traffic(
        options.patients, options.seed, clock.start, round((options.duration or 3_600 * SECOND) * options.speed),
        options.speed, clock.origin, where.host, where.port,
    )  # fmt: skip
    with TrafficProcess(traffic) as devices:
        end = max(elapsed(), clock.origin) + options.duration / SECOND if options.duration else float("inf")
        while not stop.wait(_SHOW) and elapsed() < end:
            show(scene)
        published = devices.stop()
    _settle(scene, published, show)


def _settle(scene: Scene, published: int, show: Show) -> None:
    """Wait for what is on its way: every published message taken in, every notice handed over."""
    pause, deadline = threading.Event(), elapsed() + _SETTLE
    while elapsed() < deadline and (scene.app.metrics.totals["messages"] < published or scene.app.outbox.held):
        pause.wait(0.05)
    show(scene)
