"""A jump of weight behind the gate: told when it is believed, and the rule of belief against a slow reference of it."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.detectors.gate import Gated
from tests.detectors.kit import T0, row, told
from vitals.times import DAY, HOUR

Weighing = tuple[int, float]
USUAL = (70.0, 70.2)


def at(day: int, hour: int = 7) -> int:
    return T0 + day * DAY + hour * HOUR


def weighed(weighings: Sequence[Weighing]) -> Gated:
    """A world in which the scale was stood upon once a day, with sweeps in between."""
    ward = Gated()
    for time, kilograms in weighings:
        ward.feed([row("weight", time, kilograms, device="scale")])
        for hour in range(1, 25):
            ward.sweep(time + hour * HOUR)
    return ward


@pytest.mark.parametrize("history", [7, 28])
@pytest.mark.parametrize(("jump", "level"), [(6.0, "high"), (-6.0, "medium")])
def test_a_jump_that_is_believed_on_its_third_day_is_told_that_day(history: int, jump: float, level: str):
    days = [(at(i), USUAL[i % 2]) for i in range(history)]
    days += [(at(history + i), 70.0 + jump + 0.1 * (i % 3)) for i in range(6)]
    ward = weighed(days)
    rule = "trend.rising" if jump > 0 else "trend.falling"
    assert told(ward.found) == [("quality.person", "low"), ("quality.person", "clear"), (rule, level)]
    assert at(history + 2) < ward.found[-1].time <= at(history + 3)
    assert ward.artefacts() == []


def test_those_in_doubt_are_believed_although_the_third_is_allowed_by_the_days_without():
    ward = weighed([(at(i), 70.2) for i in range(7)] + [(at(7), 76.0), (at(8), 76.1), (at(9), 76.2), (at(10), 76.0)])
    assert 76.2 - 70.2 <= 5 + 0.5 * 2, "no longer doubted for itself"
    assert ward.artefacts() == []
    assert told(ward.found)[:2] == [("quality.person", "low"), ("quality.person", "clear")]


def reference(weighings: Sequence[Weighing]) -> list[float]:
    """The weights that stay in doubt, by the words of docs/detectors.md."""
    accepted: list[Weighing] = []
    waiting: list[Weighing] = []
    odd: list[Weighing] = []
    for now in weighings:
        if not accepted:
            accepted.append(now)
            continue
        usual = float(np.median([kilograms for _, kilograms in accepted[-5:]]))
        without = max(0, (now[0] - accepted[-1][0]) // DAY - 1)
        doubted = abs(now[1] - usual) > max(5.0, 0.07 * usual) + 0.5 * without
        alike = [*waiting, now] if all(abs(now[1] - other) <= 2 for _, other in waiting) else [now]
        spread = max(kilograms for _, kilograms in alike) - min(kilograms for _, kilograms in alike)
        if spread <= 2 and len({time // DAY for time, _ in alike}) >= 3:
            odd = [one for one in odd if one not in alike]
            accepted, waiting = [*accepted, *alike], []
        elif doubted:
            odd, waiting = [*odd, now], alike
        else:
            accepted, waiting = [*accepted, now], []
    return [kilograms for _, kilograms in odd]


@pytest.mark.parametrize("seed", range(25))
def test_beliefs_are_those_of_the_reference_in_whatever_batches(seed: int):
    rng = np.random.default_rng(seed)
    level, weighings = 70.0, []
    for day in range(40):
        level += rng.choice([0.0, 5.3, -5.3, 6.0, -7.0, 0.7], p=[0.8, 0.03, 0.03, 0.05, 0.04, 0.05])
        for hour in range(6, 6 + int(rng.choice([0, 1, 2], p=[0.15, 0.7, 0.15]))):
            visitor = rng.random() < 0.08
            weighings.append((at(day, hour), round(float((58.0 if visitor else level) + rng.normal(0, 0.3)), 1)))
    ward, begin = Gated(), 0
    while begin < len(weighings):
        size = int(rng.choice([1, 2, 9]))
        ward.feed(row("weight", time, kilograms, device="scale") for time, kilograms in weighings[begin : begin + size])
        begin += size
    assert [kilograms for _, _, kilograms in ward.artefacts()] == reference(weighings)
