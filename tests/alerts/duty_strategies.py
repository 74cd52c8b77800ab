"""Agencies of any shifts, assignments, overrides and clock events, by chance."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from tests.alerts.duty_house import BEGIN, BEN, DAYS, EVE, override
from tests.alerts.house import ANA, NOOR, OPS, patient, shift_of
from vitals.agency import Agency
from vitals.overrides import Action, Override
from vitals.people import Assignment
from vitals.presence import clocked
from vitals.times import HOUR, MINUTE

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
