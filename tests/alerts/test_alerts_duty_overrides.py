"""Overrides and overlapping visits: who takes whose duty, and who does not."""

from alerts.duty import Why
from alerts.roster import Roster
from tests.alerts.duty_house import BEN, house, on, override
from tests.alerts.house import ANA, NIGHT, NOON, agency, patient, shift_of
from vitals.presence import clocked
from vitals.times import DAY, HOUR, MINUTE, iso


def test_one_takes_the_others_shift_of_a_date_whole_and_at_the_same_patients():
    roster = house(override("replace", "ben", by="eve", day="2026-11-17"))
    assert on(roster, NIGHT) == ["eve", "olga"]
    assert on(roster, NIGHT, "p2") == ["eve", "olga"]
    assert on(roster, NIGHT + DAY) == ["ben", "olga"]
    (eve, _) = roster.on_duty("p1", NIGHT)
    assert (eve.why, eve.note, iso(eve.until or 0)) == (
        *(Why.TOOK_OVER, "from ben: swap (entered by olga)", "2026-11-18T08:00:00.000Z"),
    )


def test_a_swap_exchanges_two_shifts():
    roster = house(override("swap", "ben", by="ana", day="2026-11-17"))
    assert on(roster, NIGHT) == ["ana", "olga"]
    assert on(roster, NOON - DAY) == ["ben", "olga"]
    assert on(roster, NOON) == ["ana", "olga"]


def test_where_two_swapped_shifts_overlap_they_change_places_once():
    shifts = (shift_of("ana", "08:00", "14:00", patient="p1"), shift_of("ben", "12:00", "18:00", patient="p2"))
    base = agency(ANA, BEN, shifts=shifts, patients=(patient("p1"), patient("p2")), unassigned=("ana", "ben"))
    roster = Roster(base.model_copy(update={"overrides": (override("swap", "ana", by="ben", day="2026-11-18"),)}))
    assert [on(roster, NOON + h * HOUR) for h in (-3, 1, 3)] == [["ben"], ["ben"], []]
    assert [on(roster, NOON + h * HOUR, "p2") for h in (-3, 1, 3)] == [[], ["ana"], ["ana"]]


def test_one_is_added_to_a_patient_and_one_is_away_for_an_interval():
    roster = house(
        override("add", "eve", patient="p1", start=NOON, end=NOON + HOUR),
        override("remove", "ana", start=NOON + 30 * MINUTE, end=NOON + 2 * HOUR),
    )
    at = [on(roster, NOON + m * MINUTE) for m in (-1, 0, 29, 30, 59, 60, 119, 120)]
    assert at == [
        ["ana", "olga"],
        *[["ana", "eve", "olga"]] * 2,
        *[["eve", "olga"]] * 2,
        *[["olga"]] * 2,
        ["ana", "olga"],
    ]
    assert on(roster, NOON, "p2") == ["ana", "olga"]


def test_who_left_before_taking_over_anothers_duty_is_on_in_it():
    taken = override("replace", "ben", by="eve", start=NIGHT - 3 * HOUR, end=NIGHT + HOUR)
    roster = house(taken, events=(clocked("p1", "eve", NIGHT - 4 * HOUR, out=True),))
    assert on(roster, NIGHT) == ["eve", "olga"]


def test_an_answer_of_yesterday_does_not_hide_an_override_of_today():
    away = override("remove", "ana", start=NOON + DAY, end=NOON + DAY + HOUR)
    roster = Roster(agency(ANA).model_copy(update={"overrides": (away,)}))
    assert [on(roster, NOON + h * HOUR) for h in (0, 23, 24, 25)] == [["ana"], ["ana"], [], ["ana"]]


def test_a_shift_of_a_week_is_known_on_its_last_day():
    week = shift_of(
        "ana", "08:00", "08:00", rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", first_day="2026-11-09", extra_days=6
    )
    begun = NOON - 9 * DAY - 4 * HOUR  # Monday the 9th, 08:00
    for days, there in ((6.9, True), (7.1, False), (14.1, True)):
        assert on(Roster(agency(ANA, shifts=(week,))), begun + round(days * DAY)) == ["ana"] * there


def test_one_whose_shifts_are_all_at_another_patients_can_be_added_to_those_assigned():
    base = agency(
        ANA, patients=(patient("p1"), patient("p2")), shifts=(shift_of("ana", "00:00", "01:00", patient="p2"),)
    )
    added = override("add", "ana", start=NOON, end=NOON + HOUR)
    assert on(Roster(base.model_copy(update={"overrides": (added,)})), NOON) == ["ana"]


def test_a_later_line_acts_on_what_an_earlier_one_made():
    roster = house(
        override("replace", "ben", by="ana", day="2026-11-17"), override("replace", "ana", by="eve", day="2026-11-17")
    )
    assert on(roster, NIGHT) == ["eve", "olga"]
    assert on(roster, NOON - DAY) == ["eve", "olga"], "ana's own shift of that day as well"


def test_who_is_off_by_an_override_has_a_reason():
    judged = house(override("remove", "ana", day="2026-11-18")).judge("p1", NOON)
    assert judged.off == {"ana": (Why.REMOVED, "swap (entered by olga)")}


def test_visits_that_overlap_have_both_on_duty():
    visits = (shift_of("ana", "09:00", "13:00", patient="p1"), shift_of("ben", "11:00", "15:00", patient="p1"))
    roster = Roster(agency(ANA, BEN, shifts=visits, unassigned=("ana", "ben")))
    assert [on(roster, NOON + h * HOUR) for h in (-3, 0, 2, 3)] == [["ana"], ["ana", "ben"], ["ben"], []]
