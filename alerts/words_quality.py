"""What alerts about signal quality say."""

from typing import Final

from alerts.language import ENGLISH, Language, mark
from alerts.words_signals import listed, shown
from vitals.alert import Alert

_HEADLINES: Final = {
    "quality.probe_off": mark("Sensor off"),
    "quality.stuck": mark("Sensor stuck at one value"),
    "quality.noise": mark("Sensor unreliable"),
    "quality.person": mark("Weight of somebody else?"),
    "quality.disagreement": mark("Pulse and heart rate differ"),
}
_LASTING: Final = {
    "quality.probe_off": mark("Device {device} has measured nothing for {time}"),
    "quality.stuck": mark("Device {device} has repeated the same values for {time}"),
    "quality.noise": mark("Device {device} has sent values that jump for {time}"),
}


def doubt(alert: Alert, lang: Language) -> str:
    """Why readings are not to be trusted, in a few words."""
    return lang.say(_HEADLINES.get(alert.key.rule, _HEADLINES["quality.noise"]))


def detail(alert: Alert, lang: Language = ENGLISH) -> str:
    """What is known, in a sentence or two.

    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> key = FindingKey("quality.probe_off", "p1", "", "oximeter-1")
    >>> alert = Alert("A", key, Kind.TECHNICAL, Severity.MEDIUM, AlertState.OPEN, 0, 0, 0,
    ...               {"signals": ["heart_rate", "spo2"], "seen": 5_400_000})
    >>> detail(alert)
    'Device oximeter-1 has measured nothing for 1h30m: heart rate, oxygen saturation.'
    """
    device, evidence = alert.key.device or lang.say("unnamed"), alert.evidence
    if alert.key.rule == "quality.person":
        value = shown("weight", evidence["value"], lang)
        return lang.say("Measured {value}: too far from this patient's weight to be counted.", value=value)
    if alert.key.rule == "quality.disagreement":
        return _differ(alert, device, lang)
    text = _LASTING.get(alert.key.rule, _LASTING["quality.noise"])
    lasting = max(0, evidence.get("seen", alert.onset) - alert.onset)
    said, names = lang.say(text, device=device, time=lang.duration(lasting)), listed(evidence.get("signals"), lang)
    return said + (f": {names}." if names else ".")


def _differ(alert: Alert, device: str, lang: Language) -> str:
    evidence = alert.evidence
    gaps = {
        "device": device,
        "pulse": shown("heart_rate", evidence["value"], lang),
        "other": evidence["other_device"] or lang.say("another device"),
        "rate": shown("heart_rate", evidence["other"], lang),
    }
    both = lang.say("Device {device} counts {pulse}, {other} {rate}.", **gaps)
    return both + " " + lang.say("Cold hands, movement or an irregular heartbeat can do that. Both are kept.")
