"""Who is there, and what a text message may say: traps 6, 7 and 12. Times are UTC."""

from typing import Any

import pytest

from alerts.links import BadLinkError
from tests.acceptance.people import ANA, NOOR, OLU, nights, patient, person, phone
from vitals.times import HOUR, iso

LOW = {"spo2": 84}
SPRING, AUTUMN = "2026-03-28T20:00Z", "2026-10-24T20:00Z"
ON_DUTY = {
    SPRING: ("2026-03-28T22:01Z", "2026-03-29T04:59Z"),
    AUTUMN: ("2026-10-24T21:01Z", "2026-10-25T05:59Z"),
}
OFF_DUTY = {
    SPRING: ("2026-03-28T21:59Z", "2026-03-29T05:01Z"),
    AUTUMN: ("2026-10-24T20:59Z", "2026-10-25T06:01Z"),
}
"""Clocks go forward at 01:00 UTC of 29 March 2026 and back at 01:00 UTC of 25 October."""


def first_told(home: Any, time: str) -> str:
    """Who hears first as somebody presses the help button; whoever it is then deals with it."""
    before = len(home.phones.heard)
    home.happens("sos", time)
    who = home.phones.heard[before].who
    home.closes(who, "Help button")
    return who


@pytest.mark.parametrize("evening", [SPRING, AUTUMN])
def test_trap_6_a_shift_keeps_its_wall_clock_hours(make_home: Any, evening: str):
    """Daylight-saving nights: a shift written 22:00–06:00 local keeps its wall-clock hours; an escalation wait of 5 min
    is 5 elapsed minutes.
    """
    home = make_home(start=evening, patients=[patient()], shifts=[nights("ana")])
    expected = dict.fromkeys(ON_DUTY[evening], "ana") | dict.fromkeys(OFF_DUTY[evening], "noor")
    assert {time: first_told(home, time) for time in sorted(expected)} == expected


@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
def test_trap_6_an_escalation_waits_elapsed_minutes(make_home: Any, night: str):
    """Daylight-saving nights: a shift written 22:00–06:00 local keeps its wall-clock hours; an escalation wait of 5 min
    is 5 elapsed minutes.
    """
    home = make_home(start=f"{night}T00:50Z", shifts=[nights("ana")])
    home.happens("sos", f"{night}T00:58Z")
    home.fast_forward(minutes=10)
    assert home.times("ana", "Help button") == ["00:58", "01:01"]
    assert home.times("noor", "Help button") == ["01:03"]
    assert home.times("olu", "Help button") == ["01:08"]


def test_trap_7_a_step_with_nobody_on_duty_is_not_waited_out(make_home: Any):
    """Nobody on duty at a step: the step is skipped at once, its delay is not waited out; nobody at all: operations
    manager, loudly.
    """
    home = make_home(start="2026-11-22T12:00Z", shifts=[nights("ana")])
    home.stream("12:00", "12:02", **LOW)
    assert home.times("noor", "Oxygen") == ["12:01"], "at once, not five minutes later"
    assert not home.notices("ana")


def test_trap_7_nobody_at_all_is_the_operations_managers(make_home: Any):
    """Nobody on duty at a step: the step is skipped at once, its delay is not waited out; nobody at all: operations
    manager, loudly.
    """
    office = {"caregiver": "olu", "start": "09:00", "end": "17:00", "timezone": "Europe/London"}
    asleep = person("olu", "operations_manager", quiet=("22:00", "07:00"))
    early = {**nights("ana"), "end": "23:00"}
    home = make_home(caregivers=[ANA, asleep], shifts=[early, office], patients=[patient()])
    home.stream("00:30", "00:35", spo2=90)
    assert "Nobody on duty" in home.expect("olu", "Oxygen")
    assert not home.notices("ana"), "who is off duty sleeps"


def test_7_without_a_manager_every_nurse_is(make_home: Any):
    office = {"caregiver": "noor", "start": "09:00", "end": "17:00", "timezone": "Europe/London"}
    home = make_home(caregivers=[NOOR], assignments=[], shifts=[office])
    home.stream("00:30", "00:32", **LOW)
    assert "Nobody on duty" in home.expect("noor", "Oxygen")


TEXTED = [person("ana", "cna", channels=[phone("ana", private=True)]), NOOR, OLU]
CODED = [patient(code="C17")]


def test_trap_12_a_text_message_has_no_name_with_a_condition(make_home: Any):
    """A text message carries no name together with a condition: a short code, what to do, an expiring signed link."""
    home = make_home(caregivers=TEXTED, patients=CODED)
    home.stream("00:00", "00:02", **LOW)
    text = home.expect("ana", "C17")
    assert "act now" in text
    assert "measure again and report to the nurse" in text
    assert len(text.strip()) <= 160, "one text message"
    words = text.partition("https://")[0].lower()
    assert not [secret for secret in ("patient one", "oxygen", "saturation", "spo2", "84", "88") if secret in words]


def test_12_nor_does_any_later_one(make_home: Any):
    home = make_home(caregivers=TEXTED, patients=CODED)
    home.stream("00:00", "00:02", **LOW)
    home.acknowledge("ana")
    home.stream("00:02", "00:10", heart_rate=140, **LOW)
    home.fast_forward(hours=1)
    assert len(home.notices("ana")) > 2
    assert not home.notices("ana", "Patient One")
    assert not home.notices("ana", "Oxygen")


def test_trap_12_its_link_says_who_may_answer_what_and_ends(make_home: Any):
    """A text message carries no name together with a condition: a short code, what to do, an expiring signed link."""
    home = make_home(caregivers=TEXTED, patients=CODED)
    home.stream("00:00", "00:02", **LOW)
    link = home.expect("ana", "https://").split("https://")[1].split()[0]
    allowed = home.links.read(link.rpartition("/")[2], home.clock.now())
    assert (allowed.alert, allowed.caregiver) == (home.ledger.live()[0].id, "ana")
    home.restart()
    assert home.links.read(link.rpartition("/")[2], home.clock.now()), "a restart does not void it"
    with pytest.raises(BadLinkError, match="expired"):
        home.links.read(link.rpartition("/")[2], home.clock.now() + 25 * HOUR)
    assert iso(allowed.expires) == "2026-11-23T00:01:00.000Z"
