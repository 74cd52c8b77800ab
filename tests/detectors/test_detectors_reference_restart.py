"""Streams of weeks, judged by trends and shifts: a restart anywhere changes nothing, nor does silence."""

import numpy as np
import pytest

from detectors.baseline_shift import BaselineShift
from detectors.trend import Trend
from tests.detectors.kit import T0, Row, agency, by_key, row
from tests.detectors.slow_kit import Home
from vitals.plan import CarePlan
from vitals.times import DAY, HOUR, MINUTE

USUAL = {"heart_rate": (70, 3.0), "glucose": (120, 12.0), "respiration_rate": (16, 1.0)}
DAYS = 19
"""More than a detector is shown of a stream."""


def stream(seed: int) -> list[Row]:
    """Every forty minutes, with holes of hours and days, steps and drifts."""
    rng = np.random.default_rng(seed)
    times = np.arange(T0, T0 + DAYS * DAY, 40 * MINUTE)
    rows = []
    for signal, (level, spread) in USUAL.items():
        off, kept = np.zeros(len(times)), rng.random(len(times)) > 0.05
        for _ in range(4):
            begin, length = rng.integers(0, len(times)), int(rng.choice([20, 60, 150]))
            off[begin : begin + length] += rng.choice([-6, -3, 3, 6]) * rng.choice([1, rng.random()])
            hole = rng.integers(0, len(times))
            kept[hole : hole + int(rng.choice([10, 40]))] = False
        values = level + spread * (rng.normal(0, 1, len(times)) + off)
        rows += [row(signal, int(t), round(float(v), 1)) for t, v in zip(times[kept], values[kept], strict=True)]
    return sorted(rows, key=lambda one: one[3])


def lived(rows: list[Row], restarts: list[int]) -> Home:
    home, begin = Home(agency(p1=CarePlan()), detectors=(Trend(), BaselineShift())), 0
    for now in sorted([*range(T0, T0 + DAYS * DAY, 3 * HOUR), *restarts]):
        end = begin
        while end < len(rows) and rows[end][3] <= now:
            end += 1
        if end > begin:
            home.feed(rows[begin:end], now)
        begin = end
        if now in restarts:
            home.restart(now)
        home.sweep(now)
    return home


@pytest.mark.parametrize("seed", [9])
def test_a_restart_at_any_minute_finds_what_no_restart_finds(seed: int):
    rows, rng = stream(seed), np.random.default_rng(seed)
    restarts = [T0 + int(at) * MINUTE for at in rng.integers(16 * 24 * 60, DAYS * 24 * 60, 12)]
    plain = by_key(lived(rows, []).found)
    assert plain
    assert by_key(lived(rows, restarts).found) == plain
