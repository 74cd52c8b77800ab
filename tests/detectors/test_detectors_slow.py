"""The runners of slow detectors: whole hours, a little later, a little at a time; outages and restarts."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import rounds
from detectors.hour_lot import SEEN
from tests.detectors.kit import LATE, T0, Row, agency, by_key, message, row, told
from tests.detectors.slow_kit import Both, Home, Warm
from vitals.agency import Agency, Patient
from vitals.finding import FindingKey
from vitals.plan import CarePlan
from vitals.times import DAY, HOUR, MINUTE, SECOND

DETECTORS = (Warm(), Both())
DUE = 2 * MINUTE


@pytest.fixture(autouse=True)
def _forget() -> None:
    Warm.seen.clear()
    Both.seen.clear()


def pulse(home: Home, *means: float, first: int = 0, quality: int = 0) -> None:
    """One reading in the middle of each hour from number ``first`` on, and a sweep when each is due."""
    for i, mean in enumerate(means, first):
        at = T0 + i * HOUR + 30 * MINUTE
        home.feed([row("heart_rate", at, mean, quality=quality)], at)
        home.sweep(T0 + (i + 1) * HOUR + DUE)


def test_an_hour_is_judged_two_minutes_after_it_and_found_as_of_it():
    home = Home(detectors=DETECTORS)
    pulse(home, 70, 70, 70)
    home.feed([row("heart_rate", T0 + 3 * HOUR + 5 * MINUTE, 90)])
    assert home.sweep(T0 + 4 * HOUR + DUE - 1) == []
    found = home.sweep(T0 + 4 * HOUR + DUE)
    assert told(found) == [("warm", "low")]
    (finding,) = found
    assert finding.key == FindingKey("warm", "p1", "heart_rate")
    assert (finding.time, finding.onset) == (T0 + 4 * HOUR, T0 + 4 * HOUR)
    assert finding.evidence == {"mean": 90.0, "hours": 4, "unit": "/min"}
    assert home.sweep(T0 + 4 * HOUR + 3 * MINUTE) == []
    pulse(home, 70, first=4)
    assert told(home.found) == [("warm", "low"), ("warm", "clear")]


def test_readings_of_all_devices_make_one_track():
    home = Home(detectors=DETECTORS)
    pulse(home, 70, 70, 70)
    home.feed(
        [
            row("heart_rate", T0 + 3 * HOUR + MINUTE + i, v, device=d)
            for i, (d, v) in enumerate({"a": 80, "b": 84}.items())
        ]
    )
    (finding,) = home.sweep(T0 + 4 * HOUR + DUE)
    assert finding.evidence["mean"] == 82


def test_a_panel_lies_on_the_hours_grid():
    home = Home(agency(p1=CarePlan(), p2=CarePlan(on_oxygen=True)), detectors=DETECTORS)
    for patient in ("p1", "p2"):
        home.feed(message(T0 + 2 * HOUR, patient, heart_rate=80, respiration_rate=15), T0 + 5 * HOUR)
        home.feed(message(T0 + 5 * HOUR, patient, heart_rate=120, respiration_rate=25), T0 + 5 * HOUR)
    found = home.sweep(T0 + 5 * HOUR + DUE)
    assert [(f.key, f.severity.word, f.time) for f in found] == [(FindingKey("both", "p1"), "medium", T0 + 5 * HOUR)]
    assert found[0].evidence == {"heart": 120.0, "known": 3}
    (panel,) = Both.seen
    np.testing.assert_equal(panel.mean[0, 0], [np.nan, np.nan, 80, np.nan, np.nan, 120])


def test_only_fresh_news_is_judged_and_what_holds():
    home = Home(detectors=DETECTORS)
    pulse(home, 70, 70, 70, 90)
    judged = len(Warm.seen)
    pulse(home, 91, first=4, quality=LATE)  # judged because it holds: charts know, and so does the mean
    assert len(Warm.seen) == judged + 1
    assert told(home.found) == [("warm", "low")]
    pulse(home, 70, first=5)
    judged = len(Warm.seen)
    pulse(home, 95, first=6, quality=LATE)
    assert len(Warm.seen) == judged
    home.feed([row("heart_rate", T0 + 6 * HOUR + 40 * MINUTE, 95)], T0 + 7 * HOUR + 5 * MINUTE)  # fresh, but belated
    assert told(home.sweep(T0 + 8 * HOUR + DUE)) == [("warm", "low")]


def test_where_nothing_is_heard_any_more_nothing_is_asked_and_what_holds_stays():
    home = Home(detectors=DETECTORS)
    pulse(home, 70, 70, 70, 90)
    judged = len(Warm.seen)
    for hour in range(5, 60):
        assert home.sweep(T0 + hour * HOUR + DUE) == []
    assert len(Warm.seen) == judged
    home.restart(T0 + 60 * HOUR)
    assert home.sweep(T0 + 60 * HOUR + DUE) == []
    pulse(home, 70, first=61)
    assert told(home.found) == [("warm", "low"), ("warm", "clear")]


def test_what_a_start_judges_again_looks_as_it_did():
    home = Home(detectors=DETECTORS)
    for start in range(0, 400, 50):
        home.feed([row("heart_rate", T0 + h * HOUR, 60 + h % 7) for h in range(start, start + 50)])
    home.feed([row("heart_rate", T0 + 399 * HOUR + SECOND, 63)])
    home.sweep(T0 + 399 * HOUR + DUE)
    before = Warm.seen[-1]
    home.restart(T0 + 399 * HOUR + 40 * MINUTE)
    home.sweep(T0 + 399 * HOUR + 40 * MINUTE)
    assert Warm.seen[-1] is not before
    assert Warm.seen[-1].hour.tolist() == before.hour.tolist()
    assert before.hour.shape == (1, SEEN)


def test_what_a_detector_sees_of_its_own_past_begins_with_its_onset():
    home = Home(detectors=DETECTORS)
    pulse(home, 70, 70, 70, 90, 90)
    last = Warm.seen[-1]
    assert (last.at, last.since.tolist()) == (T0 + 5 * HOUR, [T0 + 4 * HOUR])
    assert last.mean.shape == (1, 5)
    assert Warm.seen[-2].since.tolist() == [T0 + 4 * HOUR]


def test_hours_are_local_and_days_count_from_local_midnight():
    people = Agency(id="a", patients=(Patient(id="p1", name="-", timezone="America/New_York"),))
    home = Home(people, detectors=DETECTORS)
    pulse(home, 70)
    (seen,) = Warm.seen
    assert (seen.local % 24).tolist() == [[20]]  # T0 is midnight in UTC
    assert (seen.local // 24).tolist() == [[T0 // DAY - 1]]


def test_after_an_outage_each_is_judged_once_as_of_its_newest_hour():
    home = Home(detectors=DETECTORS)
    pulse(home, 70, 70, 70)
    home.feed([row("heart_rate", T0 + 3 * HOUR + MINUTE, 90)])
    found = home.sweep(T0 + 9 * HOUR + 7 * MINUTE)
    assert [(f.key.rule, f.time) for f in found] == [("warm", T0 + 4 * HOUR)]
    assert home.sweep(T0 + 10 * HOUR + DUE) == []


def test_a_condition_of_before_the_crash_is_found_after_it():
    home = Home(detectors=DETECTORS)
    pulse(home, 70, 70, 70)
    home.feed([row("heart_rate", T0 + 3 * HOUR + MINUTE, 90)])
    home.restart(T0 + 9 * HOUR)
    assert [(f.key.rule, f.time) for f in home.sweep(T0 + 9 * HOUR)] == [("warm", T0 + 4 * HOUR)]
    home.restart(T0 + 9 * HOUR + MINUTE)
    assert home.sweep(T0 + 9 * HOUR + DUE) == []


def test_it_is_judged_in_slices_and_told_as_of_the_boundary(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rounds, "SLICE", 2)
    home = Home(detectors=(Warm(),))
    for hour, mean in enumerate((70, 70, 70, 90)):
        at = T0 + hour * HOUR + MINUTE
        home.feed([row("heart_rate", at, mean, patient=f"p{i}") for i in range(6)], at)
        if hour < 3:
            home.sweep(at + HOUR + DUE)
    lots = [home.world.sweep(T0 + 4 * HOUR + DUE + second * 1000) for second in range(4)]
    assert [len(lot) for lot in lots] == [2, 2, 2, 0]
    assert {f.time for lot in lots for f in lot} == {T0 + 4 * HOUR}
    assert not home.world.bank.busy


def test_however_many_there_are_they_are_judged_within_half_an_hour(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rounds, "SLICE", 1)
    home = Home(detectors=(Warm(),))
    home.feed([row("heart_rate", T0 + MINUTE, 70, patient=f"p{i}") for i in range(40)])
    home.world.sweep(T0 + HOUR + DUE)
    home.world.sweep(T0 + HOUR + DUE + 15 * MINUTE)
    assert 20 <= len(Warm.seen) <= 22
    home.world.sweep(T0 + HOUR + DUE + 30 * MINUTE)
    assert len(Warm.seen) == 40


def test_what_is_no_longer_watched_no_longer_holds():
    home = Home(agency(p1=CarePlan()), detectors=DETECTORS)
    pulse(home, 70, 70, 70, 90)
    home.world.bank.use(agency(p1=CarePlan(on_oxygen=True)), T0 + 5 * HOUR)
    (finding,) = home.sweep(T0 + 5 * HOUR)
    assert (told([finding]), finding.evidence["because"]) == ([("warm", "clear")], "no longer watched")
    pulse(home, 70, 99, first=5)
    assert told(home.found) == [("warm", "low"), ("warm", "clear")]


def test_what_becomes_watched_has_its_past_from_the_store():
    home = Home(agency(p1=CarePlan(on_oxygen=True)), detectors=DETECTORS)
    home.restart(T0)
    pulse(home, 70, 70, 70)
    home.world.bank.use(agency(p1=CarePlan()), T0 + 3 * HOUR)
    pulse(home, 90, first=3)
    assert told(home.found) == [("warm", "low")]


def test_a_plan_tunes_a_slow_detector():
    home = Home(agency(p1=CarePlan(parameters={"warm": {"more": 30}}), p2=CarePlan()), detectors=DETECTORS)
    for i, mean in enumerate((70, 70, 70, 90)):
        at = T0 + i * HOUR + MINUTE
        home.feed([row("heart_rate", at, mean, patient=p) for p in ("p1", "p2")])
        home.sweep(at + HOUR + DUE)
    assert [f.key.patient for f in home.found] == ["p2"]


STREAM = st.lists(
    st.tuples(
        st.sampled_from(["p1", "p2"]),
        st.sampled_from([60.0, 70.0, 85.0, 110.0, 125.0]),
        st.sampled_from([12.0, 18.0, 26.0]),
        st.sampled_from([MINUTE, 20 * MINUTE, HOUR, 2 * HOUR, 9 * HOUR]),
    ),
    min_size=3,
    max_size=40,
)


def lived(stream: list[Any], restarts: set[int]) -> Home:
    """The stream goes by with a sweep every ten minutes; before some messages the bank is lost."""
    home, now = Home(detectors=DETECTORS), T0
    for i, (patient, heart, breath, later) in enumerate(stream):
        for sweep in range(now // (10 * MINUTE) + 1, (now + later) // (10 * MINUTE) + 1):
            home.sweep(sweep * 10 * MINUTE)
        now += later
        if i in restarts:
            home.restart(now)
        home.feed(message(now, patient, heart_rate=heart, respiration_rate=breath), now)
    home.sweep(now + HOUR + 5 * MINUTE)
    return home


@settings(max_examples=40)
@given(STREAM, st.sets(st.integers(0, 39), min_size=1, max_size=3))
def test_a_restart_in_the_middle_finds_the_same(stream: list[Any], restarts: set[int]):
    assert by_key(lived(stream, restarts).found) == by_key(lived(stream, set()).found)


@pytest.mark.parametrize("every", [0, MINUTE, 90 * MINUTE])
def test_a_detector_is_judged_at_whole_hours(every: int):
    with pytest.raises(ValueError, match="must be a multiple of an hour"):
        Home(detectors=(Warm(every=every),))


def rows_of(patient: str, hours: int) -> list[Row]:
    return [row("heart_rate", T0 + h * HOUR, 70, patient=patient) for h in range(hours)]


def test_short_and_long_tracks_stand_right_aligned_in_one_matrix():
    home = Home(detectors=(Warm(),))
    home.feed(rows_of("p1", 5) + rows_of("p2", 2) + [row("heart_rate", T0 + 4 * HOUR, 80, patient="p2")], T0 + 4 * HOUR)
    home.sweep(T0 + 4 * HOUR + DUE)
    (seen,) = Warm.seen
    assert (seen.hour - T0 // HOUR).tolist()[0] == [0, 1, 2, 3, 4]
    assert (seen.hour[1, 2:] - T0 // HOUR).tolist() == [0, 1, 4]
    assert (seen.count.tolist(), np.isnan(seen.mean[1, :2]).all()) == ([[1] * 5, [0, 0, 1, 1, 1]], True)


def test_a_recording_that_ends_within_an_hour_is_judged_to_its_end():
    home = Home(detectors=DETECTORS)
    pulse(home, 70, 70, 70)
    home.feed([row("heart_rate", T0 + 3 * HOUR + MINUTE, 90)])
    found = home.world.bank.conclude(T0 + 3 * HOUR + 20 * MINUTE)
    assert [(f.key.rule, f.time) for f in found] == [("warm", T0 + 4 * HOUR)]
    assert home.world.bank.conclude(T0 + 3 * HOUR + 20 * MINUTE) == []
