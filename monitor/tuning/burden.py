"""How many alerts people are given: per patient-day against a budget, by rule, by patient, by severity."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from monitor.evaluation.naming import Part, parts_of
from vitals.finding import Severity
from vitals.times import DAY, iso

BUDGET: Final = 0.25
"""Alerts per patient-day that people can answer well: who looks after eight patients has two alerts in 24 hours, each
of them worth a look. Ours, as a start; an agency knows its own people."""
_TRUE: Final = frozenset({"true", "helped", "referred"})
_FALSE: Final = frozenset({"nuisance", "false_alarm", "artefact", "false"})


@dataclass(frozen=True, slots=True)
class Told:
    """One alert: whose, by which (rule, signal) reasons, its own first, opened when, at its worst how severe.

    The signal is empty where a rule is about several. ``outcome`` is the word it was closed with, empty where nobody
    said.
    """

    alert: str
    patient: str
    reasons: tuple[tuple[str, str], ...]
    opened: int
    severity: Severity
    technical: bool
    outcome: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        """Each rule once."""
        return tuple(dict.fromkeys(rule for rule, _ in self.reasons))

    @property
    def verdict(self) -> str:
        """``true``, ``false``, or ``unknown``."""
        return "true" if self.outcome in _TRUE else "false" if self.outcome in _FALSE else "unknown"


def told_of(lines: Iterable[Mapping[str, Any]]) -> list[Told]:
    """One for each alert of parsed lines (time ms, severity as a number), in the order in which they opened."""
    found: dict[tuple[str, str], Told] = {}
    for line in lines:
        key, evidence = (line["patient"], line["alert"]), line.get("evidence") or {}
        before = found.get(key)
        reasons = tuple(reason for part in parts_of(line) for reason in _named(part))
        found[key] = Told(
            line["alert"],
            line["patient"],
            reasons if before is None else tuple(dict.fromkeys((*before.reasons, *reasons))),
            line["time"] if before is None else before.opened,
            Severity(max(line["severity"], before.severity if before else 0)),
            line.get("kind") == "technical",
            str(evidence.get("outcome") or (before.outcome if before else "")),
        )
    return list(found.values())


def _named(part: Part) -> Iterator[tuple[str, str]]:
    """(rule, signal) of detectors that judge each signal by itself, else (rule, "")."""
    alone = "." in part.rule and part.signals
    yield from ((part.rule, signal) for signal in sorted(part.signals)) if alone else ((part.rule, ""),)


@dataclass(frozen=True, slots=True)
class Pair:
    """One rule of one patient (and signal): its alerts, the noisiest first in a list."""

    rule: str
    patient: str
    signal: str
    alerts: int
    per_day: float
    high: int
    outcomes: dict[str, int]

    def json(self) -> dict[str, Any]:
        """For machines."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Burden:
    """Alerts against the budget. ``days`` are patient-days; ``by_rule`` and ``by_patient`` are per patient-day."""

    alerts: int
    days: float
    budget: float
    since: int
    until: int
    by_severity: dict[str, int]
    by_rule: dict[str, float]
    by_patient: dict[str, float]
    pairs: list[Pair]

    @property
    def per_day(self) -> float:
        return self.alerts / self.days

    def json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "alerts": self.alerts, "patient_days": round(self.days, 3), "per_patient_day": round(self.per_day, 4),
            "budget": self.budget, "within_budget": self.per_day <= self.budget, "since": iso(self.since),
            "until": iso(self.until), "by_severity": self.by_severity, "by_rule": self.by_rule,
            "over_budget": {p: x for p, x in self.by_patient.items() if x > self.budget},
            "pairs": [pair.json() for pair in self.pairs],
        }  # fmt: skip


def burden(told: list[Told], observed: Mapping[str, tuple[int, int]], budget: float = BUDGET) -> Burden:
    """Weigh alerts. ``observed`` is from when to when (ms) each patient's readings were seen; at least a day counts.

    >>> told = [Told("a", "p1", (("limit.low", "spo2"),), 0, Severity.HIGH, False, "nuisance")]
    >>> burden(told, {"p1": (0, 4 * DAY)}).per_day
    0.25
    """
    days = {patient: max((last - first) / DAY, 1.0) for patient, (first, last) in observed.items()}
    total = sum(days.values())
    rules = Counter(rule for each in told for rule in each.rules)
    patients = Counter(each.patient for each in told)
    severity = Counter(each.severity.word for each in told)
    return Burden(
        len(told),
        total,
        budget,
        min(first for first, _ in observed.values()),
        max(last for _, last in observed.values()),
        {s.word: severity[s.word] for s in reversed(Severity) if s},
        {rule: round(n / total, 4) for rule, n in rules.most_common()},
        {patient: round(n / days[patient], 4) for patient, n in patients.most_common()},
        _pairs(told, days),
    )


def _pairs(told: list[Told], days: Mapping[str, float]) -> list[Pair]:
    held: dict[tuple[str, str, str], list[Told]] = {}
    for each in told:
        for rule, signal in each.reasons:
            held.setdefault((rule, each.patient, signal), []).append(each)
    pairs = [
        Pair(rule, patient, signal, len(mine), round(len(mine) / days[patient], 4),
             sum(t.severity is Severity.HIGH for t in mine), dict(Counter(t.verdict for t in mine)))
        for (rule, patient, signal), mine in held.items()
    ]  # fmt: skip
    return sorted(pairs, key=lambda pair: (-pair.alerts, pair.patient, pair.rule, pair.signal))
