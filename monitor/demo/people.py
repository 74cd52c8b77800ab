"""The demo's care team: roles, not persons, each with a phone at the sink."""

from collections.abc import Sequence

from pydantic import SecretStr

from monitor.demo.sink import Sink
from vitals.agency import Agency, Patient
from vitals.people import Assignment, Caregiver, Channel, Role, Shift

MANAGER = "operations"
_TEAM = (
    ("cna-day", Role.CNA, "CNA, days", "07:00", "19:00"),
    ("hma-night", Role.HMA, "HMA, nights", "19:00", "07:00"),
    ("nurse", Role.NURSE, "Nurse on call", "00:00", "00:00"),
    ("device-support", Role.DEVICE_SUPPORT, "Device support", "00:00", "00:00"),
    (MANAGER, Role.OPERATIONS_MANAGER, "Operations manager", "00:00", "00:00"),
)
_ASSIGNED = (Role.CNA, Role.HMA)


def demo_agency(patients: Sequence[Patient], sink: Sink, agency_id: str = "demo", timezone: str = "UTC") -> Agency:
    """The patients, and a team that covers them round the clock: assistants by day and by night, the others always."""
    team = tuple(
        Caregiver(
            id=id_,
            name=title,
            role=role,
            timezone=timezone,
            channels=(Channel(name="phone", url=SecretStr(sink.url(id_))),),
        )
        for id_, role, title, _, _ in _TEAM
    )
    assistants = [id_ for id_, role, *_ in _TEAM if role in _ASSIGNED]
    return Agency(
        id=agency_id,
        patients=tuple(patients),
        caregivers=team,
        assignments=tuple(Assignment(patient=p.id, caregiver=a) for p in patients for a in assistants),
        shifts=tuple(Shift(caregiver=id_, start=start, end=end, timezone=timezone) for id_, _, _, start, end in _TEAM),
    )
