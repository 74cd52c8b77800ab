"""The gate against a slow reference: spikes, steps and stuck runs, with late and repeated readings among them."""

import numpy as np
import pytest

from tests.detectors.doubts_slow import USUAL, Point, SlowGate
from tests.detectors.gate import Gated
from tests.detectors.kit import ARTEFACT, T0, row
from vitals.times import DAY, MINUTE, SECOND

LEVELS = {
    "heart_rate": ([45, 62, 75, 100, 135, 180], 3),
    "spo2": ([99, 96, 91, 86, 78], 0.8),
    "respiration_rate": ([8, 15, 22, 34], 1.5),
    "temperature": ([35.0, 36.6, 38.4, 40.0], 0.2),
    "glucose": ([45, 90, 150, 260], 6),
}


def stream(signal: str, rng: np.random.Generator, length: int) -> list[Point]:
    levels, spread = LEVELS[signal]
    usual = USUAL[signal]
    every = int(rng.choice([20 * SECOND, MINUTE, 5 * MINUTE, 8 * MINUTE])) if signal != "glucose" else 5 * MINUTE
    off = 0.0 if signal == "glucose" else 0.01  # what ingest flags, by the value alone
    points, time, level, odd, stands = list[Point](), T0, levels[1], 0, 0
    while len(points) < length:
        level = float(rng.choice(levels)) if rng.random() < 0.01 else level
        odd = int(rng.integers(1, 4)) if rng.random() < 0.04 else odd - 1
        stands = int(rng.integers(2, 3 * usual.same)) if rng.random() < 0.002 else stands - 1
        away = rng.choice(levels) if odd > 0 else level
        value = round(float(away + rng.normal(0, spread * rng.choice([0.1, 1]))), 1)
        value = points[-1][1] if stands > 0 and points else 0.0 if rng.random() < off else value
        points.append((time, value))
        time += every + int(rng.integers(0, 3000)) + int(rng.random() < 0.01) * int(rng.integers(1, 90)) * MINUTE
    return points


def batches(points: list[Point], rng: np.random.Generator) -> list[list[Point]]:
    """Some are delivered late, some twice; each batch in any order."""
    place = np.arange(len(points)) + np.where(rng.random(len(points)) < 0.03, rng.integers(1, 30, len(points)), 0)
    order = [*zip(place.tolist(), points, strict=True)]
    order += [(at + int(rng.integers(0, 40)), points[at]) for at in rng.integers(0, len(points), len(points) // 20)]
    arrived, found = [point for _, point in sorted(order)], list[list[Point]]()
    while arrived:
        size = int(rng.choice([1, 1, 2, 10, 60]))
        found.append([arrived[i] for i in rng.permutation(min(size, len(arrived)))])
        arrived = arrived[size:]
    return found


def both(signal: str, seed: int, length: int = 400) -> tuple[list[int], list[int]]:
    """The times of what is no measurement: by the gate, and by the reference."""
    rng, ward, slow = np.random.default_rng([seed, *signal.encode()]), Gated(), SlowGate(signal)
    for batch in batches(stream(signal, rng, length), rng):
        rows = [row(signal, time, value, quality=ARTEFACT if value == 0 else 0) for time, value in batch]
        ward.feed(rows, max(time for time, _ in batch))
        slow.take(batch)
    return sorted(time for _, time, _ in ward.artefacts()), sorted(slow.bad)


@pytest.mark.parametrize("signal", USUAL)
@pytest.mark.parametrize("seed", range(3))
def test_what_is_no_measurement_is_what_the_reference_says(signal: str, seed: int):
    found, expected = both(signal, seed)
    assert found == expected


@pytest.mark.parametrize(
    ("signal", "before", "again", "then"),
    [
        ("heart_rate", [60, 85, 110, 85, 60, 85, 110, 85, 60, 85], [1, 3, 5, 7], 120),
        ("weight", [70, 70, 70, 74.5, 74.5], [3, 4], 66),
    ],
)
def test_what_is_delivered_again_is_no_further_reading(signal: str, before: list[float], again: list[int], then: float):
    every = DAY if signal == "weight" else MINUTE
    rows = [row(signal, T0 + i * every, value) for i, value in enumerate([*before, then])]
    ward = Gated()
    ward.feed(rows[:-1])
    ward.feed([*(rows[i] for i in again), rows[-1]])
    assert ward.artefacts() == []
