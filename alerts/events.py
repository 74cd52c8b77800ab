"""What can happen to an alert."""

from dataclasses import dataclass, field
from typing import Any

from vitals.finding import Finding


@dataclass(frozen=True, slots=True)
class Found:
    """A detector's word. ``policy`` is the escalation policy that is frozen into the alert should it open, ``episode``
    what else may join it then.
    """

    finding: Finding
    policy: dict[str, Any] = field(default_factory=dict)
    episode: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Somebody takes it on: what they have been told, or, where ``seen`` is the alert's newest line, all of it.

    It is told again at ``until`` (ms UTC; None: as the policy says). ``cause`` is what they said.
    """

    by: str
    note: str = ""
    seen: int | None = None
    until: int | None = None
    cause: str = "acknowledged"
    evidence: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CallForHelp:
    """Somebody needs more people: the next rung is told now."""

    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recheck:
    """Somebody has just answered: is there more to it than they had been told."""


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


Event = Found | Acknowledge | CallForHelp | Recheck | Close | FollowUp | Escalate
