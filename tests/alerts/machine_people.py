"""The people of the desk's machine, and the agency files that are imported as it runs."""

from tests.alerts.house import ANA, NOOR, OPS, agency, patient, person, shift_of
from vitals.agency import Agency
from vitals.overrides import Override
from vitals.people import QuietHours, Role
from vitals.plan import CarePlan, Pause
from vitals.times import iso

HOUSE = agency(
    ANA,
    person("ben", Role.HMA, quiet=QuietHours(start="11:30", end="13:30")),
    NOOR,
    OPS,
    shifts=(shift_of("ana", "08:00", "12:30"), shift_of("ben", "12:00", "20:00")),
)
CHANGES = ("replace", "remove", "none")


def paused(house: Agency, start: int, end: int) -> Agency:
    """Nobody is told of the patient in [start, end), ms UTC; no such hours: the pause is taken out of the plan."""
    pauses = (Pause(start=iso(start), end=iso(end), reason="hospital"),) if end > start else ()
    return house.model_copy(update={"patients": (patient(plan=CarePlan(pauses=pauses)),)})


def with_override(house: Agency, change: str, start: int, end: int) -> Agency:
    """Somebody takes a shift over, the nurse is away, or all is as planned again."""
    when = {"start": iso(start), "end": iso(end), "reason": "ill", "entered_by": "olga"}
    made = {
        "replace": (Override(action="replace", caregiver="ana", by="ben", **when),),
        "remove": (Override(action="remove", caregiver="noor", **when),),
        "none": (),
    }
    return house.model_copy(update={"overrides": made[change]})
