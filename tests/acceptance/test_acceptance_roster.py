"""Who is there decides who is told: clock events from the home, changing nights, sessions; over restarts too."""

from typing import Any

from tests.acceptance.people import AGENCY, person
from vitals.times import parse_time

LOW = {"spo2": 84}
PEOPLE = [*AGENCY["caregivers"], person("eve", "hma")]
NIGHTS = [{"caregiver": "ana", "start": "22:00", "end": "06:00", "timezone": "Europe/London"}]


def clock(home: Any, event: str, time: str, caregiver: str, **more: Any) -> None:
    when = parse_time(f"2026-11-22T{time}:00Z")
    home.until(max(when, home.clock.now()))
    payload = {"time": f"2026-11-22T{time}:00Z", "event": event, "caregiver": caregiver}
    home.arrive(payload, device="pad", kind="event", **more)


def test_who_clocked_in_is_told_though_not_planned_also_after_a_restart(make_home: Any):
    home = make_home(caregivers=PEOPLE, shifts=[{**NIGHTS[0], "start": "08:00", "end": "09:00"}])
    clock(home, "clock_in", "00:05", "eve")
    home.restart()
    home.stream("00:06", "00:10", **LOW)
    assert home.expect("eve", "Oxygen")
    assert not home.notices("ana", "Oxygen")


def test_who_clocked_out_early_is_not_told_though_planned(make_home: Any):
    home = make_home(shifts=NIGHTS)
    clock(home, "clock_in", "00:02", "ana")
    clock(home, "clock_out", "00:05", "ana")
    home.stream("00:06", "00:09", **LOW)
    assert home.expect("noor", "Oxygen"), "the first steps reach nobody and are not waited out"
    assert not home.notices("ana", "Oxygen")


def test_a_late_clock_out_counts_from_its_own_time(make_home: Any):
    home = make_home(shifts=NIGHTS)
    home.fast_forward(minutes=70)
    clock(home, "clock_out", "00:04", "ana", retained=True)
    home.stream("01:11", "01:14", **LOW)
    assert home.expect("noor", "Oxygen")
    assert not home.notices("ana", "Oxygen")


def test_6_a_shift_ends_when_the_wall_clock_first_says_so_as_the_clocks_go_back(make_home: Any):
    """New York, 1 November 2026: 01:30 comes twice."""
    patients = [{"id": "p1", "name": "-", "timezone": "America/New_York"}]
    night = {"caregiver": "ana", "start": "22:00", "end": "01:45", "timezone": "America/New_York"}
    home = make_home(patients=patients, assignments=[{"patient": "p1", "caregiver": "ana"}], shifts=[night])
    times = ("2026-11-01T05:30Z", "2026-11-01T05:45Z", "2026-11-01T06:30Z", "2026-11-01T06:45Z")
    on_duty = [home.desk.roster.on_duty("p1", parse_time(time)) for time in times]
    assert [any(duty.caregiver.id == "ana" for duty in people) for people in on_duty] == [True, False, False, False]


def test_7_nobody_on_duty_at_a_step_is_skipped_and_nobody_at_all_is_the_manager(make_home: Any):
    office = {"caregiver": "olu", "start": "08:00", "end": "17:00", "timezone": "Europe/London"}
    home = make_home(caregivers=[person("ana", "cna"), person("olu", "operations_manager")], shifts=[*NIGHTS, office])
    clock(home, "clock_out", "00:04", "ana")
    home.stream("00:06", "00:09", **LOW)
    assert home.expect("olu", "Oxygen"), "not in the office, and told all the same"


SESSION = {"heart_rate": {"warning_high": 140, "alert_high": 155}, "longest": "30m"}


def in_therapy(make_home: Any) -> Any:
    home = make_home(
        patients=[{"id": "p1", "name": "-", "timezone": "Europe/London", "plan": {"session": SESSION}}],
        assignments=[{"patient": "p1", "caregiver": "ana"}],
    )
    home.until(parse_time("2026-11-22T00:01:00Z"))
    home.arrive({"time": "2026-11-22T00:01:00Z", "event": "session_start"}, device="pad", kind="event")
    return home


def test_a_heart_that_works_in_therapy_alarms_nobody_over_a_restart_too(make_home: Any):
    home = in_therapy(make_home)
    home.stream("00:02", "00:05", heart_rate=136)
    home.restart()
    home.stream("00:06", "00:10", heart_rate=136)
    assert not home.live("limit.high")


def test_when_the_longest_session_is_over_it_does(make_home: Any):
    home = in_therapy(make_home)
    home.stream("00:29", "00:36", heart_rate=136)
    assert home.expect("ana", "eart rate")
    assert home.live("limit.high")[0].severity.word == "high"
