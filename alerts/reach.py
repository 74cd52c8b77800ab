"""Who can be told at all: on duty, in one of the roles, over a channel that this severity may use."""

from collections.abc import Sequence

from alerts.roster import Roster
from vitals.finding import Severity
from vitals.people import Caregiver, Role


def hears(person: Caregiver, severity: Severity) -> bool:
    """Whether any of the person's channels is used at this severity."""
    return any(severity >= channel.min_severity for channel in person.channels)


def reachable(
    roster: Roster, patient_id: str, roles: Sequence[Role], severity: Severity, now: int
) -> tuple[Caregiver, ...]:
    """Those on duty for the patient with one of the roles, who can be told of something so severe."""
    return tuple(person for person in roster.recipients(patient_id, roles, now) if hears(person, severity))


def stand_ins(roster: Roster, severity: Severity) -> tuple[Caregiver, ...]:
    """Who is told when nobody on duty can be: the operations managers, else every nurse, else anyone."""
    for role in (Role.OPERATIONS_MANAGER, Role.NURSE, None):
        people = tuple(person for person in roster.with_role(role) if hears(person, severity))
        if people:
            return people
    return ()
