"""A house whose duty changes: overrides and clock events, in short."""

from typing import Any

from alerts.presence import FORGOTTEN, Presences
from alerts.roster import Roster
from tests.alerts.house import ANA, NOON, OPS, agency, patient, person, shift_of
from vitals.intake import PatientEvent
from vitals.overrides import Override
from vitals.people import Role
from vitals.times import DAY, iso

BEN = person("ben", Role.CNA)
EVE = person("eve", Role.HMA)
DAYS = tuple(f"2026-11-{day}" for day in range(15, 22))
BEGIN = NOON - 3 * DAY


def override(action: str, who: str, *, start: int = 0, end: int = 0, **more: Any) -> Override:
    times = {} if "day" in more else {"start": iso(start), "end": iso(end)}
    return Override(action=action, caregiver=who, reason="swap", entered_by="olga", **times, **more)


def on(roster: Roster, now: int, who: str = "p1") -> list[str]:
    return [duty.caregiver.id for duty in roster.on_duty(who, now)]


def house(*overrides: Override, events: tuple[PatientEvent, ...] = (), limit: int = FORGOTTEN) -> Roster:
    """Ana works days, Ben nights, both for two patients; Eve is assigned to nobody."""
    shifts = (shift_of("ana", "08:00", "20:00"), shift_of("ben", "20:00", "08:00"))
    base = agency(*(ANA, BEN, EVE, OPS), shifts=shifts, patients=(patient("p1"), patient("p2")), unassigned=("eve",))
    return Roster(base.model_copy(update={"overrides": overrides}), Presences(events, limit=limit))
