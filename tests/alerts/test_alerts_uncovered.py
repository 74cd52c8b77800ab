"""Patients who are covered alike are looked at once, and the answer is each one's own."""

from typing import Any

import pytest

from alerts.coverage import gaps
from alerts.roster import Roster
from alerts.uncovered import uncovered
from tests.alerts.house import ANA, NOOR, OPS, agency, patient, person, shift_of
from vitals.overrides import Override
from vitals.people import Role
from vitals.plan import Pause
from vitals.times import DAY, parse_time

START = parse_time("2026-11-23T07:00Z")
BEN = person("ben", Role.CNA)
PATIENTS = tuple(patient(f"p{i}") for i in range(5))


@pytest.mark.parametrize(
    "override",
    [
        None,
        {"action": "replace", "caregiver": "ana", "by": "ben", "day": "2026-11-24"},
        {"action": "remove", "caregiver": "ana", "day": "2026-11-24", "patient": "p1"},
        {"action": "add", "caregiver": "noor", "start": "2026-11-24T20:00:00Z", "end": "2026-11-25T06:00:00Z"},
    ],
)
def test_uncovered_hours_are_those_of_each_patient_by_itself(override: dict[str, Any] | None) -> None:
    shifts = (
        shift_of("ana", "07:00", "15:00"),
        shift_of("ben", "15:00", "19:00", patient="p2"),
        shift_of("noor", "09:00", "12:00"),
        shift_of("olga", "06:00", "08:00"),
    )
    house = agency(ANA, BEN, NOOR, OPS, shifts=shifts, patients=PATIENTS)
    away = Pause(start="2026-11-24T00:00Z", end="2026-11-25T00:00Z")
    paused = PATIENTS[3].model_copy(update={"plan": PATIENTS[3].plan.model_copy(update={"pauses": (away,)})})
    plain = (*PATIENTS[:3], paused, PATIENTS[4])
    more = [Override.model_validate({"reason": "ill", "entered_by": "olga", **override})] if override else []
    house = house.model_copy(update={"patients": plain, "overrides": tuple(more)})
    roster = Roster(house)
    expected = {p.id: sum(g.end - g.start for g in gaps(roster, p.id, START, START + 7 * DAY)) for p in plain}
    assert uncovered(Roster(house), START, START + 7 * DAY) == expected
    assert len(set(expected.values())) > 2
