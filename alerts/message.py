"""The words of a notice: how urgent, what was measured, since when, and what this role is to do; in their language.

A CNA or HMA measures, reports and follows the plan; assessing is a nurse's. A private channel (text message, lock
screen) never shows a name or a condition: a short code, what to do, and a link.
"""

from dataclasses import dataclass
from typing import Final

from alerts.language import Language, language, mark
from alerts.localtime import zone
from alerts.others import also, others
from alerts.private import text_message
from alerts.tasks import asks_repeat, follows_plan, task
from alerts.words import headline, measured
from vitals.agency import Patient
from vitals.alert import Alert
from vitals.finding import Severity
from vitals.people import Role
from vitals.times import to_datetime

URGENCY: Final = {
    Severity.HIGH: mark("Act now"),
    Severity.MEDIUM: mark("Act soon"),
    Severity.LOW: mark("For your next visit"),
}
"""Severity in plain words, by how soon harm comes (IEC 60601-1-8); no word cries emergency for all of them."""
_WHY: Final = {
    "worsened": mark("It has become worse."),
    "again": mark("It has happened again."),
    "new_reason": mark("Something new has been added."),
    "escalated": mark("Nobody has answered yet."),
    "repeated": mark("Nobody has answered yet."),
    "help": mark("Somebody who is with it asks for help."),
    "follow_up": mark("It was acknowledged, and it is not over."),
    "nobody": mark("Nobody on duty can be reached for this patient: you are told in their place."),
}


@dataclass(frozen=True, slots=True)
class Message:
    """A notice's title and body, as a channel shows them."""

    title: str
    body: str


def compose(
    alert: Alert,
    patient: Patient,
    role: Role,
    now: int,
    *,
    why: str = "",
    private: bool = False,
    link: str = "",
    code: str = "en",
    replies: bool = False,
) -> Message:
    """The notice for one role, told at ``now`` (ms UTC).

    ``why`` is why it is told: ``found``, ``worsened``, ``again``, ``new_reason``, ``escalated``, ``repeated``,
    ``follow_up`` or ``nobody``. ``link`` is where it can be acknowledged; ``code`` the language (ISO 639-1), English
    where we have no words in it; ``replies`` says that an answer by text message is heard.

    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind
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
    >>> print(compose(alert, patient, Role.NURSE, 60_000, code="es").title)
    Actúe ahora: Saturación de oxígeno por debajo del límite – A. B.
    """
    lang, asked = language(code), task(alert, role)
    because = lang.say(_WHY[why]) if why in _WHY else ""
    if private:
        about, repeat = (alert, patient, asked, lang), asks_repeat(alert)
        return Message("", text_message(*about, why=because, repeat=repeat, link=link, replies=replies))
    lines = (
        because,
        measured(alert, lang),
        also(alert, lang),
        _since(alert, patient, now, lang),
        lang.say(asked.whole) + (" " + lang.say("Follow the care plan.") if follows_plan(role) else ""),
        link,
        lang.say("Alert {alert}", alert=alert.id),
    )
    return Message(_title(alert, patient, lang), "\n".join(line for line in lines if line))


def urgency(alert: Alert, lang: Language) -> str:
    """How soon, in plain words."""
    if asks_repeat(alert):
        return lang.say("Please measure again")
    return lang.say(URGENCY[max(alert.severity, Severity.LOW)])


def _title(alert: Alert, patient: Patient, lang: Language) -> str:
    count = len(others(alert, lang))
    more = " " + lang.counted("and {count} more", "and {count} more", count) if count else ""
    about = f" – {patient.name}" if patient.name else ""
    return f"{urgency(alert, lang)}: {headline(alert, lang)}{more}{about}"


def _since(alert: Alert, patient: Patient, now: int, lang: Language) -> str:
    begun = to_datetime(alert.onset).astimezone(zone(patient.timezone))
    today = to_datetime(now).astimezone(zone(patient.timezone)).date()
    when = f"{begun:%H:%M}" if begun.date() == today else lang.day(begun)
    return (
        lang.say("Since {when} (patient's time).", when=when)
        if patient.id
        else lang.say("Since {when} UTC.", when=when)
    )
