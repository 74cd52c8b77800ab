"""Overrides, clock events and overlapping visits: on duty is what a slow and simple reckoning says, at any time."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.presence import FORGOTTEN, Presences
from alerts.roster import Roster
from tests.alerts.duty_house import on
from tests.alerts.duty_slow import Slow
from tests.alerts.duty_strategies import FEW, assignments, build, events, ids, moments, overrides, shifts
from vitals.overrides import Action, Override
from vitals.presence import clocked
from vitals.times import DAY, HOUR, MINUTE, iso


@FEW
@given(
    st.lists(shifts, max_size=6),
    st.lists(assignments, max_size=6),
    st.lists(overrides(), max_size=4),
    st.lists(events, max_size=6),
    st.lists(moments, min_size=1, max_size=12),
)
def test_on_duty_is_what_the_slow_reckoning_says(
    shifts_: list[Any], assignments_: list[Any], overrides_: list[Override], events_: list[Any], times: list[int]
):
    agency_ = build(shifts_, assignments_, overrides_)
    slow, roster = Slow(agency_, events_), Roster(agency_, Presences(events_))
    for now in times:
        for who in ("p1", "p2"):
            assert set(on(roster, now, who)) == slow.on(who, now), iso(now)


@FEW
@given(
    st.lists(shifts, min_size=1, max_size=5),
    st.lists(assignments, min_size=1, max_size=5),
    st.lists(events, max_size=4),
    moments,
)
def test_an_answer_holds_as_long_as_it_says(shifts_: list[Any], assignments_: list[Any], events_: list[Any], now: int):
    agency_ = build(shifts_, assignments_, [])
    until = Roster(agency_, Presences(events_)).holds_until("p1", now)
    assert until > now
    held = Roster(agency_, Presences(events_)).on_duty("p1", now)
    for later in range(now, min(until, now + 3 * DAY), 97 * MINUTE):
        assert [d.caregiver for d in Roster(agency_, Presences(events_)).on_duty("p1", later)] == [
            d.caregiver for d in held
        ]


@FEW
@given(
    st.lists(shifts, min_size=1, max_size=6),
    st.lists(assignments, min_size=1, max_size=6),
    st.lists(overrides((Action.REPLACE, Action.SWAP)), max_size=4),
    st.lists(moments, min_size=1, max_size=12),
)
def test_swaps_conserve_coverage(
    shifts_: list[Any], assignments_: list[Any], overrides_: list[Override], times: list[int]
):
    before, after = Roster(build(shifts_, assignments_, [])), Roster(build(shifts_, assignments_, overrides_))
    for now in times:
        for who in ("p1", "p2"):
            assert bool(on(before, now, who)) == bool(on(after, now, who))


@FEW
@given(
    st.lists(shifts, max_size=5),
    st.lists(assignments, max_size=5),
    st.lists(overrides(), max_size=3),
    st.tuples(ids, moments, st.integers(0, FORGOTTEN - 1)),
)
def test_clock_events_win(
    shifts_: list[Any], assignments_: list[Any], overrides_: list[Override], event: tuple[str, int, int]
):
    who, at, later = event
    agency_ = build(shifts_, assignments_, overrides_)
    assert who in on(Roster(agency_, Presences([clocked("p1", who, at)])), at + later)
    plan = Roster(agency_)
    left = Roster(agency_, Presences([clocked("p1", who, at, out=True)]))
    duty = plan.judge("p1", at).duties.get(who)
    if duty and not duty.wide:
        assert who not in on(left, at)
    now = at + min(later, HOUR)
    assert set(on(plan, now)) - set(on(left, now)) <= {who}
