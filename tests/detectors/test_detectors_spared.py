"""What is spared changes no finding: the bank with every shortcut beside detectors that are judged at every reading."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.limit import Limit
from detectors.rate_of_change import RateOfChange
from detectors.series_watch import SeriesWatch
from detectors.spared import Lone, Quiets, Steady
from detectors.ward import Ward
from tests.detectors.kit import LATE, T0, World, agency, row
from vitals.plan import CarePlan, Limits
from vitals.times import HOUR, MINUTE, SECOND

_TOLD = ("name", "rules", "columns", "row", "scan", "evidence")


class Judged:
    """A detector stripped of what it says about readings that need no look; it sees all of every ring."""

    def __init__(self, detector: Any) -> None:
        self._lookback = detector.lookback
        for name in _TOLD:
            setattr(self, name, getattr(detector, name))

    def watch(self, ward: Ward) -> SeriesWatch:
        return SeriesWatch(self, ward)  # type: ignore[arg-type]

    def calm(self, row: tuple[float, ...]) -> tuple[float, float]:
        return np.inf, -np.inf

    def lookback(self, row: tuple[float, ...]) -> float:
        return float(max(self._lookback(row), 12 * HOUR))


PEOPLE = agency(
    p1=CarePlan(),
    p2=CarePlan(
        limits={"heart_rate": Limits(alert_high=120, warning_high=100, on_delay="5m", hysteresis=3)},
    ),
)
LEVELS = {"heart_rate": (74, 99, 118, 138, 48), "spo2": (97, 93, 90, 84), "systolic_bp": (130, 104, 88, 165)}


@pytest.mark.parametrize("detector", [Limit(), RateOfChange()], ids=lambda d: d.name)
@settings(max_examples=25)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(sorted(LEVELS)),
    st.sampled_from([20 * SECOND, MINUTE, 7 * MINUTE, HOUR]),
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 60)), min_size=1, max_size=6),
)
def test_findings_are_those_of_a_look_at_every_reading(
    detector: Any, seed: int, signal: str, every: int, parts: list[tuple[int, int]]
):
    rng = np.random.default_rng(seed)
    level = np.concatenate([np.full(n, LEVELS[signal][i % len(LEVELS[signal])], float) for i, n in parts])
    value = np.round(level + rng.normal(0, rng.choice([0.5, 3]), len(level)), 1)
    time = T0 + np.cumsum(rng.integers(every // 2, 2 * every, len(value)))
    time = np.where(rng.random(len(time)) < 0.03, time - 5 * every, time)
    quality = np.where(rng.random(len(time)) < 0.05, int(LATE), 0)
    rows = [
        row(signal, int(t), float(v), patient=p, quality=int(q))
        for t, v, q in zip(time, value, quality, strict=True)
        for p in ("p1", "p2")
    ]
    spared, judged = (World(PEOPLE, detectors=(one,)) for one in (detector, Judged(detector)))
    edges = [0, *np.flatnonzero(rng.random(len(rows)) < rng.choice([0.1, 0.9])).tolist(), len(rows)]
    for a, b in zip(edges, edges[1:], strict=False):
        for world in (spared, judged):
            world.feed(rows[a:b], now=int(time.max()))
    told, also = ([(f.key, f.severity, f.time, f.onset) for f in world.found] for world in (spared, judged))
    assert told == also


def test_the_stripped_ones_have_no_shortcut():
    for detector in (Limit(), RateOfChange()):
        assert not isinstance(Judged(detector), Steady | Quiets | Lone)
    assert isinstance(Limit(), Steady)
    assert isinstance(Limit(), Lone)
    assert isinstance(RateOfChange(), Quiets)
