"""Gaps against a slow reference of the documentation's words, in homes where everything happens at random."""

import pytest

from tests.detectors.gap_worlds import Home, replay


@pytest.mark.parametrize("seed", range(5))
def test_gaps_are_those_of_the_reference_also_when_clocks_change(seed: int):
    told, expected = replay(Home(seed, hours=6))
    assert told == expected
    assert expected
