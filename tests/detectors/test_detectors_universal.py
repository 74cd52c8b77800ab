"""What every detector of the bank promises, whatever it looks for: a new one is held to it by being registered."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.base import Detector
from detectors.registry import DEFAULT
from tests.detectors.kit import T0, by_key, live
from tests.detectors.story import DAYS, END, SWEEPS, Listener, Story, agency, together, told
from vitals.batch import Quality
from vitals.finding import Finding, Kind, Severity
from vitals.series import SeriesTable
from vitals.signals import BY_NAME
from vitals.times import DAY, HOUR, MINUTE, from_datetime
from vitals.units import converted, every_conversion

STORY = told()
every_detector = pytest.mark.parametrize("detector", DEFAULT, ids=lambda d: d.name)
_HEARD: dict[str, dict[Any, Any]] = {}


def changes(found: Iterable[Finding], patient: str = "p1") -> dict[Any, Any]:
    """Each key's changes, without the patient. Technical ones happen when the service comes to look: without time."""
    return {
        key._replace(patient=""): [(e[0], *(() if key.rule.startswith(("gap", "quality")) else e[1:])) for e in edges]
        for key, edges in by_key(f for f in found if f.key.patient == patient).items()
    }


def heard(detector: Detector) -> dict[Any, Any]:
    """What it finds in the story."""
    if detector.name not in _HEARD:
        _HEARD[detector.name] = changes(Listener(detector).hear(STORY))
    return _HEARD[detector.name]


def last(found: dict[Any, Any]) -> dict[Any, int]:
    """The level in which each key ended."""
    return {key: edges[-1][0] for key, edges in found.items()}


def opened(found: Iterable[Finding]) -> list[Finding]:
    """What is said of the patient, not of equipment."""
    return [f for f in found if f.kind is Kind.PHYSIOLOGICAL and f.severity is not Severity.CLEAR]


@every_detector
def test_the_story_moves_it_and_what_it_says_is_well_formed(detector: Detector):
    found = Listener(detector).hear(STORY)
    assert found, f"add to tests/detectors/story.py what {detector.name} is to find: all checks here live on it"
    for finding in found:
        assert finding.key.rule in detector.rules
        assert finding.key.rule.split(".")[0] == detector.name
        assert type(finding.time) is int
        assert type(finding.onset) is int
        assert T0 <= finding.onset <= finding.time <= SWEEPS[-1]
        json.dumps(finding.evidence, allow_nan=False)
    for edges in by_key(found).values():
        levels = [severity for severity, *_ in edges]
        assert all(a != b for a, b in zip([0, *levels], levels, strict=False))


@every_detector
def test_any_cut_finds_the_same(detector: Detector):
    rng = np.random.default_rng(len(detector.name))
    late = range(len(STORY) - 150, len(STORY))  # where most happens, a reading at a time
    cuts = [*rng.integers(0, len(STORY), 120).tolist(), *late]
    assert changes(Listener(detector).hear(STORY, cuts=cuts)) == heard(detector)


@every_detector
def test_any_order_within_a_batch_finds_the_same(detector: Detector):
    assert changes(Listener(detector).hear(STORY, order=np.random.default_rng(1).permutation)) == heard(detector)


@every_detector
def test_a_patient_is_judged_alike_alone_and_among_others(detector: Detector):
    lower = STORY.of("p2", later=7 * MINUTE)
    well = STORY.take(STORY.time < T0 + 9 * DAY).of("p0")
    crowd = Listener(detector, agency("p0", "p1", "p2")).hear(together(well, STORY, lower))
    assert changes(crowd) == heard(detector)
    assert changes(crowd, "p2") == changes(Listener(detector, agency("p2")).hear(lower), "p2")


@every_detector
def test_a_restart_in_the_middle_changes_nothing(detector: Detector):
    at = END - 2 * HOUR
    first, then = STORY.take(STORY.time <= at), STORY.take(STORY.time > at)
    before = Listener(detector)
    before.hear(first, sweeps=[s for s in SWEEPS if s <= at])
    after = Listener(detector, series=SeriesTable(before.series.keys))
    after.past = before.past
    after.bank.warm(before.past, live(before.found), at)
    after.sweep(at)
    assert after.found == []
    after.hear(replace(then, events=()), sweeps=[s for s in SWEEPS if s > at])
    assert last(changes([*before.found, *after.found])) == last(heard(detector))


@every_detector
@pytest.mark.parametrize("quality", [Quality.LATE, Quality.RETAINED], ids=["late", "retained"])
def test_stale_readings_never_open(detector: Detector, quality: Quality):
    events = tuple(replace(event, stale=True) for event in STORY.events)
    stale = replace(STORY, quality=np.full(len(STORY), int(quality), np.uint8), events=events)
    assert opened(Listener(detector).hear(stale)) == []


@every_detector
def test_artefacts_and_what_is_no_number_are_no_physiology(detector: Detector):
    artefacts = replace(STORY, quality=np.full(len(STORY), int(Quality.ARTEFACT), np.uint8), events=())
    assert opened(Listener(detector).hear(artefacts)) == []
    assert opened(Listener(detector).hear(replace(STORY, value=np.full(len(STORY), np.nan), events=()))) == []


