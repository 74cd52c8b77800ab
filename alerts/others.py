"""What else an alert is about, beside its leading reason: named as far as one short message holds."""

from alerts.gsm import LIMIT, plain, septets
from alerts.words import headline
from vitals.alert import Alert


def others(alert: Alert) -> list[str]:
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
    said = [headline(part) for part in sorted(more, key=lambda part: -part.severity)]
    return [words[:1].lower() + words[1:] if words[1:2].islower() else words for words in said]


def also(alert: Alert) -> str:
    """The same as a line of at most 160 GSM characters; empty when there is nothing else."""
    more = [plain(words) for words in others(alert)]
    if not more:
        return ""
    named = len(more)
    while named and septets(_line(more, named)) > LIMIT:
        named -= 1
    return _line(more, named)


def _line(more: list[str], named: int) -> str:
    rest = "" if named == len(more) else " ..." if named else "see the alert"
    return f"And {len(more)} more: {', '.join(more[:named])}{',' if rest and named else ''}{rest}."
