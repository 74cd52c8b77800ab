"""A notice for a text message or a lock screen: a code, how urgent, what to do, and a link or the alert's code.

No name and no condition, in one message of 160 GSM characters. What has no room is left out whole, never cut: first the
hint how to reply, then the long way of saying what is to be done, then why it is told.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from alerts.gsm import LIMIT, fit, plain, septets
from alerts.language import Language, mark
from alerts.replies import Answer, choices
from alerts.tasks_technical import Task
from vitals.agency import Patient
from vitals.alert import Alert
from vitals.finding import Severity

_URGENCY: Final = {
    Severity.HIGH: mark("act now"),
    Severity.MEDIUM: mark("act soon"),
    Severity.LOW: mark("next visit"),
}
_REPEAT: Final = mark("measure again")
LABELS: Final = {
    Answer.ACKNOWLEDGE: mark("OK"),
    Answer.ON_MY_WAY: mark("on my way"),
    Answer.CHECKED_FINE: mark("checked, all fine"),
    Answer.ARTEFACT: mark("the sensor was wrong"),
    Answer.CALL_FOR_HELP: mark("send help"),
    Answer.DEALT_WITH: mark("it was real and is dealt with"),
}
"""What each answer is called where somebody chooses one."""
_HINTED: Final = (Answer.ACKNOWLEDGE, Answer.ON_MY_WAY)


def text_message(
    alert: Alert,
    patient: Patient,
    asked: Task,
    lang: Language,
    *,
    why: str = "",
    repeat: bool = False,
    link: str = "",
    replies: bool = False,
) -> str:
    """The whole message. A link too long for it gives way to the alert's code.

    ``why`` is why it is told, in words; ``repeat`` says that a second measurement is asked for; ``replies`` that an
    answer by text message is heard.
    """
    label = lang.say(_REPEAT if repeat else _URGENCY[max(alert.severity, Severity.LOW)])
    lead, tail, hint = plain(_lead(alert, patient, label, lang)), plain(link), ""
    if not link or septets(lead) + septets(tail) >= LIMIT:
        tail = plain(lang.say("Ref {alert}", alert=alert.id))
        hint = f" {plain(reply_hint(lang))}" if replies else ""
    room = LIMIT - septets(lead) - septets(tail) - 1
    for said in _ways(plain(why), [plain(lang.say(text)) for text in asked], hint):
        if septets(said) <= room:
            return f"{lead}{said} {tail}"
    return fit(lead, tail=f" {tail}")


def _lead(alert: Alert, patient: Patient, urgency: str, lang: Language) -> str:
    """Whom it is about, by a code, and how soon."""
    if patient.id:
        return lang.say("Patient {code}: {urgency}.", code=patient.short_code, urgency=urgency)
    if alert.key.rule == "outage.broker":
        return lang.say("All patients: {urgency}.", urgency=urgency)
    return lang.say("Several patients: {urgency}.", urgency=urgency)


def _ways(why: str, asked: Sequence[str], hint: str) -> Iterator[str]:
    """Why it is told and what is to be done, from the long to the short."""
    for because in dict.fromkeys((f" {why}" if why else "", "")):
        for to_do in asked:
            for how in dict.fromkeys((hint, "")):
                yield f"{because} {to_do}{how}"


def reply_hint(lang: Language) -> str:
    """How to answer by a digit.

    >>> from alerts.language import ENGLISH, language
    >>> reply_hint(ENGLISH), reply_hint(language("es"))
    ('Reply 1 OK, 2 on my way.', 'Responda 1 OK, 2 en camino.')
    """
    offered = [f"{digit} {lang.say(LABELS[answer])}" for digit, answer in choices() if answer in _HINTED]
    return lang.say("Reply {choices}.", choices=", ".join(offered))
