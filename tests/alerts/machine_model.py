"""What the desk's machine knows of the world by itself: what holds, since when, and what people have ended."""

from dataclasses import replace
from typing import Any, NamedTuple

from hypothesis.stateful import RuleBasedStateMachine

from tests.alerts.house import GLUCOSE, NOON, PULSE, SPO2, found
from tests.alerts.machine_ledgers import InMemory, Records
from tests.alerts.machine_people import HOUSE
from tests.alerts.machine_world import World
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.plan import EscalationPolicy
from vitals.silence import Silence

SOS = FindingKey("event.sos", "p1", device="button")
SILENT = FindingKey("gap.silent", "p1", device="hub")
KEYS = (SPO2, PULSE, GLUCOSE, SOS, FindingKey("early_warning", "p1"), SILENT, SILENT._replace(rule="gap.offline"))
HOLD_OFF = EscalationPolicy().hold_off


class Raised(NamedTuple):
    """When a condition was last raised: in which alert, by which line, how far; and when it cleared."""

    alert: str
    seq: int
    severity: Severity
    cleared: int | None


class Model(RuleBasedStateMachine):
    """``truth`` is what detectors say now; ``quiet_until`` how long silences and pauses may hold notices back, and
    ``away_until`` a pause alone (ms).
    """

    make: Any = InMemory
    """The ledger it runs on."""

    def __init__(self) -> None:
        super().__init__()
        self.records: Records = self.make(HOUSE)
        self.world = World(self.records, NOON)
        self.clock = self.world.clock
        self.truth: dict[FindingKey, tuple[Severity, int]] = {}
        self.raised: dict[FindingKey, Raised] = {}
        self.closed: dict[FindingKey, tuple[int, Severity]] = {}
        self.quiet_until = self.away_until = 0

    def live(self) -> list[Alert]:
        return sorted((a for a in self.records.alerts().values() if a.state.live), key=lambda a: a.id)

    def others(self, name: str) -> tuple[dict[str, Any], ...]:
        """Every other alert, and every notice of others. Ending a silence may bring forward what waits for its end."""
        alerts, notices = self.records.alerts(), self.records.deliveries()
        untimed = {k: replace(a, next_step_at=None, follow_up_at=None) for k, a in alerts.items() if k != name}
        return untimed, {k: d for k, d in notices.items() if d.alert != name}

    def waits(self, name: str) -> dict[str, int]:
        """Until when each other live alert waits."""
        return {a.id: a.follow_up_at or a.next_step_at or 0 for a in self.live() if a.id != name}

    def silences(self) -> list[Silence]:
        now = self.clock.now()
        return [it for it in self.world.ledger.silences(now) if it.holds(now)]

    def holder(self, key: FindingKey) -> Alert | None:
        """The live alert that says this condition holds."""
        return next((a for a in self.live() if key in {it.key for it in a.reasons if it.holds}), None)

    def comes(self, key: FindingKey, severity: Severity, now: int) -> Finding:
        """A condition begins, or goes on as severe as this; a press of the button is each time a new one."""
        severity = Severity.HIGH if key is SOS else severity
        onset = now if key is SOS else self.truth.get(key, (severity, now))[1]
        self.truth[key] = (severity, onset)
        kind = Kind.TECHNICAL if key.rule.startswith("gap.") else Kind.PHYSIOLOGICAL
        return found(severity, key=key, time=now, onset=onset, latched=key is SOS, kind=kind)

    def goes(self, key: FindingKey, now: int) -> Finding:
        """A condition is over."""
        if key in self.truth and key in self.raised:
            self.raised[key] = self.raised[key]._replace(cleared=now)
        self.truth.pop(key, None)
        return found(Severity.CLEAR, key=key, time=now)

    def note(self, finding: Finding) -> None:
        """From which line of which alert on people can have heard of the condition as it is now."""
        key, severity = finding.key, finding.severity
        alert, before = self.holder(key), self.raised.get(key)
        if alert is None:
            since, level = self.closed[key]
            self.closed[key] = since, min(level, severity)
            return
        new = Raised(alert.id, alert.seq, severity, None)
        if before is None or before.alert != alert.id or severity > before.severity:
            self.raised[key] = new
        elif before.cleared is not None:
            soon = self.clock.now() - before.cleared <= getattr(HOLD_OFF, severity.word)
            self.raised[key] = before._replace(cleared=None) if soon else new
        else:
            self.raised[key] = before._replace(severity=severity)

    def ended(self, alert: Alert) -> None:
        """A person has closed an alert: that answers all that held of it, as it was."""
        for it in alert.reasons:
            if it.holds and it.key in self.truth:
                severity, onset = self.truth[it.key]
                self.closed[it.key] = onset, severity
                self.raised.pop(it.key, None)
