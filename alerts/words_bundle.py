"""What a message says that stands for several notices; a private one names codes and counts only."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from alerts.gsm import LIMIT, plain, septets
from alerts.language import Language, language
from alerts.message import URGENCY, Message
from vitals.agency import Patient
from vitals.finding import Severity

_LINES: Final = 20
"""Beyond, a message is read by nobody."""


class Part(NamedTuple):
    """One of the alerts; ``title`` is its own notice's."""

    patient: Patient
    severity: Severity
    technical: bool
    title: str


def counted(count: int, code: str) -> Message:
    """When nothing but their number is known.

    >>> counted(4, "en").body
    '4 alerts. See your board.'
    """
    lang = language(code)
    return Message("", f"{_count(count, lang, technical=False)}. {_where(lang)}")


def together(parts: Sequence[Part], code: str, *, private: bool) -> Message:
    """The message for several alerts, the most severe first.

    >>> who = Patient(id="p-0017", name="A. B.", timezone="UTC")
    >>> parts = [Part(who, Severity.MEDIUM, True, f"Act soon: Device silent – A. B. ({n})") for n in range(3)]
    >>> print(together(parts, "en", private=True).body)
    3 technical alerts: patient 0017 (3). Act soon. See your board.
    >>> print(together(parts, "en", private=False).title)
    Act soon: 3 technical alerts
    """
    lang = language(code)
    count = _count(len(parts), lang, technical=all(part.technical for part in parts))
    urgency = lang.say(URGENCY[max(Severity.LOW, *(part.severity for part in parts))])
    if private:
        return Message("", _short(parts, count, urgency, lang))
    lines = [f"- {part.title or part.patient.short_code}" for part in parts[:_LINES]]
    more = len(parts) - len(lines)
    lines += [lang.counted("and {count} more", "and {count} more", more)] if more else []
    return Message(f"{urgency}: {count}", "\n".join([*lines, _where(lang)]))


def _short(parts: Sequence[Part], count: str, urgency: str, lang: Language) -> str:
    """As many patients' codes as one text message holds."""
    numbers = Counter(part.patient.short_code for part in parts)
    named = [f"{_who(name, lang)} ({number})" for name, number in numbers.most_common()]
    for most in range(len(named), -1, -1):
        names = ", ".join(named[:most]) + (" ..." if 0 < most < len(named) else "")
        said = plain(f"{count}{': ' if names else ''}{names}. {urgency}. {_where(lang)}")
        if septets(said) <= LIMIT:
            break
    return said


def _who(code: str, lang: Language) -> str:
    return lang.say("patient {code}", code=code) if code else lang.say("all patients")


def _count(count: int, lang: Language, *, technical: bool) -> str:
    if technical:
        return lang.counted("{count} technical alert", "{count} technical alerts", count)
    return lang.counted("{count} alert", "{count} alerts", count)


def _where(lang: Language) -> str:
    return lang.say("See your board.")
