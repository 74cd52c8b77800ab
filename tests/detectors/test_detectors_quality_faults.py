"""The simulators' device faults: each is flagged, and none of them is told as physiology."""

import json

import numpy as np
import pytest

from ingest.decode import IntakeDecoder
from ingest.directory import Directory
from ingest.routes import DEFAULT_ROUTES
from simulators.faults import Fault, ProbeOff, Spike, Stuck
from simulators.fleet import Broken, Fleet, FleetSpec
from tests.detectors.gate import Gated
from vitals.batch import Quality
from vitals.finding import Kind
from vitals.intake import Message
from vitals.times import HOUR, MINUTE, SECOND, parse_time

START = parse_time("2026-11-22T12:00:00Z")
ONSET, LENGTH = START + 30 * MINUTE, 2 * HOUR


def lived_through(*faults: Fault) -> Gated:
    """Three hours with one hub, from what it publishes to what is found."""
    broken = tuple(Broken(0, "hub-1", fault) for fault in faults)
    fleet = Fleet(FleetSpec(patients=1, seed=3, start=START, interval=30 * SECOND, kit="hub", faults=broken))
    world = Gated(fleet.agency())
    decoder = IntakeDecoder(DEFAULT_ROUTES, Directory.of(world.people), world.series)
    messages = [Message(p.topic, p.payload, p.time) for p in fleet.until(START + 3 * HOUR)]
    for at in range(0, len(messages), 5):
        intake = decoder.decode(messages[at : at + 5])
        world.take(intake.batch, messages[min(at + 4, len(messages) - 1)].received)
    return world


@pytest.fixture(scope="module")
def sound() -> Gated:
    return lived_through()


def physiology(world: Gated) -> set[tuple[str, str]]:
    return {(f.key.rule, f.key.signal) for f in world.found if f.kind is Kind.PHYSIOLOGICAL}


def flagged(world: Gated) -> np.ndarray:
    return np.concatenate([b.time[(b.quality & int(Quality.ARTEFACT)) != 0] for b in world.kept])


def test_a_sound_device_is_hardly_ever_doubted(sound: Gated):
    assert len(sound.artefacts()) <= 2
    assert {f.kind for f in sound.found} <= {Kind.PHYSIOLOGICAL}


def test_a_probe_off_is_flagged_whole(sound: Gated):
    world = lived_through(ProbeOff(onset=ONSET, duration=LENGTH))
    assert len(world.artefacts()) >= 6 * 240
    assert physiology(world) <= physiology(sound)
    assert {f.key.rule for f in world.found if f.kind is Kind.TECHNICAL} == {"quality.probe_off"}


def test_a_stuck_device_is_flagged_once_chance_is_ruled_out(sound: Gated):
    world = lived_through(Stuck(onset=ONSET, duration=LENGTH))
    since = flagged(world)
    assert ONSET + 25 * MINUTE <= since.min() <= ONSET + 65 * MINUTE
    signals = {signal for signal, *_ in world.artefacts()}
    assert signals >= {"heart_rate", "respiration_rate", "systolic_bp", "diastolic_bp"}
    assert physiology(world) <= physiology(sound)
    assert {f.key.rule for f in world.found if f.kind is Kind.TECHNICAL} == {"quality.stuck"}


def test_every_spike_is_flagged_and_nobody_is_told(sound: Gated):
    world = lived_through(Spike(onset=ONSET, duration=LENGTH, every=10))
    wrong = {time for _, time, _ in world.artefacts()}
    spikes = set(range(ONSET, ONSET + LENGTH, 10 * 30 * SECOND))
    assert len({t for t in wrong if any(abs(t - s) <= 30 * SECOND for s in spikes)}) >= 0.95 * len(spikes)
    assert physiology(world) <= physiology(sound)
    assert [f for f in world.found if f.kind is Kind.TECHNICAL] == []
    assert json.dumps([f.evidence for f in world.found])
