"""The life of an alert, as a pure function: what an event makes of it, and the line its history gains.

Priorities and latching after IEC 60601-1-8: acknowledging one alarm condition never affects another (an event
concerns exactly one alert here), and a latched alarm goes on until a person ends it.
"""

from dataclasses import replace

from alerts.entries import Change, entry, shown, told_anew
from alerts.episode import found_in, marked
from alerts.errors import AlertOverError, AlreadyAcknowledgedError
from alerts.events import Acknowledge, CallForHelp, Close, Escalate, Event, FollowUp, Found, Recheck
from alerts.fusion import owed
from alerts.identity import alert_id
from alerts.suppress import can_wait
from vitals.alert import Alert, AlertState
from vitals.finding import Finding, Severity
from vitals.times import MINUTE

_ANEW = frozenset({"snoozed", "on_my_way", "checked"})
"""What can be said of an alert that somebody has already."""


def transition(alert: Alert | None, event: Event, now: int) -> Change | None:
    """What ``event`` makes of ``alert`` at ``now`` (ms UTC), or None when it changes nothing.

    Raises AlreadyAcknowledgedError or AlertOverError when a person asks for what cannot be.

    >>> from vitals.finding import FindingKey, Kind
    >>> low = Finding(FindingKey("limit.low", "p1", "spo2"), Kind.PHYSIOLOGICAL, Severity.MEDIUM, 60_000, 0)
    >>> alert, line = transition(None, Found(low), 61_000)
    >>> alert.state.value, line.cause, transition(alert, Found(low), 62_000)
    ('open', 'found', None)
    """
    if isinstance(event, Found):
        return _take(alert, event, now)
    if alert is None:
        raise ValueError(f"{type(event).__name__} needs an alert: only a finding opens one")
    answered = _answer(alert, event, now)
    return _by_time(alert, event, now) if answered is None else answered


def _take(alert: Alert | None, event: Found, now: int) -> Change | None:
    if alert is None:
        return _open(event, now)
    return found_in(alert, event.finding, now) if alert.episode else _found(alert, event.finding, now)


def _answer(alert: Alert, event: Event, now: int) -> Change | None:
    if isinstance(event, Acknowledge):
        return _acknowledge(alert, event, now)
    if isinstance(event, CallForHelp):
        return _call_for_help(alert, event, now)
    return _close(alert, event, now) if isinstance(event, Close) else None


def _by_time(alert: Alert, event: Event, now: int) -> Change | None:
    if isinstance(event, Recheck):
        return _recheck(alert, now)
    if isinstance(event, FollowUp):
        return _follow_up(alert, now)
    return _escalate(alert, event, now) if isinstance(event, Escalate) else None


def _open(event: Found, now: int) -> Change | None:
    finding = event.finding
    if finding.severity is Severity.CLEAR:
        return None
    alert = Alert(
        alert_id(finding.key, finding.onset),
        finding.key,
        finding.kind,
        finding.severity,
        AlertState.OPEN,
        onset=finding.onset,
        opened=now,
        updated=now,
        evidence=shown(finding),
        latched=finding.latched,
        next_step_at=now,
        policy=event.policy,
        episode=event.episode,
    )
    return entry(alert, now, "found")


def _found(alert: Alert, finding: Finding, now: int) -> Change | None:
    """Of an alert that stays alone."""
    if not alert.state.live:
        return _reopen(alert, finding, now)
    if finding.severity is Severity.CLEAR:
        return _clear(alert, finding, now)
    if finding.severity > alert.severity:
        return _tell_anew(alert, finding, now, "worsened")
    if finding.severity < alert.severity and not alert.latched:
        return entry(replace(alert, severity=finding.severity, evidence=shown(finding)), now, "milder")
    if _happened_again(alert, finding):
        return _tell_anew(alert, finding, now, "again")
    return None


def _reopen(alert: Alert, finding: Finding, now: int) -> Change | None:
    """A closed alert whose same condition (same onset) grew worse speaks again; a replay of an old one does not."""
    if alert.state is not AlertState.CLOSED:
        return None
    if finding.severity is Severity.CLEAR:
        over = replace(alert, holds=False)
        return entry(over, now, "cleared", evidence=finding.evidence) if alert.holds else None
    if finding.severity < alert.severity and not alert.latched:
        return entry(replace(alert, severity=finding.severity), now, "milder")
    return _tell_anew(alert, finding, now, "worsened") if finding.severity > alert.severity else None


