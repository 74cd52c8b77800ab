"""One demonstration: everything embedded, on one scaled clock, from the first message to the summary."""

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from monitor.app import App, open_app
from monitor.demo.latency import Latencies
from monitor.demo.people import MANAGER, demo_agency
from monitor.demo.sink import Sink
from monitor.demo.summary import DemoSummary, summarise
from monitor.demo.traffic import Traffic, TrafficProcess
from monitor.sections import BrokerSettings, LogSettings, WebSettings
from monitor.settings import Settings
from monitor.web import board_link
from simulators.demo import demo_fleet
from simulators.truth import Truth
from vitals.clock import ScaledClock, SystemClock, elapsed, stopwatch
from vitals.times import DAY, MINUTE, SECOND

_CURTAIN = 4.0
"""Real seconds for service and simulator to start, before the patients' time begins: nothing is published late."""
_SETTLE = 5.0
"""Real seconds in which, after the last message, everything on its way arrives."""
_WEB = WebSettings(port=0, link_valid=3_650 * DAY, session_valid=3_650 * DAY)
"""The board on any free port; its links end with the demo, for its clock runs fast and its key goes with it."""
_SHOW = 0.5
"""Real seconds between two looks: often enough to follow, seldom enough not to keep the service from its work."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How many patients, how fast, for how long (ms of real time; None: until stopped)."""

    patients: int
    speed: float
    duration: int | None
    seed: int
    board: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """What a display shows."""

    app: App
    sink: Sink
    truth: list[Truth]
    latencies: Latencies
    options: DemoOptions
    board: str | None = None
    """The operations manager's link to the live board; None where there is none."""


Show = Callable[[Scene], None]


def run_demo(options: DemoOptions, stop: threading.Event, show: Show, begun: Show = lambda _: None) -> DemoSummary:
    """Run until the time is up or ``stop`` is set; ``begun`` is called once, ``show`` twice a second. Leaves nothing
    behind.
    """
    began = stopwatch()
    clock = ScaledClock(SystemClock().now() // MINUTE * MINUTE, options.speed, elapsed() + _CURTAIN)
    span = round((options.duration or 3_600 * SECOND) * options.speed)
    with tempfile.TemporaryDirectory(prefix="homevigil-demo-") as folder, Sink(clock) as sink:
        fleet = demo_fleet(options.patients, options.seed, clock.start, span)
        agency = demo_agency(fleet.patients(), sink)
        settings = Settings(
            data_dir=Path(folder),
            broker=BrokerSettings(embedded=True),
            log=LogSettings(level="error"),
            web=_WEB if options.board else WebSettings(),
        )
        with open_app(settings, clock, agency=agency, speed=options.speed) as app:
            link = board_link(settings, MANAGER, clock.now(), app.web_port) if options.board else None
            scene = Scene(app, sink, fleet.truth(), Latencies(app.ledger, options.speed), options, link)
            begun(scene)
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
