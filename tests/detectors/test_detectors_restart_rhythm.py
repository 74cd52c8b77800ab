"""Readings hours apart, and a restart between them: their rhythm is read back, whatever window a detector wants."""

import pytest

from detectors.scan import Bank
from tests.detectors.kit import T0, Past, World, live, row
from vitals.times import HOUR, MINUTE

Told = list[tuple[str, int, int]]


def told(signal: str, values: list[float], lost_before: int | None) -> Told:
    """What the limits of a signal measured every five hours find, the bank being lost before that reading."""
    world = World()
    past = Past(world.series)
    for i, value in enumerate(values):
        at = T0 + i * 5 * HOUR
        if i == lost_before:
            world.bank = Bank(world.series, world.people)
            world.bank.warm(past, live(world.found), at - MINUTE)
        past.append(world.batch([row(signal, at, value)]))
        world.feed([row(signal, at, value)])
    return [(f.key.rule, int(f.severity), f.time) for f in world.found if f.key.rule.startswith("limit.")]


@pytest.mark.parametrize(
    ("signal", "usual", "ill"),
    [("spo2", 96, 86), ("heart_rate", 70, 140), ("temperature", 36.8, 39.5), ("respiration_rate", 16, 32)],
)
@pytest.mark.parametrize("lost_before", [3, 4, 5])
def test_the_first_reading_of_a_slow_series_speaks_after_a_restart_too(
    signal: str, usual: float, ill: float, lost_before: int
) -> None:
    values = [usual, usual, usual, ill, ill, usual, usual]
    whole = told(signal, values, None)
    assert [(severity, time) for _, severity, time in whole][:2] == [(1, T0 + 15 * HOUR), (3, T0 + 20 * HOUR)]
    assert told(signal, values, lost_before) == whole
