"""What every change of an alert is made of: the alert as it stands then, and the line its history gains."""

from dataclasses import replace
from typing import Any

from vitals.alert import REASONS, Alert, AlertState, Transition
from vitals.finding import Finding

Change = tuple[Alert, Transition]


def entry(
    alert: Alert, now: int, cause: str, *, actor: str = "system", note: str = "", evidence: dict[str, Any] | None = None
) -> Change:
    """The next line in the alert's history; it shows the alert's evidence, or what is given."""
    alert = replace(alert, seq=alert.seq + 1, updated=now)
    shown = alert.evidence if evidence is None else evidence
    return alert, Transition(alert.id, alert.seq, now, alert.state, alert.severity, cause, actor, note, shown)


def told_anew(alert: Alert, now: int, cause: str) -> Change:
    """Told from the first rung, whatever was answered before: that answer was to something milder or older."""
    anew = replace(
        alert,
        state=AlertState.OPEN,
        holds=True,
        step=0,
        next_step_at=now,
        acknowledged_by="",
        follow_up_at=None,
    )
    return entry(anew, now, cause)


def shown(finding: Finding) -> dict[str, Any]:
    """What an alert shows; ``seen`` is when the reading that showed it was taken, ``latest`` when it last began.

    Ours last: an event's evidence is whatever a device sent. The entry ``reasons`` is the alert's own.
    """
    given = finding.evidence
    if REASONS in given:
        given = {("given_reasons" if name == REASONS else name): value for name, value in given.items()}
    return {**given, "seen": finding.time, "latest": finding.onset}
