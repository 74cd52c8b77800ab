"""Therapy sessions: wider high heart rate limits while one is on, and nothing else; over by themselves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from detectors.early_warning import EarlyWarning
from detectors.event import Event
from detectors.limit import Limit
from detectors.sessions import LONGEST, Sessions
from tests.detectors.kit import T0, World, agency, of
from vitals.finding import Severity
from vitals.intake import EventType, PatientEvent
from vitals.plan import CarePlan
from vitals.times import HOUR, MINUTE, SECOND

START, END = EventType.SESSION_START, EventType.SESSION_END
PLAN = CarePlan.model_validate({"session": {"heart_rate": {"warning_high": 140, "alert_high": 155}}})


def world(plan: CarePlan = PLAN) -> World:
    return World(agency(p1=plan, p2=plan), detectors=(Event(), Limit(), EarlyWarning()))


def pulse(home: World, value: float, start: int, minutes: int = 5) -> list[Any]:
    return home.stream("heart_rate", [value] * (3 * minutes), start=start)


def happened(event: EventType, time: int, patient: str = "p1") -> PatientEvent:
    return PatientEvent(patient, "pad", time, time, event)


def test_a_heart_that_works_in_a_session_alarms_nobody():
    home = world()
    home.event(START, T0)
    assert of(pulse(home, 135, T0 + MINUTE), "limit.high") == []


def test_the_same_heart_rate_at_rest_does():
    assert "high" in of(pulse(world(), 135, T0), "limit.high")


def test_beyond_the_therapists_limits_it_alarms_in_a_session_too():
    home = world()
    home.event(START, T0)
    assert "high" in of(pulse(home, 160, T0 + MINUTE), "limit.high")


def test_low_limits_are_those_at_rest():
    home = world()
    home.event(START, T0)
    assert "high" in of(pulse(home, 36, T0 + MINUTE), "limit.low")


def test_another_patients_session_changes_nothing():
    home = world()
    home.bank.learn([happened(START, T0, "p2")])
    assert "high" in of(pulse(home, 135, T0 + MINUTE), "limit.high")


def test_after_its_end_the_usual_limits_hold():
    home = world()
    home.event(START, T0)
    pulse(home, 135, T0 + MINUTE)
    home.event(END, T0 + 10 * MINUTE)
    assert "high" in of(pulse(home, 135, T0 + 11 * MINUTE), "limit.high")


def test_a_session_that_nobody_ends_is_over_by_itself():
    home = world()
    home.event(START, T0)
    assert of(pulse(home, 135, T0 + LONGEST - 6 * MINUTE), "limit.high") == []
    assert "high" in of(pulse(home, 135, T0 + LONGEST), "limit.high")


def test_a_plan_may_say_for_how_long():
    short = CarePlan.model_validate({"session": {"heart_rate": {"alert_high": 150}, "longest": "20m"}})
    home = world(short)
    home.event(START, T0)
    assert "high" in of(pulse(home, 135, T0 + 20 * MINUTE), "limit.high")


def test_a_restart_in_the_middle_of_a_session_remembers_it():
    home = world()
    home.bank.learn([happened(START, T0)])
    assert of(pulse(home, 135, T0 + MINUTE), "limit.high") == []


def test_a_session_without_limits_of_its_own_changes_none():
    home = world(CarePlan())
    home.event(START, T0)
    assert "high" in of(pulse(home, 135, T0 + MINUTE), "limit.high")


def test_an_alarm_that_stood_is_over_when_a_session_makes_it_expected():
    home = world()
    pulse(home, 135, T0)
    home.event(START, T0 + 6 * MINUTE)
    found = pulse(home, 125, T0 + 6 * MINUTE + SECOND)
    assert [f.severity for f in found if f.key.rule == "limit.high"] == [Severity.CLEAR]


@pytest.mark.parametrize(
    ("session", "words"),
    [
        ({"heart_rate": {"alert_low": 30}}, "alert_low holds in a session as it does at rest: leave it out"),
        ({"heart_rate": {"alert_high": 120}}, "does not widen the one at rest, 130"),
        ({"heart_rate": {"alert_high": 190}}, "above 180: no session goes beyond it"),
        ({"heart_rate": {"warning_high": 140}}, "warning_high 140 is above alert_high 130"),
        ({"heart_rate": {"alert_high": 150}, "longest": "5h"}, "less than or equal"),
        ({"heart_rate": {"alert_high": 150}, "spo2": {}}, "not permitted"),
    ],
)
def test_a_session_that_is_not_safe_is_refused(session: dict[str, Any], words: str):
    with pytest.raises(ValidationError, match=words):
        CarePlan.model_validate({"session": session})


def test_without_limits_at_rest_there_is_nothing_to_widen():
    with pytest.raises(ValidationError, match="leave session out"):
        CarePlan.model_validate({"limits": {"heart_rate": None}, "session": {"heart_rate": {"alert_high": 150}}})


@given(
    events=st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=12),
    at=st.integers(0, 700),
    order=st.randoms(use_true_random=False),
)
def test_sessions_are_the_same_in_any_order_and_as_reckoned_minute_by_minute(
    events: list[tuple[int, bool]], at: int, order: Any
):
    told = [happened(END if ended else START, minute * MINUTE) for minute, ended in events]
    order.shuffle(told)
    sessions = Sessions()
    sessions.learn([*told, *told])
    assert sessions.on("p1", at * MINUTE) == _reckoned(events, at)
    assert ("p1" in sessions.turn(at * MINUTE, lambda _: LONGEST)) == _reckoned(events, at)


def _reckoned(events: list[tuple[int, bool]], at: int) -> bool:
    began: int | None = None
    for minute in range(at + 1):
        if began is not None and minute >= began + LONGEST // MINUTE:
            began = None
        if (minute, False) in events and began is None:
            began = minute
        if (minute, True) in events:
            began = None
    return began is not None


@given(times=st.lists(st.integers(0, 6 * 60), min_size=1, max_size=20))
def test_looking_at_any_times_tells_of_every_change(times: list[int]):
    sessions, running = Sessions(), set[str]()
    sessions.learn([happened(START, HOUR), happened(END, 2 * HOUR), happened(START, 2 * HOUR + MINUTE, "p2")])
    for minute in times:
        running ^= sessions.turn(minute * MINUTE, lambda _: LONGEST)
        assert running == {p for p in ("p1", "p2") if sessions.on(p, minute * MINUTE)}
