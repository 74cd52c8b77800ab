"""Who comes on duty, and for which patients: found as time goes by, from the roster alone."""

import heapq
from collections import defaultdict
from typing import Final, NamedTuple

from alerts.duty import Why
from alerts.roster import Roster

_COMES: Final = frozenset({Why.SHIFT, Why.TOOK_OVER, Why.ADDED})
"""Somebody who clocks in early is at the patient's side already; somebody there round the clock never comes."""


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

    def until(self, now: int) -> list[Coming]:
        """Who has come on since the last look and not after ``now``, in the order of their starts."""
        began: dict[tuple[int, str], list[str]] = defaultdict(list)
        while self._next and self._next[0][0] <= now:
            at, patient = self._next[0]
            for duty in self._roster.judge(patient, at).duties.values():
                if duty.why in _COMES and self._since < duty.start <= at and not duty.wide:
                    began[duty.start, duty.caregiver].append(patient)
            heapq.heapreplace(self._next, (self._roster.holds_until(patient, at), patient))
        self._since = max(self._since, now)
        return [Coming(who, start, tuple(sorted(set(of)))) for (start, who), of in sorted(began.items())]
