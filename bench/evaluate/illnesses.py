"""Who falls ill of what, and when: each kind as often, where it can be, after two weeks of health."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from simulators.engine import Placed
from simulators.episodes import EPISODES, Episode
from simulators.traits import Traits
from vitals.times import DAY, HOUR

HEALTHY: Final = 14 * DAY
"""Nobody falls ill before this: what learns a person's own values has had its time."""
WITHIN: Final = DAY
"""Onsets are spread over this much, at any hour of the day."""
SPAN: Final = 28 * DAY
"""Four weeks hold two of health, the longest episode, and what comes after it."""


def illnesses(traits: Traits, start: int, rng: np.random.Generator) -> Iterator[Placed]:
    """One episode each for most patients, kinds in turn, severity 0.8–1.2; whoever has the chronic illness first."""
    free = rng.permutation(len(traits.age)).tolist()
    liable = {"copd_exacerbation": traits.copd, "heart_failure": traits.heart_failure, "hypoglycaemia": traits.diabetes}
    for number in range(len(free)):
        kind = EPISODES[number % len(EPISODES)]
        prone = liable.get(kind.name)
        row = next((r for r in free if prone is not None and prone[r]), free[0])
        free.remove(row)
        yield Placed(row, _episode(kind, start, rng))


def _episode(kind: type[Episode], start: int, rng: np.random.Generator) -> Episode:
    onset = start + HEALTHY + int(rng.integers(0, WITHIN // HOUR)) * HOUR + int(rng.integers(0, HOUR))
    return kind(onset=onset, severity=float(rng.uniform(0.8, 1.2)))  # type: ignore[call-arg]  # kinds have their own courses
