"""Alerts, their history, and the deliveries they cause."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Self

from vitals.finding import FindingKey, Kind, Severity
from vitals.reason import Reason

REASONS = "reasons"
"""The entry of an alert's evidence that holds its reasons, once there are several."""
THROTTLED: Final = "throttled"
"""The result of a try to tell that did not take place: that phone has rung often enough for now."""
NOT_WANTED: Final = "not sent: answered, over or silenced"
"""The result of a try that did not take place: nobody waits for the notice, or not now."""
STOPPED: Final = "not sent: the service stopped"
"""The result of a try that did not take place: it is given back, for whoever sends next."""
UNTRIED: Final = (THROTTLED, NOT_WANTED, STOPPED)
"""Results of tries that did not take place: no channel has refused anything, and none counts as a try."""


class AlertState(StrEnum):
    """Where an alert stands. OPEN, ESCALATED and ACKNOWLEDGED are live; RESOLVED and CLOSED are over."""

    OPEN = "open"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def live(self) -> bool:
        return self in (AlertState.OPEN, AlertState.ESCALATED, AlertState.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Alert:
    """One event of one patient from its onset to its end; times in ms UTC.

    ``id`` is short, stable and derived from the key and onset it opened with, so that a replay gives the same ids.
    ``holds`` says whether the condition still held when last seen; ``step`` is the escalation step reached.

    An alert of an ``episode`` may have several reasons. Key, onset and evidence are then those of the leading one, the
    strongest that holds; ``evidence["reasons"]`` has them all. ``told_at`` is when people were last told.

    >>> key = FindingKey("limit.low", "p1", "spo2")
    >>> alert = Alert("A", key, Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN, 0, 60_000, 60_000)
    >>> [(reason.key.rule, reason.severity.word, reason.holds) for reason in alert.reasons]
    [('limit.low', 'high', True)]
    """

    id: str
    key: FindingKey
    kind: Kind
    severity: Severity
    state: AlertState
    onset: int
    opened: int
    updated: int
    evidence: dict[str, Any] = field(default_factory=dict)
    holds: bool = True
    latched: bool = False
    seq: int = 0
    """How many transitions it has had; the newest one's number."""
    step: int = 0
    next_step_at: int | None = None
    acknowledged_by: str = ""
    follow_up_at: int | None = None
    policy: dict[str, Any] = field(default_factory=dict)
    episode: str = ""
    """Which kind of event of the patient it is about; findings of the same join it. Empty: it stays alone."""
    told_at: int | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """All of them, in the order they came; one that has cleared stays, and says so."""
        rows = self.evidence.get(REASONS) if self.episode else None
        if rows:
            return tuple(Reason.of(row, self.key.patient) for row in rows)
        told = Severity.CLEAR if self.told_at is None else self.severity
        cleared = None if self.holds else self.updated
        opened = self.opened
        return (Reason(self.key, self.severity, self.onset, opened, self.holds, cleared, told, self.evidence),)

    def parts(self) -> Iterator[Self]:
        """An alert for each reason that holds, as detectors know them; an alert of one reason as it is.

        >>> key = FindingKey("limit.low", "p1", "spo2")
        >>> alert = Alert("A", key, Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN, 0, 60_000, 60_000)
        >>> list(alert.parts()) == [alert]
        True
        """
        if not (self.episode and self.evidence.get(REASONS)):
            yield self
            return
        for it in self.reasons:
            if it.holds:
                yield replace(self, key=it.key, severity=it.severity, onset=it.since, evidence=it.evidence, episode="")


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of an alert's history, never changed. ``cause`` is a word for machines, ``actor`` who did it."""

    alert: str
    seq: int
    time: int
    state: AlertState
    severity: Severity
    cause: str
    actor: str = "system"
    note: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


class DeliveryState(StrEnum):
    """PENDING waits for its time, LEASED is with a worker, SENT was accepted by the channel, DEAD was given up."""

    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice to one person over one channel. ``key`` makes it unique: a notice is never queued twice.

    ``channel`` names the person's channel (never its secret URL); ``due`` is when it may go, ``lease_until`` how
    long a worker holds it; ``result`` is what the channel last said.
    """

    key: str
    alert: str
    seq: int
    recipient: str
    channel: str
    due: int
    created: int
    state: DeliveryState = DeliveryState.PENDING
    severity: Severity = Severity.HIGH
    attempts: int = 0
    lease_until: int | None = None
    leased_by: str = ""
    sent_at: int | None = None
    result: str = ""
    title: str = ""
    body: str = ""
    triggered: int = 0
    """When the reading that caused it was published or received, ms UTC: latency is counted from here."""
    urgent: bool = False
    """Somebody has called for help: it goes first and at once, however mild the alert."""

    @property
    def rank(self) -> Severity:
        """How soon it goes, among others."""
        return Severity.HIGH if self.urgent else self.severity
