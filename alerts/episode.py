"""The life of an alert that several findings share: what joins it, what it then says, and who must hear of it anew.

Nothing new hides in an old alert: what is dangerous and has not been told is told, whatever was answered before. And
nothing is told for being one reason more: what joins an alert that people are still being told of goes with it.
"""

from dataclasses import replace

from alerts.entries import Change, entry, shown, told_anew
from alerts.escalation import steps_of
from alerts.fusion import again_every, owed, returns
from vitals.alert import REASONS, Alert, AlertState
from vitals.finding import Finding, Severity
from vitals.reason import Reason


def found_in(alert: Alert, finding: Finding, now: int) -> Change | None:
    """What a finding makes of an alert of its episode at ``now`` (ms UTC), or None when it changes nothing.

    >>> from alerts.events import Found
    >>> from alerts.lifecycle import transition
    >>> from vitals.finding import FindingKey, Kind
    >>> low = Finding(FindingKey("limit.low", "p1", "spo2"), Kind.PHYSIOLOGICAL, Severity.HIGH, 60_000, 0)
    >>> fast = replace(low, key=FindingKey("limit.high", "p1", "heart_rate"), severity=Severity.MEDIUM)
    >>> alert, _ = transition(None, Found(low, episode="cardiorespiratory"), 60_000)
    >>> alert, line = found_in(alert, fast, 61_000)
    >>> line.cause, alert.severity.word, [reason.key.signal for reason in alert.reasons]
    ('joined', 'high', ['spo2', 'heart_rate'])
    """
    mine = next((it for it in alert.reasons if it.key == finding.key), None)
    if not alert.state.live:
        return _over(alert, mine, finding, now)
    if mine is None or not mine.holds:
        return _came(alert, mine, finding, now)
    if finding.severity is Severity.CLEAR:
        return _cleared(alert, mine, finding, now)
    if finding.severity == mine.severity:
        return None
    new = replace(mine, severity=finding.severity, evidence=shown(finding))
    if finding.severity > mine.severity:
        return _raised(alert, new, now, "rose")
    return _eased(alert, replace(new, told=min(mine.told, new.severity)), now)


def marked(alert: Alert, now: int) -> Alert:
    """The alert once people have been told all that holds of it."""
    if not alert.evidence.get(REASONS) or not alert.episode:
        return replace(alert, told_at=now)
    told = [replace(it, told=max(it.told, it.severity)) if it.holds else it for it in alert.reasons]
    return replace(alert, told_at=now, evidence={**alert.evidence, REASONS: [it.row() for it in told]})


def _came(alert: Alert, mine: Reason | None, finding: Finding, now: int) -> Change | None:
    """What did not hold: new here, or back."""
    if finding.severity is Severity.CLEAR:
        return None
    if mine is None:
        return _raised(alert, _joining(finding, now), now, "joined")
    if finding.onset > mine.since:
        return _back(alert, mine, finding, now)
    return _answered(alert, mine, finding, now) if finding.onset == mine.since and mine.cleared is None else None


def _answered(alert: Alert, mine: Reason, finding: Finding, now: int) -> Change | None:
    """It was closed while it held, and its alert speaks again of something else: grown worse since, so does this."""
    if finding.severity == mine.severity:
        return None
    new = replace(mine, severity=finding.severity, evidence=shown(finding))
    if finding.severity < mine.severity:
        return entry(_with(alert, new), now, "eased")
    return _raised(alert, replace(new, holds=True, told=Severity.CLEAR, joined=now), now, "rose")


def _over(alert: Alert, mine: Reason | None, finding: Finding, now: int) -> Change | None:
    """Resolved, a condition that comes back soon continues its alert."""
    if mine is None:
        return None
    if finding.severity is Severity.CLEAR:
        return _ended(alert, mine, finding, now) if alert.state is AlertState.CLOSED and mine.holds else None
    if alert.state is AlertState.CLOSED:
        return _closed(alert, mine, finding, now)
    return _back(alert, mine, finding, now) if returns(alert, finding, now) else None


def _closed(alert: Alert, mine: Reason, finding: Finding, now: int) -> Change | None:
    """Closing answered the condition as it was: it speaks again when it grows worse than it has been since."""
    if finding.onset != mine.since or finding.severity == mine.severity:
        return None
    new = replace(mine, severity=finding.severity, evidence=shown(finding))
    if finding.severity < mine.severity:
        return entry(_with(alert, new), now, "milder")
    return told_anew(_with(_silenced(alert), replace(new, holds=True, cleared=None)), now, "worsened")


