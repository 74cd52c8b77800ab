"""What each rule's alert says: a short headline, and what was measured. English; one table, so that a
translation is another table.

A rule's evidence is taken as it comes: words are there for what it holds and silent on what it lacks.
"""

from collections.abc import Callable
from typing import Any

import structlog

from alerts.words_patterns import PATTERNS, changed, from_to, shares
from alerts.words_quality import HEADLINES as QUALITY
from alerts.words_quality import detail as quality
from vitals.alert import Alert
from vitals.signals import BY_NAME
from vitals.times import show_duration

log = structlog.get_logger(__name__)

_Words = Callable[[Alert], str]


def headline(alert: Alert) -> str:
    """What is the matter, in a few words.

    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> alert = Alert("A", FindingKey("limit.low", "p1", "spo2"), Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN,
    ...               0, 0, 0, {"value": 84.0, "limit": 88.0})
    >>> headline(alert), measured(alert)
    ('Oxygen saturation low', 'Measured 84 %, limit 88 %.')
    """
    rule = alert.key.rule
    say = _HEADLINES.get(rule) or _HEADLINES.get(rule.split(".")[0])
    return say(alert) if say else f"{_signal(alert, 'Watched values')}: {_spoken(rule)}"


def measured(alert: Alert) -> str:
    """What was measured, against which limit, for how long; empty where there is nothing to say."""
    detail = _DETAILS.get(alert.key.rule.split(".")[0], _value)
    try:
        return detail(alert)
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError) as error:
        # Evidence that is not as we know it must not keep anybody from being told.
        log.warning("evidence_not_understood", rule=alert.key.rule, alert=alert.id, error=type(error).__name__)
        return ""


def shown(signal: str, value: Any) -> str:
    """A value as people read it; anything that is no number as it stands.

    >>> shown("temperature", 38.26), shown("spo2", None)
    ('38.3 °C', 'unknown')
    """
    if value is None:
        return "unknown"
    if signal in BY_NAME and isinstance(value, (int, float)) and not isinstance(value, bool):
        return BY_NAME[signal].show(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _signal(alert: Alert, otherwise: str = "") -> str:
    found = BY_NAME.get(alert.key.signal)
    return found.title if found else otherwise


def _spoken(rule: str) -> str:
    return rule.replace("_", " ").replace(".", ", ")


def _value(alert: Alert) -> str:
    evidence, signal = alert.evidence, alert.key.signal
    if "value" not in evidence:
        return ""
    parts = [f"Measured {shown(signal, evidence['value'])}"]
    if evidence.get("limit") is not None:
        parts.append(f"limit {shown(signal, evidence['limit'])}")
    return ", ".join(parts) + _held(alert) + "."


def _held(alert: Alert) -> str:
    seen = alert.evidence.get("seen", alert.onset)
    whole = (seen - alert.onset) // 1000 * 1000
    return f", for {show_duration(whole)}" if whole > 0 else ""


def _gap(alert: Alert) -> str:
    silent = alert.evidence.get("silent_for") or alert.evidence.get("age")
    last = f"No reading for {show_duration(silent)}." if isinstance(silent, (int, float)) else ""
    device = f" Device {alert.key.device}." if alert.key.device else ""
    return (last + device).strip()


def _gap_headline(alert: Alert) -> str:
    if alert.key.signal:
        return f"{_signal(alert, alert.key.signal)} not measured"
    return "Device silent" if alert.key.device else "No readings from this patient"


def _score(alert: Alert) -> str:
    """NEWS2 (Royal College of Physicians, 2017) with each component's age; from old or missing parts it says so."""
    evidence = alert.evidence
    total = evidence.get("total", evidence.get("score", evidence.get("value")))
    missing = list(evidence.get("missing") or ())
    said = f"NEWS2 score {shown('', total)}"
    if missing or evidence.get("incomplete"):
        said += " (incomplete" + (f": no {', '.join(map(_title, missing))}" if missing else "") + ")"
    parts = [_component(name, part) for name, part in _components(evidence)]
    return said + "." + (f" Parts: {'; '.join(parts)}." if parts else "")


def _components(evidence: dict[str, Any]) -> list[tuple[str, Any]]:
    parts = evidence.get("components") or {}
    return list(parts.items()) if isinstance(parts, dict) else [(str(p.get("signal", "")), p) for p in parts]


def _component(name: str, part: Any) -> str:
    if not isinstance(part, dict):
        return f"{_title(name)} {shown(name, part)}"
    said = _title(name)
    if "value" in part:
        said += f" {shown(name, part['value'])}"
    if isinstance(part.get("points"), (int, float)):
        said += f" ({part['points']:g} points)"
    age = part.get("age")
    return said + (
        f", {show_duration(age // 1000 * 1000)} old" if isinstance(age, (int, float)) and age >= 1000 else ""
    )


def _title(name: str) -> str:
    """A component's name in running text."""
    return BY_NAME[name].title.lower() if name in BY_NAME else _spoken(name)


def _medication(alert: Alert) -> str:
    what = alert.evidence.get("medication") or alert.evidence.get("name")
    return f"Medication: {str(what)[:80]}." if what else ""


_HEADLINES: dict[str, _Words] = {
    "limit.low": lambda alert: f"{_signal(alert, alert.key.signal)} low",
    "limit.high": lambda alert: f"{_signal(alert, alert.key.signal)} high",
    "gap": _gap_headline,
    "quality": lambda alert: QUALITY.get(alert.key.rule, "Sensor unreliable"),
    "early_warning": lambda _: "Early warning score raised",
    "rate_of_change": changed,
    "glucose_pattern": lambda alert: PATTERNS.get(alert.key.rule, "Glucose low"),
    "night_desaturation": lambda alert: PATTERNS[alert.key.rule],
    "event.sos": lambda _: "Help button pressed",
    "event.fall": lambda _: "Fall detected",
    "event.medication_missed": lambda _: "Medication missed",
    "trend": lambda alert: f"{_signal(alert, 'A value')} changing over days",
    "weight": lambda _: "Body weight changing over days",
    "battery": lambda _: "Device battery low",
}
_DETAILS: dict[str, _Words] = {
    "gap": _gap, "early_warning": _score, "event": _medication, "quality": quality, "rate_of_change": from_to,
    "glucose_pattern": shares, "night_desaturation": shares,
}  # fmt: skip