def _clear(alert: Alert, finding: Finding, now: int) -> Change | None:
    if not alert.holds:
        return None
    if alert.latched:
        return entry(replace(alert, holds=False), now, "cleared", evidence=finding.evidence)
    over = replace(alert, state=AlertState.RESOLVED, holds=False, next_step_at=None, follow_up_at=None)
    return entry(over, now, "cleared", evidence=finding.evidence)


def _happened_again(alert: Alert, finding: Finding) -> bool:
    """A latched event (a second press of the button) that is newer than what was acknowledged or had ended."""
    answered = alert.state is AlertState.ACKNOWLEDGED or not alert.holds
    return alert.latched and answered and finding.onset > alert.evidence.get("latest", alert.onset)


def _tell_anew(alert: Alert, finding: Finding, now: int, cause: str) -> Change:
    severity = max(finding.severity, alert.severity)
    latched = alert.latched or finding.latched
    return told_anew(replace(alert, severity=severity, evidence=shown(finding), latched=latched), now, cause)


def _acknowledge(alert: Alert, event: Acknowledge, now: int) -> Change:
    if not alert.state.live:
        raise AlertOverError(alert)
    if alert.state is AlertState.ACKNOWLEDGED and event.cause not in _ANEW:
        raise AlreadyAcknowledgedError(alert)
    follow_up = event.until or now + int(alert.policy.get("follow_up", 30 * MINUTE))
    taken = replace(
        marked(alert, alert.told_at or now) if _seen(alert, event) else alert,
        state=AlertState.ACKNOWLEDGED,
        acknowledged_by=event.by,
        follow_up_at=follow_up,
        next_step_at=None,
    )
    return entry(taken, now, event.cause, actor=event.by, note=event.note, evidence=event.evidence)


def _seen(alert: Alert, event: Acknowledge) -> bool:
    """Whether they had all of it before their eyes: so has whoever answers what was to wait for the handover."""
    return can_wait(alert) or (event.seen is not None and event.seen >= alert.seq)


def _call_for_help(alert: Alert, event: CallForHelp, now: int) -> Change:
    """Whoever has it is not enough: it climbs from the rung where it stands, at once."""
    if not alert.state.live:
        raise AlertOverError(alert)
    state = AlertState.ESCALATED if alert.step else AlertState.OPEN
    climbing = replace(alert, state=state, acknowledged_by="", follow_up_at=None, next_step_at=now)
    return entry(climbing, now, "help", actor=event.by, note=event.note)


def _recheck(alert: Alert, now: int) -> Change | None:
    """An answer is to what was told: what joined since, and is dangerous, is told after all."""
    untold = alert.state is AlertState.ACKNOWLEDGED and bool(alert.episode) and owed(alert)
    return told_anew(alert, now, "new_reason") if untold else None


def _close(alert: Alert, event: Close, now: int) -> Change:
    if not alert.state.live:
        raise AlertOverError(alert)
    closed = replace(alert, state=AlertState.CLOSED, next_step_at=None, follow_up_at=None)
    outcome = {"outcome": event.outcome}
    return entry(closed, now, "closed", actor=event.by, note=event.note, evidence=outcome)


def _follow_up(alert: Alert, now: int) -> Change | None:
    """Acknowledged and then forgotten: open again, from the first rung."""
    if alert.state is not AlertState.ACKNOWLEDGED:
        return None
    again = replace(alert, state=AlertState.OPEN, step=0, next_step_at=now, acknowledged_by="", follow_up_at=None)
    return entry(again, now, "follow_up", note=f"acknowledged by {alert.acknowledged_by}, still not over")


def _escalate(alert: Alert, event: Escalate, now: int) -> Change | None:
    if alert.state not in (AlertState.OPEN, AlertState.ESCALATED):
        return None
    state = AlertState.ESCALATED if alert.step > 0 else alert.state
    risen = replace(alert, state=state, step=event.step, next_step_at=event.next_step_at, acknowledged_by="")
    return entry(risen, now, event.cause, evidence=event.evidence)
