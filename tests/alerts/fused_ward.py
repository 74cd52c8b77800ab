"""A desk, told what was found at which minute of an episode."""

from tests.alerts.house import NO_INTAKE, NOON, SPO2, a_desk, found, told
from vitals.alert import Alert, AlertState
from vitals.finding import Finding, FindingKey, Severity
from vitals.times import MINUTE

BREATH = FindingKey("limit.high", "p1", "respiration_rate")
SCORE = FindingKey("early_warning", "p1")
SHIFT = FindingKey("baseline_shift.up", "p1", "heart_rate")
RISK = FindingKey("deterioration", "p1")
LOW, MEDIUM, HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH


def at(minute: float, severity: Severity, key: FindingKey, since: float | None = None) -> Finding:
    time = NOON + round(minute * MINUTE)
    return found(severity, key=key, time=time, onset=time if since is None else NOON + round(since * MINUTE))


class Ward:
    """A desk, told what was found at which minute."""

    def __init__(self) -> None:
        self.desk, self.ledger = a_desk()

    def find(self, minute: float, severity: Severity, key: FindingKey = SPO2, since: float | None = None) -> list[str]:
        self.last = self.desk.record(NO_INTAKE, [at(minute, severity, key, since)], NOON + round(minute * MINUTE))
        return told(self.last)

    def acknowledge(self, minute: float, **more: int) -> Alert:
        (alert,) = [a for a in self.ledger.live() if a.state is not AlertState.ACKNOWLEDGED]
        return self.desk.acknowledge(alert.id, "ana", NOON + round(minute * MINUTE), **more)

    @property
    def alert(self) -> Alert:
        (alert,) = self.ledger.live()
        return alert

    @property
    def causes(self) -> list[str]:
        return [line.cause for line in self.last.transitions]
