"""One alert of every rule, with evidence as its detector gives it."""

from typing import Any, Final

from tests.alerts.house import NOON
from vitals.alert import REASONS, Alert, AlertState
from vitals.finding import FindingKey, Kind, Severity
from vitals.reason import Reason
from vitals.times import DAY, HOUR, MINUTE

EVIDENCE: Final[dict[str, tuple[str, str, dict[str, Any]]]] = {
    "limit.low": ("spo2", "ox-1", {"value": 84.25, "limit": 88.0, "band": "alert", "held": 720.0}),
    "limit.high": ("temperature", "th-1", {"value": 39.24, "limit": 39.0, "band": "alert"}),
    "gap.missed": ("weight", "", {"every": DAY, "silent_for": 26 * HOUR}),
    "gap.never": ("glucose", "", {"every": 6 * HOUR, "last": None}),
    "gap.silent": ("", "ox-1", {"every": 15 * MINUTE, "silent_for": 17 * MINUTE}),
    "gap.offline": ("", "ox-1", {"silent_for": 3 * MINUTE}),
    "gap.battery": ("", "ox-1", {"battery": 0.04}),
    "early_warning": (
        "", "",
        {
            "total": 7, "missing": ["consciousness"], "incomplete": True,
            "components": {
                "spo2": {"value": 91.0, "points": 3, "age": 2 * HOUR},
                "heart_rate": {"value": 104.0, "points": 1, "age": 0},
            },
        },
    ),
    "event.sos": ("", "button", {"event": "sos", "name": "kitchen"}),
    "event.fall": ("", "button", {"event": "fall"}),
    "event.medication_missed": ("", "box", {"medication": "metformin", "event": "medication_missed"}),
    "trend.rising": ("weight", "", {"value": 82.4, "change_3d": 2.1, "change_7d": 2.6, "change_28d": None}),
    "trend.falling": ("heart_rate", "", {"value": 61.0, "change": -12.4, "window": 7 * DAY, "slope": -1.8, "p": 0.001}),
    "baseline_shift.high": ("heart_rate", "", {"value": 84.2, "baseline": 66.0, "shift": 18.2}),
    "baseline_shift.low": ("spo2", "", {"value": 91.4, "baseline": 95.0, "latest": 91.0, "ask": "repeat"}),
    "rate_of_change.rise": ("heart_rate", "ox-1", {"value": 112.0, "before": 70.0, "now": 110.0, "change": 40.0}),
    "rate_of_change.fall": ("glucose", "cgm", {"value": 90.0, "before": 160.0, "now": 95.0, "change": -65.0}),
    "deterioration": (
        "", "",
        {
            "times": 3.2, "horizon": 12 * HOUR, "missing": ["temperature"],
            "contributions": [
                {"signal": "heart_rate", "points": 0.9, "value": 112.0, "baseline": 78.5},
                {"signal": "shock_index", "points": 0.5, "value": 0.98, "baseline": None},
                {"signal": "spo2", "points": -0.2, "value": 97.0, "baseline": 97.0},
            ],
        },
    ),
    "glucose_pattern.below": ("glucose", "", {"below": 70, "share": 5.4, "most": 4.0, "days": 14}),
    "glucose_pattern.night": ("glucose", "", {"below": 70, "share": 50.0, "nights": 3, "of": 7}),
    "night_desaturation": ("spo2", "", {"below": 90, "share": 40.5, "usual": 2.0}),
    "outage.broker": ("", "broker", {"silent_for": 20 * MINUTE}),
    "outage.gateway": ("", "hub-1", {"devices": 4, "patients": 2}),
    "quality.probe_off": ("", "ox-1", {"signals": ["heart_rate", "spo2"]}),
    "quality.stuck": ("", "ox-1", {"signals": ["heart_rate"]}),
    "quality.noise": ("", "ox-1", {"signals": ["spo2"]}),
    "quality.person": ("weight", "scale", {"value": 92.3, "unit": "kg", "ask": "repeat"}),
    "quality.disagreement": ("heart_rate", "ox-1", {"value": 60.0, "other": 100.0, "other_device": "polar"}),
}  # fmt: skip
"""By rule: signal, device, evidence."""

SILENT: Final = frozenset({"event.sos", "event.fall"})
"""Rules of which there is nothing more to say than their headline."""


def specimen(rule: str, severity: Severity = Severity.HIGH) -> Alert:
    """An alert of that rule since a quarter of an hour."""
    signal, device, evidence = EVIDENCE[rule]
    kind = Kind.TECHNICAL if rule.startswith(("gap.", "outage.", "quality.")) else Kind.PHYSIOLOGICAL
    about = "" if rule.startswith("outage.") else "p1"
    key, onset = FindingKey(rule, about, signal, device), NOON - 15 * MINUTE
    return Alert("ABCDEFGHIJ", key, kind, severity, AlertState.OPEN, onset, NOON, NOON, {"seen": NOON, **evidence})


def fused(*rules: str) -> Alert:
    """One alert that is about all of them, led by the first."""
    parts = [specimen(rule) for rule in rules]
    rows = [Reason(it.key, it.severity, it.onset, NOON, evidence=it.evidence).row() for it in parts]
    fields = {field: getattr(parts[0], field) for field in ("key", "kind", "severity", "state", "onset")}
    evidence = {**parts[0].evidence, REASONS: rows}
    return Alert("ABCDEFGHIJ", opened=NOON, updated=NOON, evidence=evidence, episode="cardiorespiratory", **fields)
