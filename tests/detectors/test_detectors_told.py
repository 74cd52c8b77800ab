"""What is told of all rules and series at once is what is told of each rule by itself, a mark after the other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.told import Told
from detectors.windows import HIGHEST, Marks, Windows

RULES = 2


def windows(sizes: list[int], new: np.ndarray) -> Windows:
    segment = np.arange(len(sizes)).repeat(sizes)
    starts, time = np.cumsum(sizes) - sizes, np.arange(len(segment))
    return Windows(starts, segment, time, time.astype(float), new, {}, np.zeros(len(sizes), bool))


@given(
    st.integers(0, 2**32 - 1), st.lists(st.integers(1, 5), min_size=1, max_size=6), st.sampled_from(["one", "several"])
)
def test_changes_are_those_of_a_mark_after_the_other(seed: int, sizes: list[int], arrived: str):
    rng = np.random.default_rng(seed)
    new = rng.random(sum(sizes)) < 0.6
    if arrived == "one":
        new[:] = False
        new[np.cumsum(sizes) - 1] = True
    given_, codes = windows(sizes, new), rng.permutation(10)[: len(sizes)]
    floor = rng.integers(0, HIGHEST + 1, (RULES, len(new))).astype(np.int8)
    ceiling = np.maximum(floor, rng.integers(0, HIGHEST + 1, floor.shape)).astype(np.int8)
    onset = rng.integers(100, 200, floor.shape)
    told = Told(RULES)
    told.grow(10)
    told.level[:, :10] = rng.integers(0, HIGHEST + 1, (RULES, 10))
    told.onset[:, :10] = rng.integers(0, 100, (RULES, 10))
    level, since, expected = told.level.copy(), told.onset.copy(), []
    for rule in range(RULES):
        for sample in new.nonzero()[0].tolist():
            code = codes[given_.segment[sample]]
            before = level[rule, code]
            after = min(max(before, floor[rule, sample]), ceiling[rule, sample])
            if before == 0 < after:
                since[rule, code] = onset[rule, sample]
            level[rule, code] = after
            if before != after:
                expected.append((rule, sample, int(after), int(since[rule, code])))
    changes = told.apply(codes, given_, Marks(floor, ceiling, onset))
    assert list(zip(*(column.tolist() for column in changes), strict=True)) == expected
    assert (told.level == level).all()
    holds = level > 0
    assert (told.onset[holds] == since[holds]).all()
