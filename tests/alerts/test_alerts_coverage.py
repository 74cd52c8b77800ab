"""Hours that nobody covers, and the whole answer to who would be told: the same as the desk does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.coverage import Lack, gaps, stretches
from alerts.duty import Why
from alerts.explain import Answer, who
from alerts.presence import Presences
from alerts.roster import Roster
from tests.alerts.house import ANA, NIGHT, NOON, NOOR, OPS, TECH, a_desk, agency, found, patient, person, shift_of, told
from vitals.batch import Batch
from vitals.finding import Severity
from vitals.intake import Intake
from vitals.people import QuietHours, Role
from vitals.plan import CarePlan, EscalationPolicy, Pause, Step
from vitals.presence import clocked
from vitals.times import DAY, HOUR, MINUTE, iso

DAYTIME = shift_of("ana", "08:00", "20:00")
EIGHT = NOON - 4 * HOUR


def lacks(roster: Roster, start: int, end: int) -> list[tuple[int, int, Lack]]:
    return [((g.start - start) // HOUR, (g.end - start) // HOUR, g.lack) for g in gaps(roster, "p1", start, end)]


def test_hours_with_nobody_and_hours_with_the_manager_alone():
    roster = Roster(agency(ANA, OPS, shifts=(DAYTIME, shift_of("olga", "06:00", "23:00"))))
    assert lacks(roster, EIGHT, EIGHT + DAY) == [
        *((12, 15, Lack.MANAGER_ONLY), (15, 22, Lack.NOBODY), (22, 24, Lack.MANAGER_ONLY)),
    ]


def test_a_nurse_on_call_covers_and_device_support_does_not():
    assert lacks(Roster(agency(ANA, NOOR, shifts=(DAYTIME,))), EIGHT, EIGHT + DAY) == []
    assert lacks(Roster(agency(ANA, TECH, shifts=(DAYTIME,))), EIGHT, EIGHT + DAY) == [(12, 24, Lack.NOBODY)]


def test_who_has_no_channel_for_it_covers_nothing():
    mute = ANA.model_copy(update={"channels": ()})
    assert lacks(Roster(agency(mute)), EIGHT, EIGHT + DAY) == [(0, 24, Lack.NOBODY)]


def test_a_patients_own_policy_says_who_counts():
    policy = EscalationPolicy(high=(Step(after=0, roles=(Role.NURSE,)),))
    assert lacks(Roster(agency(ANA, policy=policy)), EIGHT, EIGHT + HOUR) == [(0, 1, Lack.NOBODY)]


def test_nobody_is_needed_while_monitoring_is_paused():
    pause = Pause(start=iso(EIGHT + 14 * HOUR), end=iso(EIGHT + 20 * HOUR))
    house = agency(ANA, shifts=(DAYTIME,), patients=(patient(plan=CarePlan(pauses=(pause,))),))
    assert lacks(Roster(house), EIGHT, EIGHT + DAY) == [(12, 14, Lack.NOBODY), (20, 24, Lack.NOBODY)]


def test_who_left_early_leaves_a_gap():
    roster = Roster(agency(ANA, shifts=(DAYTIME,)), Presences([clocked("p1", "ana", NOON, out=True)]))
    assert lacks(roster, EIGHT, EIGHT + 13 * HOUR) == [(4, 13, Lack.NOBODY)]


@settings(max_examples=25, deadline=None)
@given(hours=st.lists(st.integers(0, 23), min_size=4, max_size=4), days=st.integers(1, 3))
def test_gaps_are_the_minutes_in_which_nobody_is_told(hours: list[int], days: int):
    a, b, c, d = (f"{hour:02d}:00" for hour in hours)
    roster = Roster(agency(ANA, OPS, shifts=(shift_of("ana", a, b), shift_of("olga", c, d))))
    bare = {t for g in gaps(roster, "p1", NIGHT, NIGHT + days * DAY) for t in range(g.start, g.end, HOUR)}
    care = (Role.CNA, Role.HMA, Role.NURSE, Role.LIVE_IN)
    assert bare == {t for t in range(NIGHT, NIGHT + days * DAY, HOUR) if not roster.recipients("p1", care, t)}


def test_stretches_follow_each_other_without_a_hole():
    roster = Roster(agency(ANA, NOOR, shifts=(DAYTIME, shift_of("noor", "10:00", "11:00"))))
    spans = [(s.start, s.end) for s in stretches(roster, "p1", NIGHT, NIGHT + 2 * DAY)]
    assert [spans[0][0], *(end for _, end in spans)] == [*(start for start, _ in spans), NIGHT + 2 * DAY]
    assert len(spans) == 9


# who


def rungs(answer: Answer) -> list[tuple[int | None, list[str]]]:
    return [
        (None if s.at is None else (s.at - answer.at) // MINUTE, [t.caregiver for t in s.told]) for s in answer.steps
    ]


def test_each_step_says_when_and_who():
    answer = who(Roster(agency(ANA, NOOR, OPS)), "p1", NOON)
    assert rungs(answer) == [(0, ["ana"]), (3, ["ana"]), (5, ["noor"]), (10, ["olga"])]
    assert answer.stand_ins == ()


def test_a_step_with_nobody_on_duty_is_skipped_and_its_delay_not_waited_out():
    answer = who(Roster(agency(ANA, NOOR, OPS, shifts=(DAYTIME,))), "p1", NIGHT)
    assert rungs(answer) == [(None, []), (None, []), (0, ["noor"]), (5, ["olga"])]
    (other,) = answer.steps[0].others
    assert (other.caregiver, other.reason) == ("ana", "no_shift_now")


def test_nobody_at_all_is_the_operations_manager_loudly(capsys: pytest.CaptureFixture[str]):
    house = agency(ANA, OPS, shifts=(DAYTIME, shift_of("olga", "08:00", "20:00")))
    answer = who(Roster(house), "p1", NIGHT)
    assert [at for at, _ in rungs(answer)] == [None] * 4
    assert answer.stand_ins == ("olga",)
    desk, _ = a_desk(house, NIGHT)
    assert told(desk.record(Intake(Batch.empty()), [found(time=NIGHT)], NIGHT)) == ["olga"]
    assert "nobody_on_duty" in capsys.readouterr().out


def test_reasons_are_named_for_everybody():
    ben, eve, zoe = (person(name, Role.CNA) for name in ("ben", "eve", "zoe"))
    house = agency(ANA, ben, eve, zoe, OPS, shifts=(DAYTIME, shift_of("ben", "00:00", "06:00")), unassigned=("zoe",))
    roster = Roster(
        house, Presences([clocked("p1", "eve", NOON - HOUR, out=True), clocked("p1", "zoe", NOON - 2 * DAY)])
    )
    said = {s.caregiver.id: (s.on, s.why) for s in who(roster, "p1", NOON).standings}
    assert said == {
        "ana": (True, Why.SHIFT),
        "ben": (False, Why.NO_SHIFT_NOW),
        "eve": (False, Why.CLOCKED_OUT),
        "zoe": (False, Why.NOT_ASSIGNED),
        "olga": (True, Why.ROUND_THE_CLOCK),
    }
    (zoe_,) = (s for s in who(roster, "p1", NOON).standings if s.caregiver.id == "zoe")
    assert "forgotten after 16h" in zoe_.note


def test_quiet_hours_and_channels_say_why_not_now():
    sleeper = person("ana", Role.CNA, quiet=QuietHours(start="22:00", end="07:00"))
    picky = person("ben", Role.CNA, min_severity="high")
    answer = who(Roster(agency(sleeper, picky)), "p1", NIGHT, Severity.MEDIUM)
    (ana,), (ben,) = answer.steps[0].told, answer.steps[0].others
    assert (ana.reason, iso(ana.due or 0)) == ("quiet_hours", "2026-11-18T07:00:00.000Z")
    assert (ben.caregiver, ben.reason) == ("ben", "no_channel_at_this_severity")


@settings(max_examples=40, deadline=None)
@given(
    hours=st.lists(st.integers(0, 23), min_size=6, max_size=6),
    now=st.integers(0, 47).map(lambda half: NIGHT + half * 30 * MINUTE),
    severity=st.sampled_from([Severity.LOW, Severity.MEDIUM, Severity.HIGH]),
)
def test_the_desk_tells_those_of_the_first_step_that_is_not_skipped(hours: list[int], now: int, severity: Severity):
    a, b, c, d, e, f = (f"{hour:02d}:00" for hour in hours)
    house = agency(*(ANA, NOOR, OPS), shifts=(shift_of("ana", a, b), shift_of("noor", c, d), shift_of("olga", e, f)))
    answer = who(Roster(house), "p1", now, severity)
    first = next((step.told for step in answer.steps if step.at == now), ())
    desk, _ = a_desk(house, now)
    recorded = desk.record(Intake(Batch.empty()), [found(severity, time=now)], now)
    expected = [t.caregiver for t in first] or list(answer.stand_ins)
    assert told(recorded) == ([] if severity is Severity.LOW else expected), "what is low waits for the handover"
    assert {t.reason for t in first} <= ({"digest"} if severity is Severity.LOW else {""})


def test_the_desk_hears_who_clocked_in_before_it_decides():
    desk, ledger = a_desk(agency(ANA, NOOR, OPS, shifts=(DAYTIME,)), NIGHT)
    came = clocked("p1", "ana", NIGHT - MINUTE)
    assert told(desk.record(Intake(Batch.empty(), events=(came,)), [found(time=NIGHT)], NIGHT)) == ["ana"]
    assert ledger.happenings == [came]
    again, _ = a_desk(agency(ANA, NOOR, OPS, shifts=(DAYTIME,)), NIGHT)
    assert told(again.record(Intake(Batch.empty()), [found(time=NIGHT)], NIGHT)) == ["noor"]


def test_another_agency_file_forgets_nobody_who_is_there():
    desk, _ = a_desk(agency(ANA, NOOR, OPS, shifts=(DAYTIME,)), NIGHT)
    desk.record(Intake(Batch.empty(), events=(clocked("p1", "ana", NIGHT),)), [], NIGHT)
    desk.use(agency(ANA, OPS, shifts=(DAYTIME,)))
    assert told(desk.record(Intake(Batch.empty()), [found(time=NIGHT + 1)], NIGHT + 1)) == ["ana"]
