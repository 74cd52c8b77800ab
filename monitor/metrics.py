"""What the service counts about itself, for Prometheus, the demo's summary and the log."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from alerts.drill import is_drill
from monitor.sections import MetricsSettings
from vitals.alert import Alert, Delivery, Transition
from vitals.intake import Intake

log = structlog.get_logger(__name__)
_STEP_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5)


class Metrics:
    """Counters of one running service, in a registry of its own (several may live in one process)."""

    def __init__(self, *, speed: float = 1.0) -> None:
        self.registry = CollectorRegistry()
        self.messages = self._counter("messages", "MQTT messages acknowledged")
        self.readings = self._counter("readings", "readings accepted")
        self.rejects = Counter("homevigil_rejects", "readings or messages refused", ["reason"], registry=self.registry)
        self.artefacts = Counter("homevigil_artefacts", "readings doubted", ["reason"], registry=self.registry)
        self._doubted: dict[str, int] = {}
        self.notices = self._counter("notices", "notices accepted by a channel")
        self.alerts = Counter("homevigil_alerts", "alerts opened", ["kind", "severity"], registry=self.registry)
        self.changes = Counter(
            "homevigil_alert_changes",
            "lines of alerts' histories, by why",
            ["cause", "severity"],
            registry=self.registry,
        )
        self.budget = Gauge(
            "homevigil_alert_budget", "alerts per patient-day that can be answered", registry=self.registry
        )
        self.step_seconds = Histogram(
            "homevigil_step_seconds",
            "one lot of messages through every stage",
            buckets=_STEP_BUCKETS,
            registry=self.registry,
        )
        self.stage_up = Gauge("homevigil_stage_up", "1 while that part answers", ["part"], registry=self.registry)
        self._speed, self._lock = speed, threading.Lock()
        self._up: dict[str, bool] = {}
        self.latencies_ms: deque[float] = deque(maxlen=100_000)
        self.totals = {"messages": 0, "readings": 0, "rejects": 0, "notices": 0}

    def _counter(self, name: str, words: str) -> Counter:
        return Counter(f"homevigil_{name}", words, registry=self.registry)

    def took_in(self, intake: Intake, messages: int, seconds: float) -> None:
        """One lot of messages has passed every stage."""
        self.messages.inc(messages)
        self.readings.inc(len(intake.batch))
        self.step_seconds.observe(seconds)
        self.totals["messages"] += messages
        self.totals["readings"] += len(intake.batch)
        self.totals["rejects"] += len(intake.rejects)
        for reject in intake.rejects:
            self.rejects.labels(reject.reason.value).inc()

    def doubted(self, totals: Mapping[str, int]) -> None:
        """How many artefacts there were so far, by reason."""
        for reason, total in totals.items():
            self.artefacts.labels(reason).inc(total - self._doubted.get(reason, 0))
            self._doubted[reason] = total

    def recorded(self, alerts: Iterable[Alert], lines: Iterable[Transition]) -> None:
        """The desk has committed lines of alerts' histories, each with its alert."""
        for alert, line in zip(alerts, lines, strict=True):
            if is_drill(alert.key):
                continue
            self.changes.labels(line.cause, line.severity.word).inc()
            if line.seq == 1:
                self.alerts.labels(alert.kind.value, line.severity.word).inc()

    def sent(self, delivery: Delivery, now: int) -> None:
        """A channel accepted a notice; latency counts from the reading that caused it, in real milliseconds."""
        with self._lock:
            self.notices.inc()
            self.totals["notices"] += 1
            if delivery.triggered:
                self.latencies_ms.append((now - delivery.triggered) / self._speed)

    def down(self, part: str, why: str) -> None:
        """A part does not answer: said once, not once a try."""
        with self._lock:
            known = self._up.get(part) is False
            self._up[part] = False
        self.stage_up.labels(part).set(0)
        if not known:
            log.error("part_down", part=part, why=why, consequence="retried; nothing is acknowledged meanwhile")

    def up(self, part: str) -> None:
        """A part answers (again)."""
        if self._up.get(part):
            return
        with self._lock:
            again = part in self._up
            self._up[part] = True
        self.stage_up.labels(part).set(1)
        if again:
            log.info("part_up", part=part)


@contextmanager
def serve(metrics: Metrics, settings: MetricsSettings) -> Iterator[None]:
    """The Prometheus endpoint, where a port is set."""
    if settings.port is None:
        yield
        return
    server, thread = start_http_server(settings.port, settings.host, metrics.registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
