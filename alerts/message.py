"""The words of a notice: how urgent, what was measured, since when, and what this role is to do.

A CNA or HMA measures, reports and follows the plan; assessing is a nurse's. A private channel (text message, lock
screen) never shows a name or a condition: a short code, what to do, and a link.
"""

from dataclasses import dataclass
from datetime import datetime

from alerts.gsm import fit
from alerts.localtime import zone
from alerts.others import also, others
from alerts.words import headline, measured
from alerts.words_quality import to_do as quality_to_do
from vitals.agency import Patient
from vitals.alert import Alert
from vitals.finding import Kind, Severity
from vitals.people import Role
from vitals.times import to_datetime

URGENCY = {Severity.HIGH: "Act now", Severity.MEDIUM: "Act soon", Severity.LOW: "For your next visit"}
"""Severity in plain words, by how soon harm comes (IEC 60601-1-8); no word cries emergency for all of them."""

_REPEAT = "Repeat the measurement now, after a few minutes of rest: one reading alone does not say enough."
_HANDS_ON = frozenset({Role.CNA, Role.HMA, Role.PSW, Role.LIVE_IN})
_VISIT = {Severity.HIGH: "Go to the patient now", Severity.MEDIUM: "See the patient soon"}


@dataclass(frozen=True, slots=True)
class Message:
    """A notice's title and body, as a channel shows them."""

    title: str
    body: str


def compose(
    alert: Alert, patient: Patient, role: Role, now: int, *, why: str = "", private: bool = False, link: str = ""
) -> Message:
    """The notice for one role, told at ``now`` (ms UTC).

    ``why`` is why it is told: ``found``, ``worsened``, ``again``, ``new_reason``, ``escalated``, ``repeated``,
    ``follow_up`` or ``nobody``. ``link`` is where it can be acknowledged.

    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey
    >>> alert = Alert("JO4OA2ZLDI", FindingKey("limit.low", "p-0017", "spo2"), Kind.PHYSIOLOGICAL, Severity.HIGH,
    ...               AlertState.OPEN, 0, 60_000, 60_000, {"value": 84.0, "limit": 88.0, "seen": 60_000})
    >>> patient = Patient(id="p-0017", name="A. B.", timezone="Europe/London")
    >>> print(compose(alert, patient, Role.CNA, 60_000).body)
    Measured 84 %, limit 88 %, for 1m.
    Since 01:00 (patient's time).
    Go to the patient now, measure again and report to the nurse. Follow the care plan.
    Alert JO4OA2ZLDI
    >>> print(compose(alert, patient, Role.CNA, 60_000, private=True).body)
    Patient 0017: act now. Go to the patient now, measure again and report to the nurse. Ref JO4OA2ZLDI
    """
    if private:
        return Message("", _short(alert, patient, role, link))
    count = len(others(alert))
    more = f" and {count} more" if count else ""
    title = f"{_urgency(alert)}: {headline(alert)}{more} – {patient.name}"
    said = (
        _why(why),
        measured(alert),
        also(alert),
        _since(alert, patient, now),
        _to_do(alert, role),
        link,
        f"Alert {alert.id}",
    )
    return Message(title, "\n".join(line for line in said if line))


def _short(alert: Alert, patient: Patient, role: Role, link: str) -> str:
    """One text message without name and condition."""
    said = f"Patient {patient.short_code}: {_urgency(alert).lower()}. {_what_to_do(alert, role)}"
    return fit(said, tail=f" {link}" if link else f" Ref {alert.id}")


def _urgency(alert: Alert) -> str:
    return "Please measure again" if _asks_repeat(alert) else URGENCY[alert.severity]


def _asks_repeat(alert: Alert) -> bool:
    """A value given once (a cuff) is confirmed by a second reading before it pages as dangerous."""
    return alert.severity is Severity.LOW and alert.evidence.get("ask") == "repeat"


def _why(why: str) -> str:
    return _WHY.get(why, "")


_WHY = {
    "worsened": "It has become worse.",
    "again": "It has happened again.",
    "new_reason": "Something new has been added.",
    "escalated": "Nobody has answered yet.",
    "repeated": "Nobody has answered yet.",
    "help": "Somebody who is with it asks for help.",
    "follow_up": "It was acknowledged, and it is not over.",
    "nobody": "Nobody on duty can be reached for this patient: you are told in their place.",
}


def _since(alert: Alert, patient: Patient, now: int) -> str:
    begun = to_datetime(alert.onset).astimezone(zone(patient.timezone))
    today = to_datetime(now).astimezone(zone(patient.timezone)).date()
    return f"Since {_clock(begun, same_day=begun.date() == today)} (patient's time)."


def _clock(when: datetime, *, same_day: bool) -> str:
    return when.strftime("%H:%M") if same_day else f"{when:%H:%M on %A} {when.day} {when:%B}"


def _to_do(alert: Alert, role: Role) -> str:
    plan = " Follow the care plan." if role in _HANDS_ON else ""
    return _what_to_do(alert, role) + plan


def _what_to_do(alert: Alert, role: Role) -> str:
    """What is this role's to do; nobody below a nurse is asked to assess."""
    if role is Role.OPERATIONS_MANAGER:
        return "Make sure that somebody takes this on."
    if alert.kind is Kind.TECHNICAL:
        return quality_to_do(alert, role) or _technical(role)
    if alert.severity is Severity.LOW:
        return _REPEAT if _asks_repeat(alert) else _at_next_visit(role)
    return f"{_VISIT[alert.severity]}{_there(alert, role)}"


def _there(alert: Alert, role: Role) -> str:
    if role is Role.NURSE:
        return " or call, assess, and decide what is to be done."
    if role not in _HANDS_ON:
        return " or send somebody, and tell the nurse."
    happened = alert.key.rule.startswith("event.")
    return ", help, and report to the nurse." if happened else ", measure again and report to the nurse."


def _technical(role: Role) -> str:
    if role is Role.DEVICE_SUPPORT:
        return "Check the device, its battery and its connection."
    if role in _HANDS_ON:
        return "Check that the device is worn, charged and in reach; measure by hand if the plan orders it."
    return "Readings are missing: make sure that the patient is seen and the device checked."


def _at_next_visit(role: Role) -> str:
    return "Review it at your next visit." if role is Role.NURSE else "Measure again at your next visit and report it."
