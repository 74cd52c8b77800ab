"""What overrides refer to in the plan: a day on which there is no shift, or nobody to be added to, is a slip."""

from collections.abc import Iterator

from alerts.cover import AGENCY_WIDE, Covers
from alerts.overrides import Overrides
from monitor.agency_checks import Finding
from vitals.agency import Agency
from vitals.overrides import Action


def check_duty(agency: Agency) -> Iterator[Finding]:
    """Overrides of a valid agency that would change nothing."""
    covers = Covers(agency)
    overrides = Overrides(agency, covers)
    roles = {person.id: person.role for person in agency.caregivers}
    for place, override in enumerate(agency.overrides):
        loc, who = ("overrides", place), override.caregiver
        if override.day and not overrides.shifts_on(who, override.day):
            problem = f"{who!r} has no shift that begins on {override.day}"
            yield Finding((*loc, "day"), problem, "give the day on which the shift begins, or start and end")
        alone = not covers.bound(who) and roles[who] not in AGENCY_WIDE
        if override.action is Action.ADD and override.patient is None and alone:
            yield Finding((*loc, "patient"), f"is not said, and {who!r} is assigned to nobody", "name the patient")
