"""Which rules, signals and score a line of alerts.jsonl speaks of, whatever detector wrote its evidence."""

from collections.abc import Iterator, Mapping
from math import nan
from typing import Any, Final

from vitals.signals import BY_NAME

_SCORES: Final = ("risk", "total")
_PARTS: Final = ("points", "components", "parts", "contributions", "signals", "drivers")


def rules_of(rule: str, evidence: Mapping[str, Any]) -> tuple[str, ...]:
    """The alert's own rule, then those of its ``reasons`` (rules, or objects with one), each once.

    >>> rules_of("event", {"reasons": [{"rule": "limit.low", "signal": "spo2"}, "early_warning"]})
    ('event', 'limit.low', 'early_warning')
    """
    return tuple(dict.fromkeys((rule, *(name for name, _ in _reasons(evidence)))))


def signals_of(rule: str, signal: str, evidence: Mapping[str, Any]) -> frozenset[str]:
    """The signals that ``rule`` speaks of in this line: the line's own, those of its reasons, or, of a score, those
    that carry points.

    >>> sorted(signals_of("early_warning", "", {"points": {"spo2": 2, "heart_rate": 0}}))
    ['spo2']
    """
    given = {about for name, about in _reasons(evidence) if about and name == rule}
    if given:
        return frozenset(given)
    if signal:
        return frozenset((signal,))
    return frozenset(_scored(evidence))


def score_of(evidence: Mapping[str, Any]) -> float:
    """``risk`` or ``total`` of the evidence, NaN where there is neither."""
    for name in _SCORES:
        value = evidence.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    return nan


def _reasons(evidence: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = evidence.get("reasons") or ()
    pairs = found.items() if isinstance(found, Mapping) else ((reason, reason) for reason in found)
    for name, reason in pairs:
        if isinstance(name, str) and isinstance(reason, (str, Mapping)):
            yield name, str(reason.get("signal") or "") if isinstance(reason, Mapping) else ""
        elif isinstance(reason, Mapping) and isinstance(reason.get("rule"), str):
            yield reason["rule"], str(reason.get("signal") or "")


def _scored(evidence: Mapping[str, Any]) -> Iterator[str]:
    for place in _PARTS:
        found = evidence.get(place)
        if isinstance(found, Mapping):
            named = {name for name, value in found.items() if name in BY_NAME and _carries(value)}
        else:
            named = {str(name) for name in found or () if str(name) in BY_NAME} if isinstance(found, list) else set()
        if named:
            yield from named
            return


def _carries(value: Any) -> bool:
    worth = value.get("points", value.get("value", 1)) if isinstance(value, Mapping) else value
    return bool(worth) if isinstance(worth, (int, float, str)) else worth is not None
