"""Rings: what they hold when a series changes its rhythm."""

import numpy as np

from detectors.ring_pool import RingPool
from detectors.rings import FIRST, Rings
from vitals.times import HOUR, SECOND


def test_a_slow_series_that_becomes_a_quick_one_keeps_every_sample_in_order():
    rings = Rings()
    rings.grow(1)
    rings.need[0] = HOUR
    times = np.cumsum([HOUR] * (3 * FIRST) + [SECOND] * (5 * FIRST))
    for i, time in enumerate(times.tolist()):
        rings.push(np.array([0]), np.array([time]), np.array([float(i)]))
        _, held, value = rings.context(np.array([0]))
        assert held.tolist() == times[: i + 1][-len(held) :].tolist()
        assert value.tolist() == np.arange(i + 1.0)[-len(held) :].tolist()
        assert len(held) > min(i, FIRST - 1)
        assert len(held) == i + 1 or time - times[i - len(held)] >= HOUR


def test_who_looks_at_samples_while_the_pool_grows_keeps_what_they_showed():
    pool = RingPool()
    pool.blocks(16, 1)
    seen = pool.time[:4]
    seen[:] = 7
    pool.blocks(16, 100)
    assert seen.tolist() == pool.time[:4].tolist() == [7] * 4
    pool.time[:4] = 8
    assert seen.tolist() == [7] * 4


def test_the_recent_samples_are_all_since_a_time_and_two_before_it_where_there_are_any():
    rings, rng = Rings(), np.random.default_rng(3)
    rings.grow(1)
    rings.need[0] = 6 * HOUR
    times = np.cumsum(rng.integers(SECOND, 3 * 60 * SECOND, 700))
    for i, time in enumerate(times.tolist()):
        rings.push(np.array([0]), np.array([time]), np.array([float(i)]))
        after = time - int(rng.integers(0, 8 * HOUR))
        held = int(rings.filled(np.array([0]))[0])
        recent = int(rings.recent(np.array([0]), np.array([after]))[0])
        seen = times[i + 1 - recent : i + 1]
        assert recent == held or (seen <= after).sum() >= 3
