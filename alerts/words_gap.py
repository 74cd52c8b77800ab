"""Words for what was not measured, and for devices that are silent, gone, or low on battery."""

from typing import Any, Final, TypeGuard

from alerts.language import Language
from alerts.words_signals import running
from vitals.alert import Alert

_UNNAMED: Final = "home"
"""Stands for the gateway of devices of which nobody says how they reach us."""


def missing(alert: Alert, lang: Language) -> str:
    """What is missing, in a few words.

    >>> from alerts.language import ENGLISH
    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> alert = Alert("A", FindingKey("gap.missed", "p1", "weight"), Kind.TECHNICAL, Severity.MEDIUM, AlertState.OPEN,
    ...               0, 0, 0, {"every": 86_400_000, "silent_for": 93_600_000})
    >>> missing(alert, ENGLISH), silence(alert, ENGLISH)
    ('Body weight not measured', 'No reading for 1d2h; ordered every 1d.')
    """
    never = alert.key.rule == "gap.never"
    if alert.key.signal:
        name = running(alert.key.signal, lang)
        said = (
            lang.say("{signal} never measured", signal=name)
            if never
            else lang.say("{signal} not measured", signal=name)
        )
        return said[:1].upper() + said[1:]
    if alert.key.rule == "gap.battery":
        return lang.say("Device battery low")
    if alert.key.rule == "gap.offline":
        return lang.say("Device offline")
    if alert.key.device:
        return lang.say("Device never heard from") if never else lang.say("Device silent")
    return lang.say("No readings from this patient")


def silence(alert: Alert, lang: Language) -> str:
    """For how long, of which device."""
    said = [_charge(alert, lang) if alert.key.rule == "gap.battery" else _since(alert, lang)]
    if alert.key.device:
        said.append(lang.say("Device {device}.", device=alert.key.device))
    return " ".join(part for part in said if part)


def lost(alert: Alert, lang: Language) -> str:
    """What it means that nothing reaches us, or nothing through one gateway."""
    if "devices" in alert.evidence:
        return _at_once(alert, lang)
    time = lang.duration(alert.evidence["silent_for"])
    return lang.say("Nothing has arrived for {time}: until it is back no measurement can raise an alarm.", time=time)


def _at_once(alert: Alert, lang: Language) -> str:
    evidence, gateway = alert.evidence, alert.key.device
    said = [lang.counted("{count} device fell silent.", "{count} devices fell silent at once.", evidence["devices"])]
    if evidence.get("patients", 1) > 1:
        said.append(lang.say("They belong to {patients} patients.", patients=evidence["patients"]))
    if gateway not in {"", _UNNAMED}:
        said.append(lang.say("Gateway: {gateway}.", gateway=gateway))
    return " ".join(said)


def _charge(alert: Alert, lang: Language) -> str:
    charge = alert.evidence.get("battery")
    return lang.say("Battery at {percent} %.", percent=lang.number(100 * charge, 0)) if _is_number(charge) else ""


def _since(alert: Alert, lang: Language) -> str:
    evidence = alert.evidence
    silent, every = evidence.get("silent_for") or evidence.get("age"), evidence.get("every")
    ordered = lang.duration(every) if alert.key.signal and _is_number(every) else ""
    gaps = {"every": ordered}
    if _is_number(silent):
        gaps["time"] = lang.duration(silent)
        return (
            lang.say("No reading for {time}; ordered every {every}.", **gaps)
            if ordered
            else lang.say("No reading for {time}.", **gaps)
        )
    if alert.key.rule != "gap.never":
        return ""
    return lang.say("Not once yet; ordered every {every}.", **gaps) if ordered else lang.say("No reading yet.")


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
