"""Shift handover: what whoever comes on must know of the patients who are now theirs.

Open and acknowledged alerts first, then what has changed over days, measurements that were missed, and what could wait
for the next visit. The words follow the same rules as a notice: a private channel shows no name and no condition.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from alerts.gsm import fit
from alerts.language import Language, language, mark, mark_many
from alerts.localtime import zone
from alerts.message import Message, urgency
from alerts.tasks import SLOW
from alerts.words import headline
from alerts.words_signals import lowered
from vitals.agency import Patient
from vitals.alert import Alert, AlertState
from vitals.finding import Severity
from vitals.people import Caregiver
from vitals.times import DAY, to_datetime

_MISSED: Final = "gap.missed"
_LONGEST: Final = 20
"""Lines a part: a nurse of a thousand patients reads no more on a phone."""


class Part(IntEnum):
    """The parts of a handover, in their order."""

    OPEN = 0
    TAKEN = 1
    CHANGED = 2
    MISSED = 3
    VISIT = 4
    OVER = 5


_TITLES: Final = {
    Part.OPEN: mark("Open, nobody has answered:"),
    Part.TAKEN: mark("Somebody is on it:"),
    Part.CHANGED: mark("Changing over days:"),
    Part.MISSED: mark("Not measured as ordered:"),
    Part.VISIT: mark("For your next visit:"),
    Part.OVER: mark("Over since yesterday:"),
}
_COUNTED: Final = {
    Part.OPEN: mark_many("{count} open", "{count} open"),
    Part.TAKEN: mark_many("{count} taken on", "{count} taken on"),
    Part.CHANGED: mark_many("{count} changing over days", "{count} changing over days"),
    Part.MISSED: mark_many("{count} not measured", "{count} not measured"),
    Part.VISIT: mark_many("{count} for your visit", "{count} for your visit"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One alert in a handover."""

    part: Part
    alert: Alert


def items(alerts: Iterable[Alert], patients: Collection[str], now: int) -> list[Item]:
    """What is to be handed over of those patients' ``alerts``: the live ones, and those that ended within a day."""
    found = [Item(part, a) for a in alerts if a.key.patient in patients and (part := _part(a, now)) is not None]
    return sorted(found, key=lambda item: (item.part, -item.alert.severity, item.alert.onset, item.alert.id))


def _part(alert: Alert, now: int) -> Part | None:
    if not alert.state.live:
        return Part.OVER if alert.severity > Severity.LOW and now - alert.updated < DAY else None
    if alert.state is AlertState.ACKNOWLEDGED:
        return Part.TAKEN
    if alert.key.rule.split(".")[0] in SLOW:
        return Part.CHANGED
    if alert.key.rule == _MISSED:
        return Part.MISSED
    return Part.VISIT if alert.severity is Severity.LOW else Part.OPEN


def handover(person: Caregiver, found: Sequence[Item], patients: Mapping[str, Patient], *, private: bool) -> Message:
    """The digest for one person over one channel, in their language.

    >>> ana = Caregiver(id="ana", name="A.", role="cna", timezone="UTC")
    >>> handover(ana, [], {}, private=True).body
    'Your shift begins: nothing is open for your patients.'
    """
    lang = language(person.language)
    counts = _counts(found, lang)
    if private:
        return Message("", _short(counts, lang))
    blocks = [_block(part, found, person, patients, lang) for part in Part]
    body = "\n\n".join(block for block in blocks if block)
    quiet = lang.say("Nothing is open for your patients. Look after what the care plan orders.")
    return Message(lang.say("Handover: {counts}", counts=counts or lang.say("nothing is open")), body or quiet)


def _short(counts: str, lang: Language) -> str:
    if not counts:
        return fit(lang.say("Your shift begins: nothing is open for your patients."))
    return fit(
        lang.say("Your shift begins: {counts}.", counts=counts), tail=" " + lang.say("See your board for details.")
    )


def _counts(found: Sequence[Item], lang: Language) -> str:
    numbers = {part: sum(item.part is part for item in found) for part in _COUNTED}
    return ", ".join(lang.counted(*_COUNTED[part], count) for part, count in numbers.items() if count)


def _block(
    part: Part, found: Sequence[Item], person: Caregiver, patients: Mapping[str, Patient], lang: Language
) -> str:
    mine = [item.alert for item in found if item.part is part]
    lines = [_line(alert, person, patients, lang) for alert in mine[:_LONGEST]]
    if len(mine) > _LONGEST:
        left = len(mine) - _LONGEST
        lines.append(lang.counted("And {count} more: see your board.", "And {count} more: see your board.", left))
    return "\n".join([lang.say(_TITLES[part]), *lines]) if lines else ""


def _line(alert: Alert, person: Caregiver, patients: Mapping[str, Patient], lang: Language) -> str:
    patient = patients.get(alert.key.patient)
    gaps = {
        "patient": patient.name if patient else alert.key.patient,
        "headline": headline(alert, lang),
        "urgency": lowered(urgency(alert, lang)),
        "when": lang.short_day(to_datetime(alert.onset).astimezone(zone(person.timezone))),
    }
    said = "- " + lang.say("{patient}: {headline} ({urgency}), since {when}", **gaps)
    taken = alert.state is AlertState.ACKNOWLEDGED
    return said + (lang.say(", {caregiver} is on it", caregiver=alert.acknowledged_by) if taken else "")
