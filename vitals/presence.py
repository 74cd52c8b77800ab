"""Events at home that say who is there, and that a therapy session is on: kept, so that a restart forgets none."""

from typing import Final

from vitals.intake import EventType, PatientEvent

CLOCK: Final = frozenset({EventType.CLOCK_IN, EventType.CLOCK_OUT})
SESSION: Final = frozenset({EventType.SESSION_START, EventType.SESSION_END})
KEPT: Final = CLOCK | SESSION
"""Events that change how later ones are judged."""

_LONGEST_ID = 64


def caregiver_of(event: PatientEvent) -> str:
    """The caregiver's id that an event's detail names; empty where it names none.

    >>> caregiver_of(PatientEvent("p1", "pad", 0, 0, EventType.CLOCK_IN, {"caregiver": "ana"}))
    'ana'
    """
    named = event.detail.get("caregiver")
    return named if isinstance(named, str) and len(named) <= _LONGEST_ID else ""


def worth_keeping(event: PatientEvent) -> bool:
    """Whether the event belongs in the ledger: a clock event that names nobody changes nothing."""
    return event.event in SESSION or (event.event in CLOCK and bool(caregiver_of(event)))


def clocked(patient: str, caregiver: str, time: int, *, out: bool = False, device: str = "") -> PatientEvent:
    """The event of somebody who clocks in (or out) elsewhere than on a device in the home: on a board, by a link.

    >>> clocked("p1", "ana", 1_000, out=True).event.value
    'clock_out'
    """
    kind = EventType.CLOCK_OUT if out else EventType.CLOCK_IN
    return PatientEvent(patient, device, time, time, kind, {"caregiver": caregiver})
