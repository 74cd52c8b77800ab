"""What can happen to an alert."""

from dataclasses import dataclass, field
from typing import Any

from vitals.finding import Finding


@dataclass(frozen=True, slots=True)
class Found:
    """A detector's word. ``policy`` is the escalation policy that is frozen into the alert should it open."""

    finding: Finding
    policy: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Somebody takes it on."""

    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """Somebody declares it dealt with; ``outcome`` is a word for statistics (``helped``, ``false_alarm`` …)."""

    by: str
    outcome: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An acknowledged alert's follow-up time has come and it is not over."""


@dataclass(frozen=True, slots=True)
class Escalate:
    """Rung ``step`` (counted from 1) is told now; the next one is due at ``next_step_at``, None for never."""

    step: int
    next_step_at: int | None = None
    cause: str = "escalated"
    evidence: dict[str, Any] = field(default_factory=dict)


Event = Found | Acknowledge | Close | FollowUp | Escalate
