"""Shift handover: what whoever comes on must know of the patients who are now theirs.

Open and acknowledged alerts first, then what has changed over days, measurements that were missed, and what could wait
for the next visit. The words follow the same rules as a notice: a private channel shows no name and no condition.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final

from alerts.gsm import fit
from alerts.localtime import zone
from alerts.message import URGENCY, Message
from alerts.words import headline
from vitals.agency import Patient
from vitals.alert import Alert, AlertState
from vitals.finding import Severity
from vitals.people import Caregiver
from vitals.times import DAY, to_datetime

SLOW: Final = ("trend", "baseline_shift", "glucose_pattern", "night_desaturation")
"""Rules about what changes over days: they stand under a heading of their own."""
_MISSED: Final = "gap.missed"


class Part(IntEnum):
    """The parts of a handover, in their order."""

    OPEN = 0
    TAKEN = 1
    CHANGED = 2
    MISSED = 3
    VISIT = 4
    OVER = 5


_TITLES: Final = {
    Part.OPEN: "Open, nobody has answered",
    Part.TAKEN: "Somebody is on it",
    Part.CHANGED: "Changing over days",
    Part.MISSED: "Not measured as ordered",
    Part.VISIT: "For your next visit",
    Part.OVER: "Over since yesterday",
}
_COUNTED: Final = {
    Part.OPEN: "open",
    Part.TAKEN: "taken on",
    Part.CHANGED: "changing over days",
    Part.MISSED: "not measured",
    Part.VISIT: "for your visit",
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
    """The digest for one person over one channel.

    >>> ana = Caregiver(id="ana", name="A.", role="cna", timezone="UTC")
    >>> handover(ana, [], {}, private=True).body
    'Your shift begins: nothing is open for your patients.'
    """
    if private:
        return Message("", _short(found))
    title = f"Handover: {_counts(found) or 'nothing is open'}"
    blocks = [_block(part, found, person, patients) for part in Part]
    quiet = "Nothing is open for your patients. Look after what the care plan orders."
    return Message(title, "\n\n".join(block for block in blocks if block) or quiet)


def _short(found: Sequence[Item]) -> str:
    counts = _counts(found)
    if not counts:
        return "Your shift begins: nothing is open for your patients."
    return fit(f"Your shift begins: {counts}.", tail=" See your board for details.")


def _counts(found: Sequence[Item]) -> str:
    numbers = {part: sum(item.part is part for item in found) for part in _COUNTED}
    return ", ".join(f"{count} {_COUNTED[part]}" for part, count in numbers.items() if count)


def _block(part: Part, found: Sequence[Item], person: Caregiver, patients: Mapping[str, Patient]) -> str:
    lines = [_line(item.alert, person, patients) for item in found if item.part is part]
    return "\n".join([f"{_TITLES[part]}:", *lines]) if lines else ""


def _line(alert: Alert, person: Caregiver, patients: Mapping[str, Patient]) -> str:
    patient = patients.get(alert.key.patient)
    who = patient.name if patient else alert.key.patient
    by = f", {alert.acknowledged_by} is on it" if alert.state is AlertState.ACKNOWLEDGED else ""
    since = _clock(to_datetime(alert.onset).astimezone(zone(person.timezone)))
    return f"- {who}: {headline(alert)} ({URGENCY[alert.severity].lower()}), since {since}{by}"


def _clock(when: datetime) -> str:
    return f"{when:%a} {when.day} {when:%b} {when:%H:%M}"
