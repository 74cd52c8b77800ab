"""What else an alert is about, beside its leading reason: named as far as one short message holds."""

from alerts.gsm import LIMIT, plain, septets
from alerts.language import ENGLISH, Language
from alerts.words import headline
from alerts.words_signals import lowered
from vitals.alert import Alert


def others(alert: Alert, lang: Language = ENGLISH) -> list[str]:
    """The further conditions that hold, in a few words each, the strongest first.

    >>> from dataclasses import replace
    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> from vitals.reason import Reason
    >>> low, fast = FindingKey("limit.low", "p1", "spo2"), FindingKey("limit.high", "p1", "heart_rate")
    >>> rows = [Reason(key, Severity.HIGH, 0, 0).row() for key in (low, fast)]
    >>> alert = Alert("A", low, Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN, 0, 0, 0, {"reasons": rows},
    ...               episode="cardiorespiratory")
    >>> others(alert), also(alert)
    (['heart rate high'], 'And 1 more: heart rate high.')
    """
    more = [part for part in alert.parts() if part.key != alert.key]
    return [lowered(headline(part, lang)) for part in sorted(more, key=lambda part: -part.severity)]


def also(alert: Alert, lang: Language = ENGLISH) -> str:
    """The same as a line of at most 160 GSM characters; empty when there is nothing else."""
    more = others(alert, lang)
    if not more:
        return ""
    named = len(more)
    while named and septets(plain(_line(more, named, lang))) > LIMIT:
        named -= 1
    return _line(more, named, lang)


def _line(more: list[str], named: int, lang: Language) -> str:
    count = len(more)
    if not named:
        return lang.counted("And {count} more: see the alert.", "And {count} more: see the alert.", count)
    names = ", ".join(more[:named]) + ("" if named == count else ", ...")
    return lang.counted("And {count} more: {names}.", "And {count} more: {names}.", count, names=names)
