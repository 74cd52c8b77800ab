import json

import pytest

from simulators.faults import (
    FAULTS,
    WILL_AFTER,
    Backlog,
    BatteryDrain,
    ClockDrift,
    Duplicate,
    Fault,
    ProbeOff,
    Silence,
    Spike,
    Stuck,
)
from simulators.fleet import Broken, Fleet, FleetSpec
from simulators.publication import Publication
from vitals.times import HOUR, MINUTE, SECOND, iso, parse_time

START = parse_time("2026-11-22T12:00:00Z")
ONSET, LENGTH = START + 5 * MINUTE, 10 * MINUTE
END = ONSET + LENGTH


def published(*faults: Fault, device: str = "hub-1"):
    """What the broken device publishes in half an hour, and what it would have."""
    runs = []
    for broken in (tuple(Broken(0, device, fault) for fault in faults), ()):
        spec = FleetSpec(patients=2, seed=3, start=START, interval=10 * SECOND, kit="hub", faults=broken)
        said = Fleet(spec).until(START + 30 * MINUTE)
        runs.append([p for p in said if f"/p-00000/{device}/" in p.topic])
    return runs


def vitals(publications: list[Publication], start: int = ONSET, end: int = END) -> list[Publication]:
    return [p for p in publications if p.topic.endswith("/vitals") and start <= p.time < end]


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.name)
def test_outside_its_time_a_fault_changes_no_measurement(kind: type[Fault]):
    broken, sound = published(kind(onset=ONSET, duration=LENGTH))
    assert vitals(broken, START, ONSET) == vitals(sound, START, ONSET)
    assert vitals(broken, END + 1, START + HOUR) == vitals(sound, END + 1, START + HOUR)


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.name)
def test_the_other_patient_is_not_touched(kind: type[Fault]):
    spec = FleetSpec(patients=2, seed=3, start=START, kit="hub")
    fault = Broken(0, "hub-1", kind(onset=ONSET, duration=LENGTH))
    with_fault = FleetSpec(patients=2, seed=3, start=START, kit="hub", faults=(fault,))
    others = [[p for p in Fleet(s).until(END) if "/p-00001/" in p.topic] for s in (spec, with_fault)]
    assert others[0] == others[1]


def test_probe_off_sends_zeros_or_nothing():
    zeros, _ = published(ProbeOff(onset=ONSET, duration=LENGTH))
    assert {v for p in vitals(zeros) for v in json.loads(p.payload)["vitals"].values()} == {0}
    missing, _ = published(ProbeOff(onset=ONSET, duration=LENGTH, missing=True))
    assert vitals(missing) == []


def test_stuck_repeats_its_first_values_under_new_times_and_numbers():
    broken, _ = published(Stuck(onset=ONSET, duration=LENGTH))
    said = [json.loads(p.payload) for p in vitals(broken)]
    assert len(said) == 60
    assert all(s["vitals"] == said[0]["vitals"] for s in said)
    assert len({s["seq"] for s in said}) == len({s["time"] for s in said}) == 60


def test_spikes_are_single_and_plausible_and_expect_no_alert():
    broken, sound = published(Spike(onset=ONSET, duration=LENGTH, every=10))
    odd = [a.payload != b.payload for a, b in zip(vitals(broken), vitals(sound), strict=True)]
    assert [i for i, differs in enumerate(odd) if differs] == list(range(0, 60, 10))
    worst = json.loads(vitals(broken)[0].payload)["vitals"]
    assert 40 <= worst["spo2"] < 90 < worst["heart_rate"] <= 300
    assert Spike.expected == ()


def test_battery_drain_reports_a_falling_battery_and_then_a_charged_one():
    broken, _ = published(BatteryDrain(onset=ONSET, duration=LENGTH))
    levels = [(p.time, json.loads(p.payload)["battery"]) for p in broken if p.topic.endswith("/status")]
    during = [level for time, level in levels if ONSET <= time < END]
    assert during == sorted(during, reverse=True)
    assert during[-1] == pytest.approx(0.03)
    assert levels[-1][1] >= 0.25


def test_silence_is_silent_with_a_last_will_and_a_hole_in_the_numbers():
    broken, _ = published(Silence(onset=ONSET, duration=LENGTH))
    assert vitals(broken) == []
    statuses = [(p.time, p.retain, json.loads(p.payload)["state"]) for p in broken if p.topic.endswith("/status")]
    assert (ONSET + WILL_AFTER, True, "offline") in statuses
    assert (END, True, "online") in statuses
    before, after = vitals(broken, START, ONSET)[-1], vitals(broken, END, START + HOUR)[0]
    assert json.loads(after.payload)["seq"] - json.loads(before.payload)["seq"] == 61


def test_a_backlog_comes_whole_as_a_list_when_the_line_is_back():
    broken, sound = published(Backlog(onset=ONSET, duration=LENGTH))
    assert vitals(broken) == []
    (backlog,) = [p for p in broken if p.time == END and p.topic.endswith("/vitals")]
    assert json.loads(backlog.payload) == [json.loads(p.payload) for p in vitals(sound)]
    assert backlog.readings == 6 * 60


def test_a_long_backlog_is_cut_into_several_lists():
    fault = Broken(0, "hub-1", Backlog(onset=ONSET, duration=LENGTH))
    spec = FleetSpec(patients=1, seed=3, start=START, interval=SECOND, kit="hub", faults=(fault,))
    lists = [json.loads(p.payload) for p in Fleet(spec).until(END) if p.payload.startswith(b"[")]
    assert [len(samples) for samples in lists] == [200, 200, 200]
    seqs = [sample["seq"] for samples in lists for sample in samples]
    assert seqs == list(range(seqs[0], seqs[0] + 600))


def test_duplicates_are_the_same_bytes_twice():
    broken, sound = published(Duplicate(onset=ONSET, duration=LENGTH))
    assert vitals(broken) == [p for p in vitals(sound) for _ in range(2)]


def test_a_drifting_clock_runs_off_and_only_the_time_is_wrong():
    broken, sound = published(ClockDrift(onset=ONSET, duration=LENGTH, per_hour=60 * MINUTE))
    last, true = json.loads(vitals(broken)[-1].payload), json.loads(vitals(sound)[-1].payload)
    assert parse_time(last["time"]) - parse_time(true["time"]) == pytest.approx(LENGTH, abs=20 * SECOND)
    assert last["vitals"] == true["vitals"]


def test_faults_add_up():
    broken, _ = published(Stuck(onset=ONSET, duration=LENGTH), Duplicate(onset=ONSET, duration=LENGTH))
    said = [json.loads(p.payload) for p in vitals(broken)]
    assert len(said) == 120
    assert len({json.dumps(s["vitals"]) for s in said}) == 1


def test_each_fault_is_in_the_truth():
    fault = Broken(0, "hub-1", Silence(onset=ONSET, duration=LENGTH))
    fleet = Fleet(FleetSpec(patients=1, seed=3, start=START, kit="hub", faults=(fault,)))
    (truth,) = fleet.truth()
    assert (truth.kind, truth.name, truth.device, iso(truth.end)) == ("fault", "silence", "hub-1", iso(END))
    assert truth.expected == (("gap", ""),)


def test_a_fault_without_length_is_refused():
    with pytest.raises(ValueError, match="silence: duration 0 ms must be greater than 0"):
        Silence(onset=START, duration=0)
