"""Which rules, signals, severities and scores a line of alerts.jsonl speaks of, whoever wrote its evidence."""

from collections.abc import Iterable, Iterator, Mapping
from math import isnan, nan
from typing import Any, Final, NamedTuple

from vitals.alert import REASONS
from vitals.finding import Severity
from vitals.signals import BY_NAME

_SCORES: Final = ("risk", "total")
_PARTS: Final = ("points", "components", "parts", "contributions", "signals", "drivers")
_SEVERITY: Final = {severity.word: int(severity) for severity in Severity}


class Part(NamedTuple):
    """One rule that holds in an alert: how severe, about which signals, with which score (NaN: none)."""

    rule: str
    severity: int
    signals: frozenset[str]
    score: float


def parts_of(line: Mapping[str, Any]) -> list[Part]:
    """The alert's own rule at the alert's severity, then the other rules among its reasons that hold, each once.

    >>> reasons = [{"rule": "limit.low", "signal": "spo2", "severity": "low"}, {"rule": "trend.rising", "holds": False}]
    >>> line = {"rule": "event.fall", "severity": 3, "evidence": {"reasons": reasons}}
    >>> [(part.rule, part.severity, sorted(part.signals)) for part in parts_of(line)]
    [('event.fall', 3, []), ('limit.low', 1, ['spo2'])]
    """
    evidence = line.get("evidence") or {}
    reasons = list(_reasons(evidence.get(REASONS)))
    own = Part(line["rule"], line["severity"], _signals(line.get("signal"), evidence), score_of(evidence))
    held = [
        Part(
            reason["rule"],
            _SEVERITY.get(reason.get("severity", ""), line["severity"]),
            _signals(reason.get("signal"), reason.get("evidence") or {}),
            score_of(reason.get("evidence") or {}),
        )
        for reason in reasons
    ]
    leading = _joined([own, *(part for part in held if part.rule == own.rule)])
    others = dict.fromkeys(part.rule for part in held if part.rule != own.rule)
    return [
        leading._replace(severity=own.severity),
        *(_joined([part for part in held if part.rule == rule]) for rule in others),
    ]


def score_of(evidence: Mapping[str, Any]) -> float:
    """``risk`` or ``total`` of the evidence, NaN where there is neither.

    >>> score_of({"total": 6})
    6.0
    """
    for name in _SCORES:
        value = evidence.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    return nan


def _joined(parts: list[Part]) -> Part:
    """Several parts of one rule as one."""
    scores = [part.score for part in parts if not isnan(part.score)]
    signals = frozenset().union(*(part.signals for part in parts))
    return Part(parts[0].rule, max(part.severity for part in parts), signals, max(scores, default=nan))


def _reasons(found: Any) -> Iterator[Mapping[str, Any]]:
    for reason in found if isinstance(found, list) else ():
        if isinstance(reason, str):
            yield {"rule": reason}
        elif isinstance(reason, Mapping) and isinstance(reason.get("rule"), str) and reason.get("holds", True):
            yield reason


def _signals(signal: Any, evidence: Mapping[str, Any]) -> frozenset[str]:
    """The one named; else, of a score, those that carry points."""
    return frozenset((str(signal),)) if signal else frozenset(_scored(evidence))


def _scored(evidence: Mapping[str, Any]) -> Iterable[str]:
    for place in _PARTS:
        found = evidence.get(place)
        if isinstance(found, Mapping):
            named = {name for name, value in found.items() if name in BY_NAME and _carries(value)}
        else:
            named = {str(name) for name in found if str(name) in BY_NAME} if isinstance(found, list) else set()
        if named:
            return named
    return ()


def _carries(value: Any) -> bool:
    worth = value.get("points", value.get("value", 1)) if isinstance(value, Mapping) else value
    return bool(worth) if isinstance(worth, (int, float, str)) else worth is not None
