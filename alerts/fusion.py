"""Which findings are about the same event of a patient, so that one alert speaks of them all.

Grouped by what a caregiver would look into together. What calls for help by itself (help button, fall, medication, any
latched condition) and what we have no group for stays alone: nothing is grouped by accident.
"""

from dataclasses import replace
from typing import Any, Final

from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.plan import EscalationPolicy
from vitals.reason import Reason

CARDIORESPIRATORY: Final = "cardiorespiratory"
_SYSTEMS: Final = {
    **dict.fromkeys(("heart_rate", "spo2", "respiration_rate", "temperature"), CARDIORESPIRATORY),
    **dict.fromkeys(("systolic_bp", "diastolic_bp", "oxygen_flow", "consciousness"), CARDIORESPIRATORY),
    "glucose": "metabolic",
    "weight": "fluid",
}
"""The body system of a signal: what sepsis, heart failure or a chest infection move together is one."""
_SCORES: Final = {"early_warning": CARDIORESPIRATORY, "deterioration": CARDIORESPIRATORY}
"""The same for rules that judge several signals together."""
_SEALED: Final = "/"
_DEFAULT: Final = EscalationPolicy()
_DOWN: Final = frozenset({"low", "below", "falling", "fall", "down", "drop", "slow"})
_UP: Final = frozenset({"high", "above", "rising", "rise", "up", "fast"})


def episode_of(finding: Finding) -> str:
    """The kind of event a finding is about; empty: it never shares an alert.

    Outages are grouped by device; measurements that are missing, by patient. (A gateway's outage would be grouped
    here too, by a name that all its devices share.)

    >>> from vitals.finding import FindingKey
    >>> def about(rule, signal="", device="", kind=Kind.PHYSIOLOGICAL):
    ...     return episode_of(Finding(FindingKey(rule, "p1", signal, device), kind, Severity.LOW, 0, 0))
    >>> about("limit.low", "spo2", "oximeter"), about("early_warning"), about("event.fall", device="button")
    ('cardiorespiratory', 'cardiorespiratory', '')
    >>> about("gap.silent", "", "oximeter", Kind.TECHNICAL), about("gap.missed", "weight", "", Kind.TECHNICAL)
    ('device oximeter', 'measurements')
    """
    key = finding.key
    if finding.latched or key.rule.startswith("event."):
        return ""
    if finding.kind is Kind.TECHNICAL:
        return f"device {key.device}" if key.device else "measurements" if key.signal else ""
    return _SYSTEMS.get(key.signal, "") if key.signal else _SCORES.get(key.rule.split(".")[0], "")


def joinable(alert: Alert, now: int) -> bool:
    """Whether a new finding of the same episode is still about the same event."""
    last = max(reason.joined for reason in alert.reasons)
    return now - last <= int(alert.policy.get("join_within", _DEFAULT.join_within))


def sealed(alert: Alert) -> Alert:
    """The alert as nothing joins it any more: another one of the same kind of event takes its place."""
    return alert if _SEALED in alert.episode else replace(alert, episode=f"{alert.episode}{_SEALED}{alert.id}")


def is_sealed(alert: Alert) -> bool:
    """Whether nothing joins it any more."""
    return _SEALED in alert.episode


def facet(key: FindingKey) -> tuple[str, ...]:
    """What one look at the patient settles together: a signal going one way; anything else by its rule.

    >>> low, down = FindingKey("limit.low", "p1", "glucose"), FindingKey("rate_of_change.falling", "p1", "glucose")
    >>> facet(low) == facet(down), facet(low) == facet(FindingKey("limit.high", "p1", "glucose"))
    (True, False)
    """
    variant = key.rule.rpartition(".")[2]
    way = "down" if variant in _DOWN else "up" if variant in _UP else key.rule
    return (key.signal, way) if key.signal else (key.signal, key.rule, key.device)


def owed(alert: Alert) -> bool:
    """Whether it holds something that nobody has been told: MEDIUM or more on a facet told as less, or all of it."""
    holding = [it for it in alert.reasons if it.holds]
    told: dict[tuple[str, ...], Severity] = {}
    for it in holding:
        told[facet(it.key)] = max(it.told, told.get(facet(it.key), Severity.CLEAR))
    more = [it.severity for it in holding if it.severity > told[facet(it.key)]]
    return max(more, default=Severity.CLEAR) >= Severity.MEDIUM or (alert.told_at is None and bool(more))


def hold_off(policy: dict[str, Any], severity: Severity) -> int:
    """How long after its end a condition that comes back is the same one, ms."""
    return _by(policy, "hold_off", severity)


def again_every(policy: dict[str, Any], severity: Severity) -> int:
    """How often, ms, a condition that comes and goes is told at most."""
    return _by(policy, "again_every", severity)


def returns(alert: Alert, finding: Finding, now: int) -> Reason | None:
    """The reason of the alert that this finding brings back, if it has cleared and not long ago."""
    for it in alert.reasons:
        if it.key == finding.key and not it.holds and finding.onset > it.since:
            recent = it.cleared is not None and now - it.cleared <= hold_off(alert.policy, finding.severity)
            return it if recent else None
    return None


def _by(policy: dict[str, Any], name: str, severity: Severity) -> int:
    given = policy.get(name) or getattr(_DEFAULT, name).model_dump()
    return int(given[severity.word])