@every_detector
def test_nothing_and_one_reading_and_a_steady_life_say_nothing(detector: Detector):
    assert opened(Listener(detector).hear(replace(STORY.take([]), events=()), sweeps=SWEEPS[:3])) == []
    quiet = {"heart_rate": 72, "spo2": 97, "respiration_rate": 15, "temperature": 36.8, "systolic_bp": 124}
    quiet |= {"glucose": 110, "weight": 80}
    steady = np.array([quiet[signal] for *_, signal in STORY.who], float)[STORY.number]
    rows = np.array([device != "clip" for _, device, _ in STORY.who])[STORY.number]
    noise = np.random.default_rng(2).normal(0, 1, len(STORY)) * 0.004 * steady
    calm = replace(STORY, value=np.round(steady + noise, 1), events=()).take(rows)
    said = Listener(detector).hear(calm)
    assert opened(said) == []
    assert [f for f in said if f.key.rule.startswith("quality")] == []
    for number in range(len(STORY.who)):
        only = calm.take(np.flatnonzero(calm.number == number)[:1])
        assert opened(Listener(detector).hear(only, sweeps=SWEEPS[:3])) == []
    assert opened(Listener(detector).hear(replace(STORY, value=steady, events=()).take(rows))) == []


@every_detector
def test_every_signal_may_be_missing(detector: Detector):
    """Of it nothing is said, and of the others the same."""
    late = STORY.time > END - 2 * DAY
    whole = changes(Listener(detector).hear(STORY.take(late), sweeps=SWEEPS[-8:]))
    for missing in {signal for *_, signal in STORY.who}:
        rows = np.array([signal != missing for *_, signal in STORY.who])[STORY.number] & late
        found = Listener(detector).hear(STORY.take(rows), sweeps=SWEEPS[-8:])
        assert missing not in {f.key.signal for f in opened(found)}
        others = {key for key in whole if key.signal not in {"", missing}}
        assert {key: edges for key, edges in changes(found).items() if key in others} == {k: whole[k] for k in others}


@every_detector
def test_the_same_measured_in_other_units_finds_the_same(detector: Detector):
    """Scaled by the device, and back again on its way in."""
    units = {signal.name: (factor, offset) for signal, _, factor, offset in every_conversion()}
    pairs = [units.get(signal, (1.0, 0.0)) for *_, signal in STORY.who]
    rows = zip(STORY.value.tolist(), STORY.number.tolist(), strict=True)
    value = [converted((v - pairs[n][1]) / pairs[n][0], *pairs[n]) for v, n in rows]
    assert changes(Listener(detector).hear(replace(STORY, value=np.array(value)))) == heard(detector)


@every_detector
def test_what_is_ten_years_apart_is_not_joined(detector: Detector):
    ward = Listener(detector)
    ward.hear(STORY, sweeps=SWEEPS[-8:])
    known, before = len(ward.found), STORY.take(STORY.time < T0 + 2 * HOUR)
    later = replace(before, time=before.time + 3650 * DAY, events=())
    ward.hear(later, sweeps=[T0 + 3650 * DAY + 3 * HOUR])
    assert [f for f in opened(ward.found[known:]) if f.time >= later.time[0]] == []


@every_detector
@settings(max_examples=3)
@given(st.lists(st.booleans(), min_size=3, max_size=40), st.sampled_from([MINUTE, HOUR, 5 * HOUR]))
def test_the_least_and_the_most_that_is_plausible_are_survived(detector: Detector, sides: list[bool], every: int):
    names = [name for name in BY_NAME if name != "consciousness"]
    value = np.array([[BY_NAME[n].high if side else BY_NAME[n].low for n in names] for side in sides], float)
    time = np.repeat(T0 + np.arange(len(sides)) * every, len(names))
    number = np.tile(np.arange(len(names)), len(sides))
    who = tuple(("p1", "hub", name) for name in names)
    extreme = Story(who, number, time, value.ravel(), np.zeros(len(time), np.uint8))
    with np.errstate(all="raise", under="ignore"):
        found = Listener(detector).hear(extreme, sweeps=[int(time[-1]) + HOUR])
    for finding in found:
        json.dumps(finding.evidence, allow_nan=False)


NIGHTS = [
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
]


@every_detector
@pytest.mark.parametrize(("zone", "night"), NIGHTS, ids=[f"{z.split('/')[1]}-{n}" for z, n in NIGHTS])
def test_a_night_on_which_clocks_change_is_a_night(detector: Detector, zone: str, night: str):
    """The change falls into the story's last night; night patterns end as they do in UTC."""
    midnight = from_datetime(datetime.fromisoformat(night).replace(tzinfo=ZoneInfo(zone)))
    start = midnight - DAYS * DAY
    story = told(start=start)
    sweeps = [s - T0 + start for s in SWEEPS[-8:]]
    found = changes(Listener(detector, agency(zone=zone)).hear(story, sweeps=sweeps))
    assert found
    if detector.name in {"night_desaturation", "glucose_pattern"}:
        assert last(found) == last(heard(detector))
