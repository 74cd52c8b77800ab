"""What each rule's alert says: a short headline, and what was measured; in the language of who is told.

A rule's evidence is taken as it comes: words are there for what it holds and silent on what it lacks.
"""

from collections.abc import Callable
from typing import Final

import structlog

from alerts.language import ENGLISH, Language, mark
from alerts.words_gap import lost, missing, silence
from alerts.words_patterns import drift, from_to, pattern, shares, shifted
from alerts.words_quality import detail as doubts
from alerts.words_quality import doubt
from alerts.words_score import news2, risk
from alerts.words_signals import shown, spoken, title
from vitals.alert import Alert

log = structlog.get_logger(__name__)

_Words = Callable[[Alert, Language], str]


def headline(alert: Alert, lang: Language = ENGLISH) -> str:
    """What is the matter, in a few words.

    >>> from alerts.language import language
    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> alert = Alert("A", FindingKey("limit.low", "p1", "spo2"), Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN,
    ...               0, 0, 0, {"value": 84.0, "limit": 88.0})
    >>> headline(alert), measured(alert)
    ('Oxygen saturation low', 'Measured 84 %, limit 88 %.')
    >>> headline(alert, language("es")), measured(alert, language("es"))
    ('Saturación de oxígeno por debajo del límite', 'Medición: 84 %; límite: 88 %.')
    """
    rule, signal = alert.key.rule, alert.key.signal
    text = _TEXTS.get(rule)
    if text is not None:
        return lang.say(text, signal=title(signal, lang) if signal else lang.say("A value"))
    say = _HEADLINES.get(rule.split(".")[0])
    if say is not None:
        return say(alert, lang)
    return f"{title(signal, lang) if signal else lang.say(_WATCHED)}: {spoken(rule)}"


def measured(alert: Alert, lang: Language = ENGLISH) -> str:
    """What was measured, against which limit, for how long; empty where there is nothing to say."""
    detail = _DETAILS.get(alert.key.rule.split(".")[0], _value)
    try:
        return detail(alert, lang)
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError) as error:
        # Evidence that is not as we know it must not keep anybody from being told.
        log.warning("evidence_not_understood", rule=alert.key.rule, alert=alert.id, error=type(error).__name__)
        return ""


def _value(alert: Alert, lang: Language) -> str:
    evidence, signal = alert.evidence, alert.key.signal
    if "value" not in evidence:
        return ""
    value, limit = shown(signal, evidence["value"], lang), evidence.get("limit")
    held = evidence.get("seen", alert.onset) - alert.onset
    if limit is None:
        said = lang.say("Measured {value}", value=value)
    else:
        said = lang.say("Measured {value}, limit {limit}", value=value, limit=shown(signal, limit, lang))
    return said + (lang.say(", for {time}.", time=lang.duration(held)) if held >= 1000 else ".")


def _event(alert: Alert, lang: Language) -> str:
    missed = alert.key.rule == "event.medication_missed"
    what = (alert.evidence.get("medication") or alert.evidence.get("name")) if missed else ""
    return lang.say("Medication: {name}.", name=str(what)[:80]) if what else ""


_WATCHED: Final = mark("Watched values")
_TEXTS: Final = {
    "limit.low": mark("{signal} low"),
    "limit.high": mark("{signal} high"),
    "early_warning": mark("Early warning score raised"),
    "deterioration": mark("Risk of getting worse raised"),
    "outage.broker": mark("Connection to all devices lost"),
    "outage.gateway": mark("Several devices silent at once"),
    "event.sos": mark("Help button pressed"),
    "event.fall": mark("Fall detected"),
    "event.medication_missed": mark("Medication missed"),
}
"""Headlines that are one sentence."""
_HEADLINES: Final[dict[str, _Words]] = {
    "gap": missing, "quality": doubt, "rate_of_change": pattern, "glucose_pattern": pattern,
    "night_desaturation": pattern, "trend": pattern, "baseline_shift": pattern,
}  # fmt: skip
_DETAILS: Final[dict[str, _Words]] = {
    "gap": silence, "early_warning": news2, "event": _event, "quality": doubts, "rate_of_change": from_to,
    "glucose_pattern": shares, "night_desaturation": shares, "trend": drift, "baseline_shift": shifted,
    "deterioration": risk, "outage": lost,
}  # fmt: skip
"""By the first part of a rule."""
