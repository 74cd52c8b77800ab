"""Clock events win over the plan: who is there is on duty, and who has left is not."""

from typing import Any

import pytest

from alerts.duty import Why
from alerts.presence import FORGOTTEN, Presences, leavers
from alerts.roster import Roster
from tests.alerts.duty_house import house, on, override
from tests.alerts.house import ANA, NIGHT, NOON, NOOR, agency, shift_of
from vitals.intake import EventType, PatientEvent
from vitals.people import Assignment
from vitals.presence import clocked
from vitals.times import HOUR, MINUTE


def test_who_clocks_in_is_on_duty_though_not_planned_until_clocking_out():
    roster = house(events=(clocked("p1", "eve", NOON), clocked("p1", "eve", NOON + HOUR, out=True)))
    assert [on(roster, NOON + m * MINUTE) for m in (-1, 0, 59, 60)] == [
        *(["ana", "olga"], ["ana", "eve", "olga"], ["ana", "eve", "olga"], ["ana", "olga"])
    ]
    assert on(roster, NOON, "p2") == ["ana", "olga"]


def test_who_leaves_early_is_off_duty_until_the_next_shift():
    roster = house(events=(clocked("p1", "ana", NOON, out=True),))
    assert [on(roster, NOON + h * HOUR) for h in (0, 7, 8, 20)] == [
        ["olga"],
        ["olga"],
        ["ben", "olga"],
        ["ana", "olga"],
    ]
    assert roster.judge("p1", NOON + HOUR).off["ana"][0] is Why.CLOCKED_OUT


def test_who_leaves_the_moment_a_shift_begins_has_left_it():
    begin = NOON - 4 * HOUR
    for at, people_ in ((begin - 1, ["ana", "olga"]), (begin, ["olga"])):
        assert on(house(events=(clocked("p1", "ana", at, out=True),)), begin) == people_


def test_who_leaves_after_the_shift_or_before_the_next_ends_nothing():
    roster = house(events=(clocked("p1", "ana", NIGHT, out=True), clocked("p1", "ben", NOON, out=True)))
    assert [on(roster, NIGHT + h * HOUR) for h in (0, 5, 17)] == [["ben", "olga"], ["ana", "olga"], ["ben", "olga"]]


def test_a_forgotten_clock_out_ends_by_itself():
    roster = house(events=(clocked("p1", "eve", NOON),))
    assert "eve" in on(roster, NOON + FORGOTTEN - 1)
    assert "eve" not in on(roster, NOON + FORGOTTEN)


@pytest.mark.parametrize("assigned", [True, False])
@pytest.mark.parametrize("hours", [(), (shift_of("noor", "00:00", "00:00"),)])
def test_a_nurse_who_leaves_a_home_is_still_on_call(assigned: bool, hours: tuple[Any, ...]):  # noqa: FBT001
    house_ = agency(ANA, NOOR, shifts=hours)
    bound = (Assignment(patient="p1", caregiver="noor"),) if assigned else ()
    house_ = house_.model_copy(update={"assignments": (*house_.assignments, *bound)})
    assert on(Roster(house_, Presences([clocked("p1", "noor", NOON, out=True)])), NOON + 1) == ["ana", "noor"]


def test_a_nurse_who_leaves_a_shift_at_one_patient_has_left_it():
    house_ = agency(ANA, NOOR, shifts=(shift_of("noor", "08:00", "16:00", patient="p1"),))
    assert on(Roster(house_, Presences([clocked("p1", "noor", NOON, out=True)])), NOON + 1) == ["ana"]


def test_clock_events_win_over_overrides():
    taken = override("replace", "ana", by="eve", day="2026-11-18")
    roster = house(taken, events=(clocked("p1", "ana", NOON), clocked("p1", "eve", NOON, out=True)))
    assert on(roster, NOON) == ["ana", "olga"]
    assert on(roster, NOON, "p2") == ["eve", "olga"]


def test_events_count_from_their_own_time_in_whatever_order_they_come():
    roster = house()
    assert on(roster, NOON) == ["ana", "olga"]
    roster.learn([clocked("p1", "ana", NOON - HOUR, out=True)])
    assert on(roster, NOON) == ["olga"], "a late event changes what was answered before"
    roster.learn([clocked("p1", "ana", NOON - 2 * HOUR)])
    assert on(roster, NOON) == ["olga"], "an older one comes later still"
    roster.learn([clocked("p1", "ana", NOON + HOUR)])
    assert [on(roster, NOON + h * HOUR) for h in (0, 1)] == [["olga"], ["ana", "olga"]], "one ahead of us waits"


def test_an_event_of_nobody_known_changes_nothing_and_is_said(caplog: pytest.LogCaptureFixture, capsys: Any):
    roster = house()
    roster.learn([clocked("p1", "zoe", NOON), PatientEvent("p1", "pad", NOON, NOON, EventType.CLOCK_IN)])
    assert on(roster, NOON) == ["ana", "olga"]
    assert (caplog.text + capsys.readouterr().out).count("clock_event_of_nobody_known") == 2


def test_for_the_coming_days_only_who_left_counts():
    came, left = clocked("p1", "eve", NOON), clocked("p1", "ana", NOON, out=True)
    assert leavers([came, left, clocked("p1", "ben", NOON), clocked("p1", "ben", NOON - 1, out=True)]) == [left]
