"""Which patients and alerts a person may see on the board: their own, and who answers for all sees all.

Nurses and operations managers see every patient. Anyone else sees the patients they are assigned to on this day or are
on duty for now; device support sees what is the matter with devices, and no more.
"""

from dataclasses import dataclass
from typing import Final

from alerts.language import Language, language
from alerts.roster import Roster
from alerts.silences import Silences
from alerts.words_board import clock_time
from vitals.agency import Patient
from vitals.alert import Alert
from vitals.finding import Kind
from vitals.people import Caregiver, Role

ALL: Final = frozenset({Role.NURSE, Role.OPERATIONS_MANAGER})
_DEVICES: Final = Role.DEVICE_SUPPORT


def sees_patient(roster: Roster, person: Caregiver, patient: str, now: int) -> bool:
    """Whether the patient is among theirs at ``now`` (ms UTC).

    >>> from vitals.agency import Agency, Patient
    >>> ana = Caregiver(id="ana", name="A.", role="cna", timezone="UTC")
    >>> house = Roster(Agency(id="a", caregivers=(ana,), patients=(Patient(id="p1", name="P.", timezone="UTC"),)))
    >>> sees_patient(house, ana, "p1", 0), sees_patient(house, ana.model_copy(update={"role": Role.NURSE}), "p1", 0)
    (False, True)
    """
    if person.role in ALL:
        return True
    if patient not in roster.patients:
        return False
    if roster.covers.assigned(patient, person.id, now):
        return True
    return any(duty.caregiver.id == person.id for duty in roster.on_duty(patient, now))


def sees(roster: Roster, person: Caregiver, alert: Alert, now: int) -> bool:
    """Whether the alert is theirs to see and to answer; what is of no patient is for the office and device support."""
    if person.role is _DEVICES and alert.kind is not Kind.TECHNICAL:
        return False
    if not alert.key.patient:
        return person.role in ALL or person.role is _DEVICES
    return sees_patient(roster, person, alert.key.patient, now)


def names(person: Caregiver) -> bool:
    """Whether they need a patient's name; who mends devices needs only the code."""
    return person.role is not _DEVICES


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the board, and when (ms UTC)."""

    person: Caregiver
    roster: Roster
    silences: Silences
    now: int

    @property
    def lang(self) -> Language:
        """The language they read."""
        return language(self.person.language)

    def patient(self, patient: Patient) -> str:
        """A patient as this reader may know them: by code, and by name who cares for them; empty for none."""
        if not patient.id:
            return ""
        return f"{patient.short_code} · {patient.name}" if names(self.person) else patient.short_code

    def at(self, time: int) -> str:
        """A moment as their watch shows it."""
        return clock_time(time, self.lang, self.person.timezone, self.now)
