"""Words for scores of several vital signs: NEWS2, and the risk of deterioration; each says what it is made of."""

from typing import Any, Final

from alerts.language import Language
from alerts.words_signals import listed, running, shown
from vitals.alert import Alert

_SHARES: Final = 3
"""Shares of a risk that are named; the page behind the alert has them all."""


def news2(alert: Alert, lang: Language) -> str:
    """NEWS2 (Royal College of Physicians, 2017) with each component's age; from old or missing parts it says so.

    >>> from alerts.language import ENGLISH
    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> parts = {"spo2": {"value": 91.0, "points": 3, "age": 7_200_000}}
    >>> alert = Alert("A", FindingKey("early_warning", "p1"), Kind.PHYSIOLOGICAL, Severity.LOW, AlertState.OPEN,
    ...               0, 0, 0, {"total": 3, "missing": ["consciousness"], "components": parts})
    >>> print(news2(alert, ENGLISH))
    NEWS2 score 3 (incomplete: no consciousness). Parts: oxygen saturation 91 % (3 points), 2h old.
    """
    evidence = alert.evidence
    total = shown("", evidence.get("total", evidence.get("score", evidence.get("value"))), lang)
    lacking = listed(evidence.get("missing"), lang)
    if lacking:
        said = lang.say("NEWS2 score {total} (incomplete: no {missing}).", total=total, missing=lacking)
    elif evidence.get("incomplete"):
        said = lang.say("NEWS2 score {total} (incomplete).", total=total)
    else:
        said = lang.say("NEWS2 score {total}.", total=total)
    parts = "; ".join(_component(name, part, lang) for name, part in _components(evidence))
    return said + (" " + lang.say("Parts: {parts}.", parts=parts) if parts else "")


def _components(evidence: dict[str, Any]) -> list[tuple[str, Any]]:
    parts = evidence.get("components") or {}
    return list(parts.items()) if isinstance(parts, dict) else [(str(p.get("signal", "")), p) for p in parts]


def _component(name: str, part: Any, lang: Language) -> str:
    if not isinstance(part, dict):
        return f"{running(name, lang)} {shown(name, part, lang)}"
    said = running(name, lang)
    if "value" in part:
        said += f" {shown(name, part['value'], lang)}"
    if isinstance(part.get("points"), (int, float)):
        points = lang.counted("{count} point", "{count} points", part["points"])
        said += f" ({points})"
    age = part.get("age")
    if not isinstance(age, (int, float)) or age < 1000:
        return said
    return said + ", " + lang.say("{time} old", time=lang.duration(age))


def risk(alert: Alert, lang: Language) -> str:
    """How much more likely than for the average patient, until when, and what speaks for it most.

    >>> from alerts.language import ENGLISH
    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> shares = [{"signal": "heart_rate", "points": 0.9, "value": 112.0, "baseline": 78.0}]
    >>> alert = Alert("A", FindingKey("deterioration", "p1"), Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN,
    ...               0, 0, 0, {"times": 3.2, "horizon": 43_200_000, "contributions": shares})
    >>> print(risk(alert, ENGLISH))
    An estimate, no diagnosis: the odds of getting worse within 12h are 3.2 times the average.
    Most of it: heart rate 112 /min (usually 78 /min).
    """
    evidence = alert.evidence
    gaps = {"times": lang.number(evidence["times"], 1), "time": lang.duration(evidence["horizon"])}
    said = [
        lang.say(
            "An estimate, no diagnosis: the odds of getting worse within {time} are {times} times the average.", **gaps
        )
    ]
    speaks = [part for part in evidence.get("contributions") or () if part["points"] > 0][:_SHARES]
    if speaks:
        said.append(lang.say("Most of it: {parts}.", parts="; ".join(_share(part, lang) for part in speaks)))
    lacking = listed(evidence.get("missing"), lang)
    if lacking:
        said.append(lang.say("Not measured lately: {signals}.", signals=lacking))
    return " ".join(said)


def _share(part: dict[str, Any], lang: Language) -> str:
    name, value, usual = part["signal"], part.get("value"), part.get("baseline")
    said = running(name, lang) + ("" if value is None else f" {shown(name, value, lang)}")
    if usual is None:
        return said
    return said + " (" + lang.say("usually {usual}", usual=shown(name, usual, lang)) + ")"
