"""Words for sudden changes, and for what nights and weeks showed."""

from typing import Final

from vitals.alert import Alert
from vitals.signals import BY_NAME

PATTERNS: Final = {
    "glucose_pattern.below": "Glucose often too low",
    "glucose_pattern.night": "Glucose low at night",
    "night_desaturation": "Oxygen saturation low at night",
}
"""By rule, the headline."""


def changed(alert: Alert) -> str:
    """Which way a signal went.

    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> alert = Alert("A", FindingKey("rate_of_change.fall", "p1", "spo2"), Kind.PHYSIOLOGICAL, Severity.MEDIUM,
    ...               AlertState.OPEN, 0, 0, 0, {"value": 89.0, "before": 97.0, "now": 90.0})
    >>> changed(alert), from_to(alert)
    ('Oxygen saturation fell quickly', 'From 97 % to 90 %, and it stays there.')
    """
    signal = BY_NAME.get(alert.key.signal)
    way = "rose" if alert.key.rule.endswith(".rise") else "fell"
    return f"{signal.title if signal else 'A value'} {way} quickly"


def from_to(alert: Alert) -> str:
    """From which level to which."""
    evidence, signal = alert.evidence, BY_NAME[alert.key.signal]
    if "before" not in evidence:
        return f"Measured {signal.show(evidence['value'])}."
    stays = "still falling" if signal.name == "glucose" else "and it stays there"
    return f"From {signal.show(evidence['before'])} to {signal.show(evidence['now'])}, {stays}."


def shares(alert: Alert) -> str:
    """How much of a night, or of two weeks, was too low, against which limit."""
    evidence, signal = alert.evidence, BY_NAME[alert.key.signal]
    low = f"below {signal.show(evidence['below'])}"
    if alert.key.rule == "glucose_pattern.below":
        return f"{evidence['share']:g} % of {evidence['days']} days {low}, limit {evidence['most']:g} %."
    if alert.key.rule == "glucose_pattern.night":
        nights = f"low in {evidence['nights']} of {evidence['of']} nights"
        return f"Last night an hour was {evidence['share']:g} % {low}; {nights}."
    usual = evidence.get("usual")
    said = f"{evidence['share']:g} % of last night {low}"
    return f"{said}, usually {usual:g} %." if usual is not None else f"{said}."
