"""Patients whom nobody on duty could be told for now: looked up for all at once, and not anew at every look."""

from typing import Final

from alerts.coverage import Lack, lack
from alerts.roster import Roster
from alerts.suppress import paused_until
from vitals.times import SECOND

_KEPT: Final = 20 * SECOND
"""Thousands of patients are a quarter of a second's work, and boards ask every few seconds."""


class Cover:
    """Safe to ask from several threads: what is known is replaced as a whole.

    >>> from vitals.agency import Agency, Patient
    >>> alone = Roster(Agency(id="a", patients=(Patient(id="p1", name="-", timezone="UTC"),)))
    >>> Cover().lacks(alone, 0)
    {'p1': <Lack.NOBODY: 'nobody'>}
    """

    def __init__(self) -> None:
        self._known: tuple[Roster, int, dict[str, Lack]] | None = None

    def lacks(self, roster: Roster, now: int) -> dict[str, Lack]:
        """What is lacking, by patient, as of some seconds ago at most; covered and paused patients are left out."""
        known = self._known
        if known is not None and known[0] is roster and 0 <= now - known[1] < _KEPT:
            return known[2]
        found = {}
        for name, patient in roster.patients.items():
            what = lack(roster, name, roster.on_duty(name, now))
            if what is not None and paused_until(patient.plan, now) is None:
                found[name] = what
        self._known = roster, now, found
        return found

    def forget(self) -> None:
        """Somebody has come or gone: look anew."""
        self._known = None
