"""Shift handover: everybody who comes on is found once, and is told what matters of the patients who are theirs."""

from dataclasses import replace
from typing import Any

import pytest

from alerts.comings import Coming, Comings
from alerts.handover import Item, Part, handover, items
from alerts.roster import Roster
from vitals.agency import Agency, Patient
from vitals.alert import Alert, AlertState
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import Caregiver
from vitals.times import DAY, HOUR, MINUTE, parse_time

START = parse_time("2026-10-23T12:00:00Z")  # the clocks of London go back on the 25th


def agency(**more: Any) -> Agency:
    patients = [{"id": p, "name": f"Name of {p}", "timezone": "Europe/London"} for p in ("p-1", "p-2", "p-3")]
    people = [{"id": i, "name": i, "role": "cna", "timezone": "Europe/London"} for i in ("ana", "ben")]
    shifts = [
        {"caregiver": "ana", "start": "07:00", "end": "22:00", "timezone": "Europe/London"},
        {"caregiver": "ben", "start": "22:00", "end": "07:00", "timezone": "Europe/London"},
    ]
    of = [("p-1", "ana"), ("p-2", "ana"), ("p-1", "ben"), ("p-2", "ben"), ("p-3", "ben")]
    assignments = [{"patient": patient, "caregiver": who} for patient, who in of]
    parts = {"patients": patients, "caregivers": people, "shifts": shifts, "assignments": assignments, **more}
    return Agency.model_validate({"id": "a", **parts})


def alert(name: str, rule: str = "limit.low", patient: str = "p-1", **fields: Any) -> Alert:
    key = FindingKey(rule, patient, "spo2" if rule.startswith("limit") else "")
    made = Alert(name, key, Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN, START, START, START)
    return replace(made, **fields)


@pytest.mark.parametrize("every", [MINUTE, 7 * HOUR, 3 * DAY])
def test_everybody_who_comes_on_is_found_once_on_the_wall_clocks_hour(every: int) -> None:
    roster = Roster(agency())
    comings, found = Comings(roster, START), []
    for now in range(START + every, START + 3 * DAY + 1, every):
        found += comings.until(now)
    days = ("2026-10-23T21:00Z", "2026-10-24T06:00Z", "2026-10-24T21:00Z", "2026-10-25T07:00Z", "2026-10-25T22:00Z")
    last = ("2026-10-26T07:00Z",)
    who = [("ben", ("p-1", "p-2", "p-3")), ("ana", ("p-1", "p-2"))]
    assert found == [Coming(who[i % 2][0], parse_time(at), who[i % 2][1]) for i, at in enumerate((*days, *last))]


def test_whoever_takes_a_shift_over_comes_on_in_their_stead() -> None:
    ill = {
        "action": "replace",
        "caregiver": "ana",
        "by": "ben",
        "day": "2026-10-24",
        "reason": "ill",
        "entered_by": "ben",
    }
    found = Comings(Roster(agency(overrides=[ill])), START).until(START + DAY - HOUR)
    assert [coming[0] for coming in found] == ["ben", "ben"]
    assert found[1] == Coming("ben", parse_time("2026-10-24T06:00Z"), ("p-1", "p-2"))


def test_what_is_handed_over_stands_in_the_order_of_its_urgency() -> None:
    found = items(
        [
            alert("visit", "event.medication_missed", severity=Severity.LOW),
            alert("missed", "gap.missed", kind=Kind.TECHNICAL, severity=Severity.MEDIUM),
            alert("changed", "trend.rising", severity=Severity.MEDIUM),
            alert("taken", state=AlertState.ACKNOWLEDGED, acknowledged_by="ben"),
            alert("medium", severity=Severity.MEDIUM),
            alert("open"),
            alert("over", state=AlertState.RESOLVED),
            alert("long over", state=AlertState.RESOLVED, updated=START - 2 * DAY),
            alert("another's", patient="p-3"),
        ],
        {"p-1", "p-2"},
        START + HOUR,
    )
    assert [item.alert.id for item in found] == ["open", "medium", "taken", "changed", "missed", "visit", "over"]


def test_a_private_handover_shows_no_name_and_no_condition() -> None:
    house = agency()
    patients = {patient.id: patient for patient in house.patients}
    ana = house.caregivers[0]
    found = [Item(Part.OPEN, alert("a")), Item(Part.TAKEN, alert("b", state=AlertState.ACKNOWLEDGED))]
    whole = handover(ana, found, patients, private=False)
    assert whole.title == "Handover: 1 open, 1 taken on"
    assert "Name of p-1: Oxygen saturation low (act now), since Fri 23 Oct 13:00" in whole.body
    text = handover(ana, found, patients, private=True)
    assert text.title == ""
    assert text.body == "Your shift begins: 1 open, 1 taken on. See your board for details."
    assert len(text.body) <= 160


def test_an_alert_of_a_patient_who_left_is_handed_over_by_its_id() -> None:
    ana = Caregiver(id="ana", name="A.", role="cna", timezone="UTC")
    gone: dict[str, Patient] = {}
    assert "- p-1: Oxygen" in handover(ana, [Item(Part.OPEN, alert("a"))], gone, private=False).body


def test_whoever_reads_spanish_is_handed_over_to_in_spanish() -> None:
    house = agency()
    patients = {patient.id: patient for patient in house.patients}
    eva = house.caregivers[0].model_copy(update={"language": "es"})
    taken = alert("b", state=AlertState.ACKNOWLEDGED, acknowledged_by="ben")
    found = [Item(Part.OPEN, alert("a")), Item(Part.OPEN, alert("c")), Item(Part.TAKEN, taken)]
    whole = handover(eva, found, patients, private=False)
    assert whole.title == "Cambio de turno: 2 abiertas, 1 en curso"
    said = "Saturación de oxígeno por debajo del límite (actúe ahora), desde: vie 23 oct, 13:00"
    assert f"- Name of p-1: {said}\n" in whole.body
    assert whole.body.endswith(f"{said}, a cargo de ben")
    text = handover(eva, found, patients, private=True).body
    assert text == "Empieza su turno: 2 abiertas, 1 en curso. Vea los detalles en su tablero."
    assert handover(eva, [], patients, private=False).title == "Cambio de turno: nada abierto"
