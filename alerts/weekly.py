"""What a week amounted to: how alerts were answered, what was missed, what is uncovered in the next one."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from alerts.figures import Figures, figures, stories
from alerts.localtime import zone
from alerts.roster import Roster
from alerts.uncovered import uncovered
from vitals.alert import Alert, Transition
from vitals.times import DAY, to_datetime

WEEK: Final = 7 * DAY
_MISSED: Final = "gap.missed"


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
