"""Alerts, their history, and the deliveries they cause."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from vitals.finding import FindingKey, Kind, Severity


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
    """One condition of one patient from its onset to its end; times in ms UTC.

    ``id`` is short, stable and derived from key and onset, so that a replay gives the same ids. ``holds`` says
    whether the condition still held when last seen; ``step`` is the escalation step reached.
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
