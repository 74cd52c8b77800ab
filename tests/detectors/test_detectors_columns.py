"""The columns under the detectors hold what a plain list and a dictionary would."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.hour_lot import Lot
from detectors.hour_rows import HourRows
from detectors.hour_tally import MOST
from detectors.news2 import COMPONENTS, news2_at, points_table
from detectors.order import sorted_rows
from detectors.rings import CAP, Rings
from detectors.skim import _through
from vitals.times import MINUTE, SECOND


@settings(max_examples=30)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([3, 200, 400_000]),
    st.integers(0, 300),
    st.sampled_from([0, 2, 40, 1_000]),
)
def test_rows_are_sorted_by_series_and_time_equal_ones_as_they_stand(seed: int, codes: int, size: int, strays: int):
    rng = np.random.default_rng(seed)
    series, time = np.sort(rng.integers(0, codes, size)), rng.integers(0, 50, size)
    for row in rng.integers(0, max(size, 1), strays if size else 0).tolist():
        series[row] = rng.integers(0, codes)
    order = sorted_rows(series, time)
    found = list(range(size)) if order is None else order.tolist()
    assert found == sorted(range(size), key=lambda row: (series[row], time[row], row))


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 40)), max_size=5), max_size=12),
    st.integers(0, 2**32 - 1),
)
def test_rings_hold_the_newest_of_each_series_whatever_comes_in_ones_or_in_runs(
    batches: list[list[tuple[int, int]]], seed: int
):
    rng, rings, held = np.random.default_rng(seed), Rings(), [[] for _ in range(5)]  # type: ignore[var-annotated]
    rings.grow(5)
    rings.need[:5] = 20 * MINUTE
    for batch in batches:
        runs = {code: np.cumsum(rng.choice([SECOND, MINUTE], n)) for code, n in batch}
        codes = np.array(sorted(runs), np.intp)
        times = [runs[code] + (held[code][-1] if held[code] else 0) for code in codes.tolist()]
        for code, each in zip(codes.tolist(), times, strict=True):
            held[code] += each.tolist()
        if all(len(each) == 1 for each in times):
            rings.push(codes, np.concatenate([*times, np.zeros(0, np.int64)]), codes / 1)
        else:
            sizes = np.array([len(each) for each in times])
            rings.extend(codes, sizes.cumsum() - sizes, np.concatenate(times), codes.repeat(sizes) / 1)
        for code in range(5):
            _, time, value = rings.context(np.array([code]))
            assert time.tolist() == held[code][len(held[code]) - len(time) :]
            assert set(value.tolist()) <= {float(code)}
            needed = [at for at in held[code] if held[code][-1] - at < 20 * MINUTE]
            assert len(time) >= min(len(needed), CAP)


@settings(max_examples=30)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 2), st.integers(-3, 6), st.integers(1, 9), st.booleans()), max_size=6),
        max_size=10,
    ),
    st.lists(st.booleans(), min_size=10, max_size=10),
)
def test_an_hour_that_is_still_counted_is_read_as_it_is(
    lots: list[list[tuple[int, int, int, bool]]], looks: list[bool]
):
    rows, expected = HourRows(), {}  # type: ignore[var-annotated]
    rows.grow(3)
    for lot, looked in zip(lots, looks, strict=False):
        track, hour, count, fresh = (np.array([row[i] for row in lot], int) for i in range(4))
        rows.add(Lot(track, hour, -7 * count, count, count // 2, fresh > 0))
        for who, at, n, new in lot:
            total, many, below, some = expected.get((who, at), (0, 0, 0, False))
            expected[who, at] = total - 7 * n, many + n, below + n // 2, some or new
        if looked:
            assert _read(rows) == expected
    assert _read(rows) == expected


def test_an_hour_of_more_readings_than_it_can_count_keeps_its_mean():
    rows, one = HourRows(), np.array([1])
    rows.grow(1)
    for _ in range(3):
        rows.add(Lot(one - 1, one, one * 400_000, one * 40_000, one * 20_000, one > 0))
    assert _read(rows) == {(0, 1): (MOST * 10, MOST, round(MOST / 2), True)}


def _read(rows: HourRows) -> dict[tuple[int, int], tuple[int, int, int, bool]]:
    found = {}
    for track in range(rows.size):
        slots = rows.slots(np.array([track]), 1 << 31, 12)
        slots = slots[slots >= 0]
        hour, *rest = (rows.column(name, slots).tolist() for name in ("hour", "total", "count", "below", "fresh"))
        found.update({(track, at): each for at, each in zip(hour, zip(*rest, strict=True), strict=True)})
    return found


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(*[st.one_of(st.just(float("nan")), st.integers(0, 3000).map(lambda n: n / 10))] * len(COMPONENTS)),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from([(False, 1), (True, 1), (False, 2), (True, 2)]),
)
def test_a_score_alone_is_the_score_in_columns(moments: list[tuple[float, ...]], ordered: tuple[bool, int]):
    oxygen, scale = ordered
    table = points_table(np.array(moments), np.full(len(moments), oxygen), np.full(len(moments), scale))
    for row, moment in zip(table.tolist(), moments, strict=True):
        score = news2_at(moment, scale, on_oxygen=oxygen)
        assert score.total == sum(row)
        assert all(row[i] == score.points.get(name, 0) for i, name in enumerate(COMPONENTS))


@given(st.lists(st.lists(st.integers(0, 19), min_size=1, max_size=4), min_size=1, max_size=9))
def test_the_worst_code_of_each_series_is_found_among_all_that_it_brought(series: list[list[int]]):
    code = np.concatenate(series).astype(np.uint8)
    sizes = np.array([len(its) for its in series])
    last = sizes.cumsum() - 1
    worst = _through(np.maximum, code, last - sizes + 1, last, code[last])
    assert worst.tolist() == [max(its) for its in series]
