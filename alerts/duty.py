"""One person's duty for a patient, and why somebody has it or not."""

from enum import StrEnum
from typing import NamedTuple

ALWAYS = (0, 2**62)
"""From the first moment, to the end of time (ms UTC)."""


class Why(StrEnum):
    """Why somebody is on duty for a patient, or is not; the names are stable for machines."""

    SHIFT = "shift"
    ROUND_THE_CLOCK = "round_the_clock"
    TOOK_OVER = "took_over"
    ADDED = "added"
    CLOCKED_IN = "clocked_in"
    NO_SHIFT_NOW = "no_shift_now"
    NOT_ASSIGNED = "not_assigned"
    NOT_ASSIGNED_NOW = "not_assigned_now"
    REPLACED = "replaced"
    REMOVED = "removed"
    CLOCKED_OUT = "clocked_out"

    @property
    def words(self) -> str:
        """The reason as people say it."""
        return _WORDS.get(self, self.value.replace("_", " "))


_WORDS = {
    Why.SHIFT: "on shift",
    Why.TOOK_OVER: "took over a duty",
    Why.ADDED: "added by an override",
    Why.NO_SHIFT_NOW: "no shift at this time",
    Why.NOT_ASSIGNED: "not assigned to this patient",
    Why.NOT_ASSIGNED_NOW: "assignment is not in force on this day",
    Why.REPLACED: "somebody took over the duty",
    Why.REMOVED: "taken off by an override",
    Why.CLOCKED_OUT: "clocked out before the end of the shift",
}


class Duty(NamedTuple):
    """``caregiver`` is on duty in [start, end), ms UTC; ``wide``: on call in an office role, not at one home."""

    caregiver: str
    start: int
    end: int
    why: Why = Why.SHIFT
    note: str = ""
    wide: bool = False

    @property
    def until(self) -> int | None:
        """When it ends, ms UTC; None when no end is known."""
        return None if self.end >= ALWAYS[1] else self.end
