"""What early warning skims over changes no finding: beside it, the same score looked at, at every moment."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.early_warning import EarlyWarning
from detectors.patient_watch import PatientWatch
from detectors.ward import Ward
from tests.detectors.kit import LATE, T0, World, agency, row
from vitals.plan import CarePlan
from vitals.times import HOUR, MINUTE

_TOLD = ("name", "rules", "signals", "columns", "row", "weights", "scan", "evidence")


class Judged:
    """Early warning stripped of what it says about moments that need no look."""

    def __init__(self) -> None:
        for name in _TOLD:
            setattr(self, name, getattr(EarlyWarning(), name))

    def watch(self, ward: Ward) -> PatientWatch:
        return PatientWatch(self, ward)  # type: ignore[arg-type]

    def calm(self, row: tuple[float, ...]) -> int:
        return 0

    def floors(self, row: tuple[float, ...]) -> None:
        return None


PEOPLE = agency(p1=CarePlan(), p2=CarePlan(news2_scale=2), p3=CarePlan(on_oxygen=True))
LEVELS = {
    "heart_rate": (74, 95, 115, 135),
    "spo2": (97, 94, 92, 90),
    "respiration_rate": (15, 22, 26, 9),
    "temperature": (36.8, 38.4, 39.4, 35.2),
    "oxygen_flow": (0, 0, 2, 0),
}


@settings(max_examples=30)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([MINUTE, HOUR, 11 * HOUR]),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 12)), min_size=1, max_size=5),
    st.sampled_from([0.0, 0.04]),
)
def test_findings_are_those_of_a_look_at_every_moment(
    seed: int, every: int, parts: list[tuple[int, int]], disorder: float
):
    rng = np.random.default_rng(seed)
    rows, at = [], T0
    for i, n in parts:
        for _ in range(n):
            at += int(rng.integers(every // 2, 2 * every))
            for p in ("p1", "p2", "p3"):
                for signal, levels in LEVELS.items():
                    if rng.random() < 0.7:
                        time = at - (5 * every if rng.random() < disorder else 0)
                        device = "a" if rng.random() < 1 - disorder else "b"
                        value = float(np.round(levels[i] + rng.normal(0, 1) * (signal != "oxygen_flow"), 1))
                        late = int(LATE) if rng.random() < disorder else 0
                        rows.append(row(signal, time, value, patient=p, device=device, quality=late))
    edges = [0, *np.flatnonzero(rng.random(len(rows)) < rng.choice([0.05, 0.4])).tolist(), len(rows)]
    told = []
    for detector in (EarlyWarning(), Judged()):
        world: Any = World(PEOPLE, detectors=(detector,))
        for a, b in zip(edges, edges[1:], strict=False):
            world.feed(rows[a:b], now=at)
        told.append([(f.key, f.severity, f.time, f.onset, f.evidence) for f in world.found])
    assert told[0] == told[1]
