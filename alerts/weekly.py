"""The week's digest for nurse and operations manager: how alerts were answered, what was missed, what is uncovered."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from alerts.figures import Figures, figures, stories
from alerts.gsm import fit
from alerts.localtime import zone
from alerts.message import Message
from alerts.roster import Roster
from alerts.uncovered import uncovered
from vitals.agency import Patient
from vitals.alert import Alert, Transition
from vitals.times import DAY, HOUR, SECOND, show_duration, to_datetime

WEEK: Final = 7 * DAY
_MISSED: Final = "gap.missed"
_SHOWN: Final = 5
"""Patients named in a list; the report has them all."""


class Past(Protocol):
    """The ledger as this sees it."""

    def alerts(
        self, state: None = None, patient: None = None, limit: int | None = 1_000, since: int | None = None
    ) -> list[Alert]: ...
    def transitions(self, alert_id: None = None, since: int | None = None) -> list[Transition]: ...


@dataclass(frozen=True, slots=True)
class Week:
    """What a week amounted to. ``missed`` measurements and ``uncovered`` ms of the coming week are by patient."""

    by_rule: Sequence[Figures]
    by_severity: Sequence[Figures]
    by_patient: Sequence[Figures]
    missed: Mapping[str, int]
    uncovered: Mapping[str, int]

    @property
    def alerts(self) -> int:
        return sum(row.alerts for row in self.by_severity)


def read_week(past: Past, roster: Roster, end: int, breathe: Callable[[], None] = lambda: None) -> Week:
    """The week before ``end`` (ms UTC) from the ledger, and the hours after it that the roster leaves open."""
    found = [alert for alert in past.alerts(limit=None, since=end - WEEK) if alert.opened < end]
    history = past.transitions(since=end - WEEK)

    def local_hour(who: str, moment: int) -> int:
        patient = roster.patients.get(who)
        return to_datetime(moment).astimezone(zone(patient.timezone if patient else "UTC")).hour

    told = stories(found, history, local_hour)
    by_rule, by_severity, by_patient = (figures(told, by) for by in ("rule", "severity", "patient"))
    ahead = uncovered(Roster(roster.agency, roster.presences), end, end + WEEK, breathe)
    missed = Counter(alert.key.patient for alert in found if alert.key.rule == _MISSED)
    return Week(by_rule, by_severity, by_patient, missed, ahead)


def weekly(week: Week, patients: Mapping[str, Patient], *, private: bool) -> Message:
    """The words. A private channel gets numbers alone.

    >>> weekly(Week((), (), (), {}, {"p1": 7_200_000}), {}, private=True).body
    'Your week: 0 alerts, 0 measurements missed, 2h uncovered in the coming week. See the report for details.'
    """
    numbers = f"{week.alerts} alerts, {sum(week.missed.values())} measurements missed"
    hours = f"{_hours(sum(week.uncovered.values()))} uncovered in the coming week"
    if private:
        return Message("", fit(f"Your week: {numbers}, {hours}.", tail=" See the report for details."))
    blocks = (
        _rows("Alerts by severity", week.by_severity, str),
        _rows("Alerts by rule", week.by_rule, str),
        _rows("Patients with most alerts", week.by_patient[:_SHOWN], lambda who: _name(who, patients)),
        _most("Measurements missed", week.missed, str, patients),
        _most("Uncovered hours of the coming week", week.uncovered, _hours, patients),
    )
    return Message(f"The week: {numbers}, {hours}", "\n\n".join(block for block in blocks if block) or "A quiet week.")


def _rows(title: str, rows: Sequence[Figures], name: Callable[[str], str]) -> str:
    return "\n".join([f"{title}:", *(f"- {name(row.group)}: {_figures(row)}" for row in rows)]) if rows else ""


def _figures(row: Figures) -> str:
    judged = "" if math.isnan(row.precision) else f", {row.precision:.0%} of {row.judged} judged were true"
    median = row.acknowledge_median
    answered = "" if math.isnan(median) else f", answered after {show_duration(round(median / SECOND) * SECOND)}"
    return f"{row.alerts}{judged}{answered}" + (f", {row.unanswered} never answered" if row.unanswered else "")


def _most(title: str, of: Mapping[str, int], show: Callable[[int], str], patients: Mapping[str, Patient]) -> str:
    most = sorted(of.items(), key=lambda item: (-item[1], item[0]))
    lines = [f"- {_name(who, patients)}: {show(count)}" for who, count in most[:_SHOWN]]
    more = [f"- and {len(most) - _SHOWN} patients more"] if len(most) > _SHOWN else []
    return "\n".join([f"{title}: {show(sum(of.values()))}", *lines, *more]) if lines else ""


def _name(who: str, patients: Mapping[str, Patient]) -> str:
    patient = patients.get(who)
    return f"{patient.name} ({patient.short_code})" if patient else who


def _hours(ms: int) -> str:
    return f"{round(ms / HOUR, 1):g}h"
