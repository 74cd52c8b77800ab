"""Looking at many doubtful readings together says what looking at each alone says."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.artefacts import USUAL
from detectors.artefacts_hampel import WIDTH, spike, spikes
from detectors.limit import Limit
from detectors.quality import SignalQuality
from detectors.rings import Rings
from tests.detectors.gate import Gated
from tests.detectors.kit import T0, Row, agency, by_key, row
from vitals.plan import CarePlan
from vitals.times import MINUTE

FEW = (Limit(), SignalQuality())


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_spikes_of_many_series_are_those_of_each(seed: int, many: int):
    rng = np.random.default_rng(seed)
    usual = [list(USUAL.values())[i] for i in rng.integers(0, len(USUAL), many)]
    time = np.sort(rng.integers(0, 12 * MINUTE, (many, WIDTH)), axis=1)
    past, now = np.round(rng.normal(80, 12, (many, WIDTH))), time[:, -1] + rng.integers(1, 60_000, many)
    value = np.round(rng.normal(80, 60, many))
    floor, apart = (np.array([getattr(one, name) for one in usual], float) for name in ("floor", "apart"))
    alone = [spike(int(now[i]), float(value[i]), time[i], past[i], usual[i]) for i in range(many)]
    assert spikes(value, now - time[:, 0], past, floor, apart).tolist() == alone


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(WIDTH, 60))
def test_the_ends_of_rings_are_their_tails(seed: int, samples: int):
    rng, rings, codes = np.random.default_rng(seed), Rings(), np.arange(3)
    rings.grow(3)
    rings.need[:] = rng.integers(0, 40_000, 3)
    for number in range(samples):
        rings.push(codes, np.full(3, number * 1_000), rng.normal(size=3))
    ends = rings.ends(codes, WIDTH)
    for code in codes.tolist():
        assert [column[code].tolist() for column in ends] == [part.tolist() for part in rings.tail(code, WIDTH)]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_a_round_of_many_patients_flags_what_each_message_alone_does(seed: int):
    rng = np.random.default_rng(seed)
    signals = ("heart_rate", "systolic_bp", "temperature")
    usual, wide = np.array([70.0, 120.0, 37.0]), np.array([16.0, 16.0, 0.6])
    people = agency(**{f"p{i}": CarePlan() for i in range(4)})
    together, alone, late = (Gated(people, detectors=FEW) for _ in range(3))
    waiting: list[Row] = []
    for minute in range(40):
        values = usual + rng.normal(0, wide, (4, 3))
        rows = [
            row(signal, T0 + minute * MINUTE, float(values[i, j]), patient=f"p{i}")
            for i in range(4)
            for j, signal in enumerate(signals)
        ]
        together.feed(rows)
        for one in rows:
            alone.feed([one])
        waiting += rows  # a backlog
        if minute % (1 + seed % 13) == 0 or minute == 39:
            late.feed(waiting)
            waiting = []
    assert together.artefacts() == alone.artefacts() == late.artefacts()
    assert by_key(together.found) == by_key(alone.found) == by_key(late.found)
