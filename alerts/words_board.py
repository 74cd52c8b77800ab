"""The words of the live board, beside those that notices and the page behind a link have already."""

from collections.abc import Iterable
from typing import Final

from alerts.coverage import Lack
from alerts.language import Language, mark, mark_many
from alerts.localtime import zone
from vitals.alert import NOT_WANTED, Delivery, DeliveryState
from vitals.people import Role
from vitals.times import to_datetime

LABELS: Final = {
    "title": mark("Alerts"),
    "open": mark("Nobody has answered"),
    "taken": mark("Somebody is on it"),
    "none": mark("Nothing is open for your patients."),
    "more": mark("Other answers, note"),
    "outcome": mark("What was it?"),
    "dealt_with": mark("Close as dealt with"),
    "note": mark("Note (optional)"),
    "history": mark("What has happened"),
    "mind": mark("Silenced, paused, uncovered"),
    "homes": mark("With a patient"),
    "patient": mark("Patient"),
    "clock_in": mark("Clock in"),
    "clock_out": mark("Clock out"),
    "leave": mark("Leave"),
    "as_of": mark("As of"),
    "lost": mark("No connection: what stands here may be old. Last heard at"),
}
"""What stands on the board whatever happens."""
OUTCOMES: Final = {
    "true": mark("It was real"),
    "nuisance": mark("A false alarm"),
    "artefact": mark("The sensor was wrong"),
}
"""What an alert that is closed has turned out to be."""
MORE: Final = mark_many("and {count} more", "and {count} more")
CLOCKED: Final = mark("{who}, clocked in at {time}")
SILENT: Final = mark("{patient}: silent until {time}, {what}. {reason} ({who})")
PAUSED: Final = mark("{patient}: monitoring is paused until {time}. {reason}")
EVERYTHING: Final = mark("everything that may be silent")
STRANGE: Final = mark("This is not among your patients' alerts.")
FOREIGN: Final = mark("This form is not of your board. Open the board again, and answer there.")
_LACKS: Final = {
    Lack.NOBODY: mark("{patient}: nobody is on duty who can be told"),
    Lack.MANAGER_ONLY: mark("{patient}: nobody is on duty before the operations manager"),
}
_ROLES: Final = {
    Role.CNA: mark("certified nursing assistant"),
    Role.HMA: mark("home medical assistant"),
    Role.PSW: mark("personal support worker"),
    Role.LIVE_IN: mark("live-in caregiver"),
    Role.THERAPIST: mark("rehabilitation therapist"),
    Role.NURSE: mark("nurse"),
    Role.OPERATIONS_MANAGER: mark("operations manager"),
    Role.DEVICE_SUPPORT: mark("device support"),
}


def labels(lang: Language) -> dict[str, str]:
    """The board's words in one language.

    >>> from alerts.language import language
    >>> labels(language("en"))["clock_in"]
    'Clock in'
    """
    return {name: lang.say(text) for name, text in LABELS.items()}


def role_words(role: Role, lang: Language) -> str:
    """A role as people say it."""
    return lang.say(_ROLES[role])


def lack_words(patient: str, lack: Lack, lang: Language) -> str:
    """That a patient's hours are not covered now."""
    return lang.say(_LACKS[lack], patient=patient)


def clock_time(time: int, lang: Language, timezone: str, now: int) -> str:
    """A time of day in the reader's zone; of another day with the day.

    >>> from alerts.language import ENGLISH
    >>> clock_time(0, ENGLISH, "Europe/London", 60_000), clock_time(0, ENGLISH, "UTC", 864_000_000)
    ('01:00', 'Thu 1 Jan 00:00')
    """
    at, today = (to_datetime(moment).astimezone(zone(timezone)) for moment in (time, now))
    return f"{at:%H:%M}" if at.date() == today.date() else lang.short_day(at)


def told(notices: Iterable[Delivery], lang: Language, timezone: str, now: int) -> str:
    """Who has been told, and when last; who could not be reached; empty while there is nobody.

    >>> from alerts.language import ENGLISH
    >>> sent = Delivery("k", "A", 1, "ana", "phone", 0, 0, DeliveryState.SENT, sent_at=60_000)
    >>> lost = Delivery("l", "A", 1, "ben", "phone", 0, 0, DeliveryState.DEAD, attempts=9)
    >>> told([sent, lost], ENGLISH, "UTC", 0)
    'Told: ana 00:01. Not reached: ben.'
    """
    known, sent = list(notices), {}
    for notice in sorted((d for d in known if d.state is DeliveryState.SENT), key=lambda d: d.sent_at or d.created):
        sent[notice.recipient] = clock_time(notice.sent_at or notice.created, lang, timezone, now)
    tried = (d for d in known if d.state is DeliveryState.DEAD and d.attempts and d.result != NOT_WANTED)
    lost = {d.recipient for d in tried} - set(sent)
    said = (
        [lang.say("Told: {people}.", people=", ".join(f"{who} {when}" for who, when in sent.items()))] if sent else []
    )
    if lost:
        said.append(lang.say("Not reached: {people}.", people=", ".join(sorted(lost))))
    return " ".join(said)