def _ended(alert: Alert, mine: Reason, finding: Finding, now: int) -> Change:
    """What was closed while it held is over. Nobody is told; but a service that starts must know."""
    reasons = [replace(it, holds=False, cleared=now) if it.key == mine.key else it for it in alert.reasons]
    several = {REASONS: [it.row() for it in reasons]} if len(reasons) > 1 else {}
    over = replace(alert, holds=any(it.holds for it in reasons), evidence={**alert.evidence, **several})
    return entry(over, now, "cleared", evidence=finding.evidence)


def _silenced(alert: Alert) -> Alert:
    """Closing answered every reason; those that still held have no end, and speak again only by growing worse."""
    ended = [replace(it, holds=False) for it in alert.reasons]
    return replace(alert, evidence={**alert.evidence, REASONS: [it.row() for it in ended]})


def _raised(alert: Alert, new: Reason, now: int, quiet: str) -> Change:
    """A reason more, or one that grew worse: told anew if nobody has been told as much, and nobody is going to be."""
    after = _with(alert, new)
    if after.severity > alert.severity:
        return told_anew(after, now, "worsened")
    if owed(after) and (alert.state is AlertState.ACKNOWLEDGED or alert.next_step_at is None):
        return told_anew(after, now, "new_reason")
    return entry(after, now, quiet)


def _eased(alert: Alert, new: Reason, now: int) -> Change:
    after = _with(alert, new)
    return entry(after, now, "milder" if after.severity < alert.severity else "eased")


def _cleared(alert: Alert, mine: Reason, finding: Finding, now: int) -> Change:
    """Over only when every reason is."""
    ended = replace(mine, holds=False, cleared=now)
    if any(it.holds for it in alert.reasons if it.key != mine.key):
        return _eased(alert, ended, now)
    after = _with(alert, ended) if len(alert.reasons) > 1 else alert
    over = replace(after, state=AlertState.RESOLVED, holds=False, next_step_at=None, follow_up_at=None)
    return entry(over, now, "cleared", evidence=finding.evidence)


def _back(alert: Alert, mine: Reason, finding: Finding, now: int) -> Change:
    """A condition that had cleared. Long ago, or worse than it was: as if it were new. Else it is told as ``again``
    says, so that what comes and goes by the minute does not page by the minute.
    """
    soon = returns(alert, finding, now) is not None
    new = replace(_joining(finding, now), joined=mine.joined, told=mine.told if soon else Severity.CLEAR)
    if not soon:
        return _raised(alert, replace(new, joined=now), now, "again")
    after = _with(alert, new)
    if finding.severity > mine.severity:
        return told_anew(after, now, "again")
    return _again(alert, after, finding.severity, now)


def _again(alert: Alert, after: Alert, severity: Severity, now: int) -> Change:
    """Unanswered, a returned HIGH goes to the next rung at once; anything else waits for ``again_every``.

    An acknowledgement covers the return of what is not HIGH while it stands: its follow-up comes. Until it is told
    again it stays answered: what clears meanwhile has climbed no rung.
    """
    answered = alert.acknowledged_by != ""
    if alert.state.live and answered and severity < Severity.HIGH:
        return entry(after, now, "again")
    wait = 0 if alert.told_at is None else alert.told_at + again_every(alert.policy, severity)
    climbs = severity is Severity.HIGH and not answered and alert.step < len(steps_of(after))
    when = now if climbs else max(now, wait)
    if alert.state.live and alert.next_step_at is not None:
        when = min(when, alert.next_step_at)
    changed = replace(
        after,
        state=alert.state if alert.state.live and not answered else AlertState.OPEN,
        holds=True,
        step=0 if answered else alert.step,
        next_step_at=when,
        acknowledged_by=alert.acknowledged_by if when > now else "",
        follow_up_at=None,
    )
    return entry(changed, now, "again")


def _joining(finding: Finding, now: int) -> Reason:
    return Reason(finding.key, finding.severity, finding.onset, now, evidence=shown(finding))


def _with(alert: Alert, new: Reason) -> Alert:
    """The alert with that reason, led by the strongest that holds (of equals, by the one that leads already)."""
    known = alert.reasons
    reasons = [new if it.key == new.key else it for it in known]
    if all(it.key != new.key for it in known):
        reasons.append(new)
    holding = [it for it in reasons if it.holds] or reasons
    lead = max(holding, key=lambda it: (it.severity, it.key == alert.key))
    evidence = dict(lead.evidence)
    if len(reasons) > 1:
        evidence[REASONS] = [it.row() for it in reasons]
    return replace(alert, key=lead.key, onset=lead.since, severity=lead.severity, evidence=evidence)
