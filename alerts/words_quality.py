"""What alerts about signal quality say, and what is to be done: put the sensor back on, weigh again, feel the pulse."""

from typing import Final

from vitals.alert import Alert
from vitals.people import Role
from vitals.signals import BY_NAME
from vitals.times import show_duration

_HANDS_ON: Final = frozenset({Role.CNA, Role.HMA, Role.PSW, Role.LIVE_IN})

HEADLINES: Final = {
    "quality.probe_off": "Sensor off",
    "quality.stuck": "Sensor stuck at one value",
    "quality.noise": "Sensor unreliable",
    "quality.person": "Weight of somebody else?",
    "quality.disagreement": "Pulse and heart rate differ",
}
_BY_HAND: Final = {
    "quality.probe_off": "Put the sensor back on, warm the hand, and see that values show.",
    "quality.stuck": "Take the sensor off, restart the device, put it on again; measure by hand meanwhile.",
    "quality.noise": "Check that the sensor sits well and the hand is warm and still.",
    "quality.person": "Weigh the patient again, nobody else on the scale.",
    "quality.disagreement": "Feel the pulse for a full minute, warm the hand, and report to the nurse.",
}
_FROM_AFAR: Final = {
    "quality.probe_off": "Ask the home to put the sensor back on; if it is on, check the probe and its cable.",
    "quality.stuck": "Have the device restarted, and replaced if it stays stuck.",
    "quality.noise": "Have the sensor's seat and its cable checked.",
    "quality.person": "Have the patient weighed again.",
    "quality.disagreement": "Have the pulse felt for a minute: of an irregular heart not every beat is felt.",
}


def detail(alert: Alert) -> str:
    """What is known, in a sentence or two.

    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> key = FindingKey("quality.probe_off", "p1", "", "oximeter-1")
    >>> alert = Alert("A", key, Kind.TECHNICAL, Severity.MEDIUM, AlertState.OPEN, 0, 0, 0,
    ...               {"signals": ["heart_rate", "spo2"], "seen": 5_400_000})
    >>> detail(alert)
    'Device oximeter-1 has measured nothing for 1h30m: heart rate, oxygen saturation.'
    """
    device, evidence = alert.key.device or "unnamed", alert.evidence
    if alert.key.rule == "quality.person":
        return (
            f"Measured {BY_NAME['weight'].show(evidence['value'])}: too far from this patient's weight to be counted."
        )
    if alert.key.rule == "quality.disagreement":
        return (
            f"Device {device} counts {evidence['value']:g} /min, {evidence['other_device'] or 'another'} "
            f"{evidence['other']:g} /min: cold hands, movement or an irregular heartbeat. Both are kept."
        )
    names = ", ".join(BY_NAME[name].title.lower() for name in evidence.get("signals") or () if name in BY_NAME)
    lasting = show_duration(max(0, evidence.get("seen", alert.onset) - alert.onset) // 1000 * 1000)
    what = {"quality.probe_off": "has measured nothing", "quality.stuck": "has repeated the same values"}
    said = what.get(alert.key.rule, "has sent values that jump")
    return f"Device {device} {said} for {lasting}" + (f": {names}." if names else ".")


def to_do(alert: Alert, role: Role) -> str:
    """What this role is to do; empty where it is not about signal quality."""
    return (_BY_HAND if role in _HANDS_ON else _FROM_AFAR).get(alert.key.rule, "")
