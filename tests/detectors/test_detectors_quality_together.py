"""Looking at many doubtful readings together says what looking at each alone says."""

from statistics import median

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.artefacts import USUAL, Usual
from detectors.artefacts_hampel import WIDTH, K, spikes
from detectors.limit import Limit
from detectors.quality import SignalQuality
from detectors.rings import Rings
from tests.detectors.gate import Gated
from tests.detectors.kit import T0, Row, agency, by_key, row
from vitals.plan import CarePlan
from vitals.times import MINUTE

FEW = (Limit(), SignalQuality())


def _spike(now: int, value: float, time: list[int], past: list[float], usual: Usual) -> bool:
    """The Hampel identifier, as it stands in the books, of one reading."""
    if len(past) < 7 or now - time[0] > usual.apart * len(past):
        return False
    middle = median(past)
    spread = 1.4826 * median([abs(one - middle) for one in past])
    return abs(value - middle) > max(usual.floor, K * spread)


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_spikes_of_many_series_are_those_of_each(seed: int, many: int):
    rng = np.random.default_rng(seed)
    usual = [list(USUAL.values())[i] for i in rng.integers(0, len(USUAL), many)]
    time = np.sort(rng.integers(0, 12 * MINUTE, (many, WIDTH)), axis=1)
    past, now = np.round(rng.normal(80, 12, (many, WIDTH))), time[:, -1] + rng.integers(1, 60_000, many)
    value, missing = np.round(rng.normal(80, 60, many)), rng.integers(0, WIDTH + 1, many) * (rng.random(many) < 0.5)
    past[np.arange(WIDTH) < missing[:, None]] = np.nan
    floor, apart = (np.array([getattr(one, name) for one in usual], float) for name in ("floor", "apart"))
    alone = [
        _spike(int(now[i]), float(value[i]), time[i, missing[i] :].tolist(), past[i, missing[i] :].tolist(), usual[i])
        for i in range(many)
    ]
    assert spikes(now, value, (time, past), floor, apart).tolist() == alone


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


def test_what_is_delivered_twice_in_one_batch_is_doubted_twice():
    """A broker that repeats a message must not make a lone reading true."""
    world = Gated(agency(p1=CarePlan()), detectors=FEW)
    world.feed([row("spo2", T0 + i * MINUTE, 97.0 - i % 2) for i in range(12)])
    spike = row("spo2", T0 + 12 * MINUTE, 70.0)
    assert world.feed([spike, spike]) == []
    assert world.feed([row("spo2", T0 + 13 * MINUTE, 97.0)]) == []
    assert world.artefacts() == [("spo2", T0 + 12 * MINUTE, 70.0)]
    assert [bool(quality) for quality in world.kept[1].quality] == [True, True]
