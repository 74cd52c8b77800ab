"""What a demonstration amounted to: each injected episode, who was told of it, and how fast."""

import json
from dataclasses import dataclass
from typing import Any

from alerts.suppress import can_wait
from monitor.app import App
from monitor.demo.latency import Latencies, percentile
from monitor.demo.sink import Sink
from simulators.truth import Truth
from vitals.alert import Alert, Delivery
from vitals.times import MINUTE

_NOTICEABLE = 15 * MINUTE
"""From fully set in to told at the latest: a glucose sensor speaks every 5 min, and is believed the second time."""


@dataclass(frozen=True, slots=True)
class Told:
    """One injected episode or fault: the alert that noticed it, when (ms of the clock), and who was told. Without a
    time, the alert waits for the next handover.
    """

    truth: Truth
    alert: Alert | None
    time: int | None
    people: tuple[str, ...]
    due: bool = True
    """Whether it had time to be noticed."""

    @property
    def claimed(self) -> bool:
        """Whether our detectors claim to see it, and somebody must have been told by now."""
        return bool(self.truth.detectable) and (self.due or self.time is not None)


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """Counts, latencies in real milliseconds, and each injected episode."""

    patients: int
    messages: int
    readings: int
    rejects: int
    alerts: int
    notices: int
    p50: float | None
    p99: float | None
    seconds: float
    told: tuple[Told, ...]

    @property
    def missed(self) -> tuple[Told, ...]:
        """Claimed, and nobody was told."""
        return tuple(t for t in self.told if t.claimed and t.time is None)

    def json(self) -> str:
        """One line for machines."""
        row: dict[str, Any] = {
            "patients": self.patients, "messages": self.messages, "readings": self.readings, "rejects": self.rejects,
            "alerts": self.alerts, "notices": self.notices, "latency_ms": {"p50": self.p50, "p99": self.p99},
            "seconds": round(self.seconds, 3),
            "episodes": [
                {"patient": t.truth.patient, "name": t.truth.name, "claimed": t.claimed, "told": t.time is not None}
                for t in self.told
            ],
        }  # fmt: skip
        return json.dumps(row)


def summarise(truths: list[Truth], app: App, sink: Sink, latencies: Latencies, seconds: float) -> DemoSummary:
    """Hold what was injected against what was told."""
    alerts = app.ledger.alerts(limit=None)
    sent = latencies.look(limit=None)
    now, totals = app.clock.now(), app.metrics.totals
    return DemoSummary(
        patients=len(app.desk.roster.agency.patients),
        messages=totals["messages"],
        readings=totals["readings"],
        rejects=totals["rejects"],
        alerts=len(alerts),
        notices=len(sink.notices),
        p50=percentile(latencies.values, 50),
        p99=percentile(latencies.values, 99),
        seconds=seconds,
        told=tuple(_told(truth, alerts, sent, now) for truth in truths if truth.full <= now and truth.expected),
    )


def _told(truth: Truth, alerts: list[Alert], sent: list[Delivery], now: int) -> Told:
    """The first notice about an alert that the episode was expected to raise, or to join."""
    expected = {a.id: a for a in alerts if _fits(truth, a)}
    about = [d for d in sent if d.alert in expected]
    since = [d for d in about if d.created >= truth.onset]
    notices = sorted(since or about, key=lambda d: d.sent_at or 0)
    if not notices:
        waiting = next((alert for alert in expected.values() if can_wait(alert)), None)
        return Told(truth, waiting, None, (), due=waiting is None and truth.full + _NOTICEABLE <= now)
    alert = expected[notices[0].alert]
    people = tuple(dict.fromkeys(d.recipient for d in notices if d.alert == alert.id))
    return Told(truth, alert, notices[0].sent_at, people)


def _fits(truth: Truth, alert: Alert) -> bool:
    rules = truth.detectable or tuple(rule for rule, _ in truth.expected)
    return alert.key.patient == truth.patient and any(
        it.joined >= truth.onset and it.key.rule.startswith(rules) for it in alert.reasons
    )
