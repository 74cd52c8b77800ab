"""Who comes on duty, and for which patients: found as time goes by, from the roster alone."""

import heapq
from collections import defaultdict
from collections.abc import Callable
from typing import Final, NamedTuple

from alerts.duty import Duty, Why
from alerts.roster import Roster
from vitals.people import Role

_COMES: Final = frozenset({Why.SHIFT, Why.TOOK_OVER, Why.ADDED})
"""Somebody who clocks in early is at the patient's side already; somebody there round the clock never comes."""
OFFICE: Final = frozenset({Role.OPERATIONS_MANAGER, Role.DEVICE_SUPPORT})
"""Serving every patient, they take over nobody's care; a nurse who does is told of all of them."""


class Coming(NamedTuple):
    """``caregiver`` came on at ``start`` (ms UTC) for ``patients``."""

    caregiver: str
    start: int
    patients: tuple[str, ...]


class Comings:
    """Looks only at patients for whom something has changed: each is looked at again when its stretch of duty ends."""

    def __init__(self, roster: Roster, now: int) -> None:
        self._roster, self._since = roster, now
        self._next = [(roster.holds_until(patient, now), patient) for patient in roster.patients]
        heapq.heapify(self._next)

    def until(self, now: int, breathe: Callable[[], None] = lambda: None) -> list[Coming]:
        """Who has come on since the last look and not after ``now``, in the order of their starts.

        ``breathe`` is called between two patients: thousands change hands at once, and alerts go first.
        """
        began: dict[tuple[int, str], list[str]] = defaultdict(list)
        while self._next and self._next[0][0] <= now:
            breathe()
            at, patient = self._next[0]
            for duty in self._roster.judge(patient, at).duties.values():
                if self._since < duty.start <= at and comes(self._roster, patient, duty):
                    began[duty.start, duty.caregiver].append(patient)
            heapq.heapreplace(self._next, (self._roster.holds_until(patient, at), patient))
        self._since = max(self._since, now)
        return [Coming(who, start, tuple(sorted(set(of)))) for (start, who), of in sorted(began.items())]


def comes(roster: Roster, patient: str, duty: Duty) -> bool:
    """Whether a duty of a patient begins with somebody coming on: a shift that follows their own at once does not."""
    person = roster.caregivers.get(duty.caregiver)
    if duty.why not in _COMES or person is None or (duty.wide and person.role in OFFICE):
        return False
    return duty.why is not Why.SHIFT or duty.caregiver not in roster.judge(patient, duty.start - 1).duties
