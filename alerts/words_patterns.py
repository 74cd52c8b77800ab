"""Words for sudden changes, for what nights and weeks showed, and for slow drifts."""

from typing import Any, Final

from alerts.language import Language, mark
from alerts.words_signals import difference, lowered, running, shown
from vitals.alert import Alert

_HEADLINES: Final = {
    "rate_of_change.rise": mark("{signal} rose quickly"),
    "rate_of_change.fall": mark("{signal} fell quickly"),
    "trend.rising": mark("{signal} rising over days"),
    "trend.falling": mark("{signal} falling over days"),
    "baseline_shift.high": mark("{signal} above its usual level"),
    "baseline_shift.low": mark("{signal} below its usual level"),
    "glucose_pattern.below": mark("Glucose often too low"),
    "glucose_pattern.night": mark("Glucose low at night"),
    "night_desaturation": mark("Oxygen saturation low at night"),
}
"""By rule."""
_OTHERWISE: Final = {"glucose_pattern": "glucose_pattern.below"}


def pattern(alert: Alert, lang: Language) -> str:
    """Which way a signal went.

    >>> from alerts.language import ENGLISH
    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> alert = Alert("A", FindingKey("rate_of_change.fall", "p1", "spo2"), Kind.PHYSIOLOGICAL, Severity.MEDIUM,
    ...               AlertState.OPEN, 0, 0, 0, {"value": 89.0, "before": 97.0, "now": 90.0})
    >>> pattern(alert, ENGLISH), from_to(alert, ENGLISH)
    ('Oxygen saturation fell quickly', 'From 97 % to 90 %, and it stays there.')
    """
    rule, name = alert.key.rule, alert.key.signal
    text = _HEADLINES.get(rule) or _HEADLINES.get(_OTHERWISE.get(rule.split(".")[0], ""))
    signal = running(name, lang) if name else lowered(lang.say("A value"))
    said = lang.say(text, signal=signal) if text else lang.say("{signal} has changed", signal=signal)
    return said[:1].upper() + said[1:]


def from_to(alert: Alert, lang: Language) -> str:
    """From which level to which."""
    evidence, name = alert.evidence, alert.key.signal
    if "before" not in evidence:
        return lang.say("Measured {value}.", value=shown(name, evidence["value"], lang))
    gaps = {"before": shown(name, evidence["before"], lang), "now": shown(name, evidence["now"], lang)}
    if name != "glucose":
        return lang.say("From {before} to {now}, and it stays there.", **gaps)
    if alert.key.rule.endswith(".rise"):
        return lang.say("From {before} to {now}, still rising.", **gaps)
    return lang.say("From {before} to {now}, still falling.", **gaps)


def shares(alert: Alert, lang: Language) -> str:
    """How much of a night, or of two weeks, was too low, against which limit."""
    evidence = alert.evidence
    gaps = {"share": lang.number(evidence["share"]), "below": shown(alert.key.signal, evidence["below"], lang)}
    if alert.key.rule == "glucose_pattern.below":
        gaps |= {"days": evidence["days"], "most": lang.number(evidence["most"])}
        return lang.say("{share} % of {days} days below {below}, limit {most} %.", **gaps)
    if alert.key.rule == "glucose_pattern.night":
        gaps |= {"nights": evidence["nights"], "of": evidence["of"]}
        return lang.say("Last night an hour was {share} % below {below}; low in {nights} of {of} nights.", **gaps)
    if evidence.get("usual") is None:
        return lang.say("{share} % of last night below {below}.", **gaps)
    usual = lang.number(evidence["usual"])
    return lang.say("{share} % of last night below {below}, usually {usual} %.", usual=usual, **gaps)


def drift(alert: Alert, lang: Language) -> str:
    """How far a signal has moved in which time; a weight as weighings say it.

    >>> from alerts.language import ENGLISH
    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> said = {"value": 84.0, "change": 12.4, "window": 604_800_000}
    >>> alert = Alert("A", FindingKey("trend.rising", "p1", "heart_rate"), Kind.PHYSIOLOGICAL, Severity.LOW,
    ...               AlertState.OPEN, 0, 0, 0, said)
    >>> drift(alert, ENGLISH)
    'Now 84 /min: +12 /min within 7d.'
    """
    evidence, name = alert.evidence, alert.key.signal
    gaps: dict[str, Any] = {"value": shown(name, evidence["value"], lang)}
    changes = "; ".join(_weighings(evidence, name, lang)) or _slope(evidence, name, lang)
    return lang.say("Now {value}: {changes}.", changes=changes, **gaps) if changes else lang.say("Now {value}.", **gaps)


def _weighings(evidence: dict[str, Any], name: str, lang: Language) -> list[str]:
    texts = (
        ("change_3d", mark("{change} within 3 days")),
        ("change_7d", mark("{change} within 7 days")),
        ("change_28d", mark("{change} against the usual weight")),
    )
    known = [(evidence.get(key), text) for key, text in texts]
    return [lang.say(text, change=difference(name, change, lang)) for change, text in known if change is not None]


def _slope(evidence: dict[str, Any], name: str, lang: Language) -> str:
    if evidence.get("change") is None or not evidence.get("window"):
        return ""
    gaps = {"change": difference(name, evidence["change"], lang), "time": lang.duration(evidence["window"])}
    return lang.say("{change} within {time}", **gaps)


def shifted(alert: Alert, lang: Language) -> str:
    """Where a signal is now, and where it usually is."""
    evidence, name = alert.evidence, alert.key.signal
    latest = evidence["value"] if evidence.get("ask") != "repeat" else evidence.get("latest", evidence["value"])
    gaps = {"value": shown(name, latest, lang), "usual": shown(name, evidence["baseline"], lang)}
    return lang.say("Now {value}, usually {usual}.", **gaps)
