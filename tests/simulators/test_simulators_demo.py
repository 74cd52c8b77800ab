import json

import numpy as np
import pytest

from simulators.demo import demo_fleet
from simulators.publication import Publication
from tests.simulators.judge import held, news2
from vitals.plan import CarePlan
from vitals.times import DAY, HOUR, MINUTE, parse_time

START = parse_time("2026-11-22T15:00:00Z")
PLAN = CarePlan()


@pytest.fixture(scope="module", params=[10, 20, 37])
def hour(request: pytest.FixtureRequest):
    fleet = demo_fleet(request.param, seed=7, start=START, span=HOUR)
    return fleet, fleet.until(START + HOUR)


def series(said: list[Publication], patient: str, device: str) -> dict[str, np.ndarray]:
    samples = [json.loads(p.payload)["vitals"] for p in said if p.topic.endswith(f"/{patient}/{device}/vitals")]
    return {signal: np.array([sample[signal] for sample in samples]) for signal in samples[0]}


def test_each_episode_that_detectors_are_said_to_see_shows_within_the_hour(hour: tuple):
    fleet, said = hour
    plans = {p.id: p.plan for p in fleet.patients()}
    episodes = {t.name: t for t in fleet.truth() if t.kind == "episode"}
    assert set(episodes) == {"fall", "sepsis", "copd_exacerbation", "atrial_fibrillation", "hypoglycaemia"}
    for truth in episodes.values():
        for rule, signal in truth.expected:
            plan = plans[truth.patient]
            if rule == "limit":
                device, step = ("cgm-1", 5 * MINUTE) if signal == "glucose" else ("hub-1", MINUTE // 2)
                limits = plan.limits_for(signal)
                low = -np.inf if limits.warning_low is None else limits.warning_low
                high = np.inf if limits.warning_high is None else limits.warning_high
                values = series(said, truth.patient, device)[signal]
                assert held((values < low) | (values > high), limits, step), truth
            elif rule == "early_warning":
                total, three = news2(series(said, truth.patient, "hub-1"), plan)
                assert total.max() >= 5 or three.any(), truth
            else:
                assert [p for p in said if p.topic.endswith(f"/{truth.patient}/button-1/event")]


def test_devices_fail_within_the_hour(hour: tuple):
    fleet, said = hour
    faults = {t.name for t in fleet.truth() if t.kind == "fault"}
    assert {"silence", "battery_drain", "probe_off", "backlog", "duplicate"} == faults
    states = [json.loads(p.payload) for p in said if p.topic.endswith("/status")]
    assert any(s["state"] == "offline" for s in states)
    assert min(s["battery"] for s in states if "battery" in s) < 0.1
    assert any(p.payload.startswith(b"[") for p in said)


def test_a_long_demonstration_goes_on():
    truths = demo_fleet(20, seed=7, start=START, span=DAY).truth()
    assert len([t for t in truths if t.name == "sepsis"]) == 12
    assert max(t.onset for t in truths) > START + 22 * HOUR


@pytest.mark.parametrize("patients", [1, 2, 3])
def test_even_very_few_patients_make_a_demonstration(patients: int):
    fleet = demo_fleet(patients, seed=1, start=START, span=HOUR)
    assert fleet.until(START + 10 * MINUTE)
    assert len(fleet.agency().patients) == patients


def test_a_short_look_holds_only_what_sets_in():
    truths = demo_fleet(20, seed=7, start=START, span=5 * MINUTE).truth()
    assert {t.name for t in truths if t.kind == "episode"} == {"fall", "copd_exacerbation"}
