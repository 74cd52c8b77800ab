"""Rate of change against a slow reference: openings, worsening and endings, whatever the batches."""

import numpy as np
import pytest

from detectors.rate_of_change import RateOfChange
from tests.detectors.change_slow import RULES, Point, Told, slow_changes
from tests.detectors.kit import T0, World, agency, row
from vitals.plan import CarePlan
from vitals.times import MINUTE, SECOND

LEVELS = {
    "heart_rate": ([48, 62, 75, 100, 118, 140], 3),
    "spo2": ([98, 96, 95, 93, 91, 88], 0.7),
    "respiration_rate": ([12, 16, 21, 24, 29], 1.5),
    "temperature": ([36.4, 37.0, 37.9, 38.6, 39.4], 0.15),
    "systolic_bp": ([150, 130, 108, 100, 84], 5),
    "glucose": ([220, 150, 120, 90, 65], 4),
}
EVERY = {"systolic_bp": [3, 5, 20, 60, 180], "glucose": [5], "temperature": [1, 5, 10]}


def stream(signal: str, seed: int, length: int = 500) -> list[Point]:
    """Levels held for a while, reached at once or slowly, with odd values and holes."""
    rng = np.random.default_rng([seed, *signal.encode()])
    levels, spread = LEVELS[signal]
    every = rng.choice([m * MINUTE for m in EVERY[signal]] if signal in EVERY else [15 * SECOND, MINUTE, 3 * MINUTE])
    points, time, value, target, slope = list[Point](), T0, levels[0], levels[0], 0.0
    for _ in range(length):
        if rng.random() < every / (40 * MINUTE):
            target = rng.choice(levels)
            slope = abs(target - value) / rng.choice([1, 5, 20, 60])
        value += float(np.clip(target - value, -slope, slope))
        odd = rng.choice(levels) if rng.random() < 0.03 else value
        points.append((int(time), round(float(odd + rng.normal(0, spread * rng.choice([0.2, 1]))), 1)))
        time += every + int(rng.integers(0, 3) * SECOND) + (rng.integers(1, 90) * MINUTE if rng.random() < 0.01 else 0)
        every = rng.choice(EVERY[signal]) * MINUTE if signal == "systolic_bp" else every
    return points


def told(signal: str, points: list[Point], seed: int) -> list[Told]:
    """What the bank tells of them in batches of any size."""
    rng, begin = np.random.default_rng(seed), 0
    world = World(agency(p1=CarePlan()), detectors=(RateOfChange(),))
    while begin < len(points):
        size = int(rng.choice([1, 3, 40, 1000]))
        world.feed(row(signal, time, value) for time, value in points[begin : begin + size])
        begin += size
    return [(f.key.rule.rsplit(".")[-1], int(f.severity), f.time, f.onset) for f in world.found]


@pytest.mark.parametrize("signal", RULES)
@pytest.mark.parametrize("seed", range(2))
def test_changes_open_worsen_and_end_as_the_reference_says(signal: str, seed: int):
    points = stream(signal, seed)
    assert sorted(told(signal, points, seed)) == sorted(slow_changes(signal, points))
