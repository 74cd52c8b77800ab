"""An alert's account in words, line by line, for a person at a terminal; ids, no names."""

from collections.abc import Iterator
from typing import Any

from alerts.localtime import zone
from alerts.words import headline, measured
from monitor.explain.account import Account
from vitals.alert import REASONS, Delivery, Transition
from vitals.finding import Severity
from vitals.times import iso, show_duration, to_datetime

_A_TIME = 1e11
"""A larger number is a time in ms: no vital sign, count or duration is."""
_SECONDS = ("held",)
_DURATIONS = ("age", "horizon")
"""In ms."""


def words(account: Account) -> Iterator[str]:
    """What was found, since when, from which values; what happened after; who was told."""
    alert = account.alert
    about = " ".join(part for part in (alert.key.rule, alert.key.signal, alert.key.device) if part)
    yield f"Alert {alert.id}: {headline(alert)}"
    yield f"Patient {alert.key.patient}, {alert.severity.word} severity, {alert.kind}, {alert.state}. Rule: {about}."
    yield f"Since {_at(alert.onset, account)}; found at {_at(alert.opened, account)}."
    said = measured(alert)
    if said:
        yield said
    yield from _evidence(alert.evidence, account)
    yield "What happened:"
    yield from (_step(step, account) for step in account.history)
    yield "Who was told:"
    yield from _notices(account)


def as_json(account: Account) -> dict[str, Any]:
    """The same for machines."""
    alert = account.alert
    return {
        "alert": alert.id, "patient": alert.key.patient, "rule": alert.key.rule, "signal": alert.key.signal,
        "device": alert.key.device, "kind": alert.kind, "severity": alert.severity.word, "state": alert.state,
        "onset": iso(alert.onset), "opened": iso(alert.opened), "headline": headline(alert), "evidence": alert.evidence,
        "transitions": [
            {"time": iso(s.time), "state": s.state, "severity": s.severity.word, "cause": s.cause, "actor": s.actor,
             "note": s.note, "evidence": s.evidence}
            for s in account.history
        ],
        "told": [
            {"recipient": d.recipient, "channel": d.channel, "state": d.state, "due": iso(d.due),
             "sent": None if d.sent_at is None else iso(d.sent_at), "attempts": d.attempts}
            for d in account.notices
        ],
    }  # fmt: skip


def _at(ms: int, account: Account) -> str:
    """A time on the patient's clock."""
    return f"{to_datetime(ms).astimezone(zone(account.timezone)):%Y-%m-%d %H:%M:%S} {account.timezone}"


def _evidence(evidence: dict[str, Any], account: Account) -> Iterator[str]:
    """Every value that the finding rests on, as it was kept."""
    yield "Found from:"
    for name, value in evidence.items():
        if name == REASONS and isinstance(value, list):
            for i, reason in enumerate(value, 1):
                yield from _reason(i, reason, account)
        else:
            yield f"  {name.replace('_', ' ')}: {_shown(name, value, account)}"


def _reason(number: int, reason: dict[str, Any], account: Account) -> Iterator[str]:
    """One of several reasons of an alert: what, since when, whether it holds, how severe people know it to be."""
    about = " ".join(part for name in ("rule", "signal", "device") if (part := str(reason.get(name) or "")))
    cleared = reason.get("cleared")
    stands = "holds" if reason.get("holds") else f"cleared {_at(cleared, account)}" if cleared else "over"
    heard = reason.get("told")
    told = "not told yet" if heard in (None, Severity.CLEAR.word) else f"told as {heard}"
    since = f"since {_at(reason['since'], account)}" if reason.get("since") else "since an unknown time"
    yield f"  reason {number}: {about}, {reason.get('severity', '')}, {since}, {stands}, {told}"
    for name, value in (reason.get("evidence") or {}).items():
        yield f"    {name.replace('_', ' ')}: {_shown(name, value, account)}"


def _shown(name: str, value: Any, account: Account) -> str:
    whole = isinstance(value, (int, float)) and not isinstance(value, bool)
    if whole and value > _A_TIME:
        return _at(int(value), account)
    if whole and name in _SECONDS:
        return show_duration(value * 1000)
    if whole and name in _DURATIONS:
        return show_duration(value)
    if name == "ages" and isinstance(value, dict):
        return ", ".join(f"{signal} {_shown('age', age, account)}" for signal, age in value.items())
    return _plain(value, account)


def _plain(value: Any, account: Account) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(name, part, account)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return "; ".join(_plain(part, account) for part in value)
    return f"{value:g}" if isinstance(value, float) else "unknown" if value is None else str(value)


def _step(step: Transition, account: Account) -> str:
    why = f" ({step.cause.replace('_', ' ')})" if step.cause else ""
    who = f" by {step.actor}" if step.actor not in {"", "system"} else ""
    note = f": {step.note}" if step.note else ""
    return f"  {_at(step.time, account)}  {step.state}, {step.severity.word}{why}{who}{note}{_rules(step)}"


def _rules(step: Transition) -> str:
    """Which rules held then, where several belong to the alert."""
    reasons = step.evidence.get(REASONS)
    if not isinstance(reasons, list):
        return ""
    held = [r.get("rule", "") + f" {r.get('severity', '')}" for r in reasons if isinstance(r, dict) and r.get("holds")]
    return f"; holds: {', '.join(held)}" if held else "; nothing holds any more"


def _notices(account: Account) -> Iterator[str]:
    if not account.notices:
        yield "  nobody: a replay tells nobody" if account.replayed else "  nobody"
    for notice in account.notices:
        yield f"  {notice.recipient} by {notice.channel}: {_fate(notice, account)}"


def _fate(notice: Delivery, account: Account) -> str:
    if notice.sent_at is not None:
        return f"sent {_at(notice.sent_at, account)}"
    tries = f" after {notice.attempts} tries" if notice.attempts else ""
    return f"{notice.state}{tries}, due {_at(notice.due, account)}"
