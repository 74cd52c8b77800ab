"""The study behind docs/evaluation.md, in miniature: homes, illnesses and the page."""

import numpy as np

from bench.evaluate.homes import Homes
from bench.evaluate.illnesses import HEALTHY, SPAN, WITHIN, illnesses
from bench.evaluate.page import PAGE
from bench.evaluate.recorded import STUDIES
from bench.evaluate.simulated import NAME, START
from simulators.episodes import EPISODES
from simulators.patient import Cohort
from vitals.batch import Batch
from vitals.signals import SIGNALS
from vitals.times import HOUR


def test_the_page_has_a_place_for_every_section():
    page = PAGE.read_text(encoding="utf-8")
    for name in (*STUDIES, NAME):
        assert page.count(f"<!-- begin {name} -->") == page.count(f"<!-- end {name} -->") == 1


def lived(seed: int, hours: int) -> tuple[Homes, Batch]:
    homes = Homes(10, seed, START)
    return homes, Batch.concat([intake.batch for _, intake in homes.intakes(START + hours * HOUR)])


def test_homes_measure_as_people_do():
    homes, batch = lived(1, 48)
    assert (np.diff(batch.time) < HOUR).all()
    worn = [row for row in range(10) if homes.streams(row, "temperature")]
    assert worn == [0, 1, 2]
    keys = [homes.series.keys[code] for code in batch.series.tolist()]
    spot = [i for i, key in enumerate(keys) if key.patient == "p-00009" and key.device == "cuff-1"]
    uses, odd = divmod(len(spot), 2 * 3)  # twice each time, three signals
    assert odd == 0
    assert 3 <= uses <= 2 * 3 + 1  # three times a day, some forgotten, and once to try it out
    temperature = next(s.code for s in SIGNALS if s.name == "temperature")
    values = [v for key, v in zip(keys, batch.value.tolist(), strict=True) if key.signal == temperature]
    assert 35 < min(values) <= max(values) < 38.5  # in Cel, whatever unit the thermometer sends


def test_equal_seeds_live_equal_weeks():
    (_, first), (_, again), (_, other) = lived(1, 3), lived(1, 3), lived(2, 3)
    assert np.array_equal(first.value, again.value)
    assert not np.array_equal(first.value[:50], other.value[:50])


def test_each_kind_befalls_as_many_and_after_two_healthy_weeks():
    cohort = Cohort(28, 1, START)
    placed = list(illnesses(cohort.traits, START, np.random.default_rng(1)))
    assert len({each.patient for each in placed}) == 28
    names = [each.episode.name for each in placed]
    assert {names.count(kind.name) for kind in EPISODES} == {4}
    for each in placed:
        assert START + HEALTHY <= each.episode.onset < START + HEALTHY + WITHIN
        assert each.episode.end < START + SPAN
