"""Overrides, clock events and overlapping visits: on duty is what a slow and simple reckoning says, at any time."""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.duty import Why
from alerts.localtime import window
from alerts.presence import FORGOTTEN, Presences, leavers
from alerts.roster import Roster
from tests.alerts.house import ANA, LONDON, NIGHT, NOON, NOOR, OPS, agency, patient, person, shift_of
from vitals.agency import Agency
from vitals.intake import EventType, PatientEvent
from vitals.overrides import Action, Override
from vitals.people import Assignment, Role
from vitals.presence import clocked
from vitals.times import DAY, HOUR, MINUTE, iso, to_datetime

BEN = person("ben", Role.CNA)
EVE = person("eve", Role.HMA)
DAYS = tuple(f"2026-11-{day}" for day in range(15, 22))
BEGIN = NOON - 3 * DAY


def override(action: str, who: str, *, start: int = 0, end: int = 0, **more: Any) -> Override:
    times = {} if "day" in more else {"start": iso(start), "end": iso(end)}
    return Override(action=action, caregiver=who, reason="swap", entered_by="olga", **times, **more)


def on(roster: Roster, now: int, who: str = "p1") -> list[str]:
    return [duty.caregiver.id for duty in roster.on_duty(who, now)]


def house(*overrides: Override, events: tuple[PatientEvent, ...] = (), limit: int = FORGOTTEN) -> Roster:
    """Ana works days, Ben nights, both for two patients; Eve is assigned to nobody."""
    shifts = (shift_of("ana", "08:00", "20:00"), shift_of("ben", "20:00", "08:00"))
    base = agency(*(ANA, BEN, EVE, OPS), shifts=shifts, patients=(patient("p1"), patient("p2")), unassigned=("eve",))
    return Roster(base.model_copy(update={"overrides": overrides}), Presences(events, limit=limit))


# overrides


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


# clock events


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


# all of it, at any time, beside a reckoning that is slow and simple

moments = st.integers(0, 7 * 24 * 4).map(lambda quarter: BEGIN + quarter * 15 * MINUTE)
walls = st.sampled_from(["00:00", "06:00", "07:30", "14:00", "22:00"])
FEW = settings(max_examples=60, deadline=None)
people = (ANA, BEN, EVE, NOOR, OPS)
ids = st.sampled_from([p.id for p in people])
patients = st.sampled_from(["p1", "p2"])
shifts = st.builds(
    shift_of,
    *(ids, walls, walls),
    rule=st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE,SA", "FREQ=DAILY;INTERVAL=2", "FREQ=DAILY;COUNT=17"]),
    patient=st.none() | patients,
    exdates=st.lists(st.sampled_from(DAYS), max_size=1).map(tuple),
    rdates=st.lists(st.sampled_from(DAYS), max_size=1).map(tuple),
    extra_days=st.sampled_from([0, 0, 0, 2]),
    first_day=st.just("2026-11-01"),
)
assignments = st.builds(
    Assignment,
    patient=patients,
    caregiver=ids,
    start=st.none() | st.sampled_from(DAYS[:4]),
    end=st.none() | st.sampled_from(DAYS[4:]),
)


@st.composite
def overrides(draw: st.DrawFn, actions: tuple[str, ...] = tuple(Action)) -> Override:
    action, who, by = draw(st.sampled_from(actions)), draw(ids), draw(ids)
    more: dict[str, Any] = {"patient": draw(st.none() | patients)}
    if Action(action).needs_other:
        more["by"] = by if by != who else next(p.id for p in people if p.id != who)
    if action != "add" and draw(st.booleans()):
        return override(action, who, day=draw(st.sampled_from(DAYS)), **more)
    start = draw(moments)
    return override(action, who, start=start, end=start + draw(st.integers(1, 40)) * HOUR, **more)


events = st.builds(
    lambda patient, who, time, out: clocked(patient, who, time, out=out), patients, ids, moments, st.booleans()
)


def build(shifts_: list[Any], assignments_: list[Any], overrides_: list[Override]) -> Agency:
    return Agency(
        id="a",
        patients=(patient("p1"), patient("p2", zone="America/New_York")),
        caregivers=people,
        assignments=tuple(assignments_),
        shifts=tuple(shifts_),
        overrides=tuple(overrides_),
    )


class Slow:
    """The rules of the roster as sentences, one person and one moment at a time."""

    def __init__(self, agency: Agency, happened: list[PatientEvent]) -> None:
        self.agency, self.happened = agency, happened
        self.spans: list[list[tuple[int, int]]] = []
        for line in agency.overrides:
            self.spans.append(self._spans(line))

    def on(self, patient: str, now: int) -> set[str]:
        duties = {p.id: d for p in people if (d := self._planned(p.id, patient, now))}
        for line, spans in zip(self.agency.overrides, self.spans, strict=True):
            for start, end in spans:
                if start <= now < end and line.patient in (None, patient):
                    self._change(duties, line, (start, end), patient, now)
        for who in {e.detail["caregiver"] for e in self.happened}:
            self._clock(duties, who, patient, now)
        return set(duties)

    def _clock(self, duties: dict[str, Any], who: str, patient: str, now: int) -> None:
        mine = [e for e in self.happened if (e.patient, e.detail["caregiver"]) == (patient, who) and e.time <= now]
        last = max(mine, key=lambda e: (e.time, e.event.value), default=None)
        if last is None or now - last.time >= FORGOTTEN:
            return
        if last.event is EventType.CLOCK_IN:
            duties[who] = (now, now, False)
        elif who in duties and not duties[who][2] and duties[who][0] <= last.time:
            del duties[who]

    def _change(self, duties: dict[str, Any], line: Override, span: tuple[int, int], patient: str, now: int) -> None:
        start, end = span
        if line.action is Action.ADD:
            bound = [a for a in self.agency.assignments if a.caregiver == line.caregiver]
            office = line.caregiver in ("noor", "olga")
            if line.patient or (office and not bound) or self._assigned(line.caregiver, patient, now):
                self._best(duties, line.caregiver, (start, end, office and line.patient is None))
            return
        mine = duties.pop(line.caregiver, None)
        theirs = duties.pop(line.by, None) if line.action is Action.SWAP else None
        for duty, taker in ((mine, line.by), (theirs, line.caregiver)):
            if duty and taker:
                self._best(duties, taker, (max(duty[0], start), min(duty[1], end), duty[2]))

    @staticmethod
    def _best(duties: dict[str, Any], who: str, duty: tuple[int, int, bool]) -> None:
        duties[who] = max([duty, *([duties[who]] if who in duties else [])], key=lambda d: (d[2], d[1]))

    def _assigned(self, who: str, patient: str, now: int) -> bool:
        pairs = [a for a in self.agency.assignments if (a.patient, a.caregiver) == (patient, who)]
        zone = next(p.timezone for p in self.agency.patients if p.id == patient)
        today = to_datetime(now).astimezone(ZoneInfo(zone)).date().isoformat()
        named = any(s.caregiver == who and s.patient == patient for s in self.agency.shifts)
        return any((a.start or "") <= today <= (a.end or "9") for a in pairs) or (named and not pairs)

    def _planned(self, who: str, patient: str, now: int) -> tuple[int, int, bool] | None:
        own = [s for s in self.agency.shifts if s.caregiver == who]
        pairs = [a for a in self.agency.assignments if (a.patient, a.caregiver) == (patient, who)]
        bound = any(a.caregiver == who for a in self.agency.assignments)
        office = who in ("noor", "olga")
        named, general = ([s for s in own if (s.patient is None) == plain] for plain in (False, True))
        found: list[tuple[int, int, bool]] = []
        if self._assigned(who, patient, now):
            found += [(*w, False) for s in named if s.patient == patient for w in self._windows(s)]
            found += [(*w, office) for s in general if pairs for w in self._windows(s)]
            found += [(0, 2**62, office)] if not own else []
        if office and not bound:
            found += [(*w, True) for s in general for w in self._windows(s)]
            found += [(0, 2**62, True)] if not own else []
        found = [span for span in found if span[0] <= now < span[1]]
        return max(found, key=lambda d: (d[2], d[1]), default=None)

    @staticmethod
    @lru_cache(maxsize=10_000)
    def _windows(shift: Any) -> list[tuple[int, int]]:
        first, last = date(2026, 11, 1), date(2026, 11, 30)
        rule = rrulestr(shift.rule, dtstart=datetime.combine(date.fromisoformat(shift.first_day), time()))
        ruled = {m.date() for m in rule.between(datetime.combine(first, time()), datetime.combine(last, time()))}
        days = (ruled | set(map(date.fromisoformat, shift.rdates))) - set(map(date.fromisoformat, shift.exdates))
        return [window(day, shift.start, shift.end, shift.timezone, shift.extra_days) for day in days]

    def _spans(self, line: Override) -> list[tuple[int, int]]:
        if line.span:
            return [line.span]
        people_ = [line.caregiver, line.by] if line.action is Action.SWAP else [line.caregiver]
        found = {s for who in people_ for s in self._on_day(who or "", line.day or "", len(self.spans))}
        while pair := next(((a, b) for a in found for b in found if a < b and b[0] < a[1]), None):
            found = found - {*pair} | {(min(pair)[0], max(pair[0][1], pair[1][1]))}
        return sorted(found)

    def _on_day(self, who: str, day: str, before: int) -> list[tuple[int, int]]:
        def begins(span: tuple[int, int]) -> bool:
            return to_datetime(span[0]).astimezone(ZoneInfo(LONDON)).date().isoformat() == day

        own = [s for s in self.agency.shifts if s.caregiver == who]
        found = [w for s in own for w in self._windows(s) if begins(w)]
        earlier = zip(self.agency.overrides[:before], self.spans, strict=False)
        given = [s for o, spans in earlier if _taker(o) == who for s in spans if begins(s)]
        if not own and not given:
            midnight = date.fromisoformat(day)
            return [window(midnight, "00:00", "00:00", LONDON)]
        return [*found, *given]


def _taker(line: Override) -> str | None:
    return line.caregiver if line.action is Action.ADD else line.by


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
