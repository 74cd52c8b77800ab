"""Exported rows: read back they are the same readings, and no stretch of time is missed or too large."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.export import Wanted, export, stretches
from monitor.longcsv import LongCsv
from store.readings import Aggregates
from vitals.batch import Batch
from vitals.series import SeriesTable
from vitals.times import DAY

AT = 1_795_321_267_250
row = st.tuples(
    st.sampled_from(["p1", "Ä 2"]),
    st.sampled_from(["", "cuff-1", 'a "quoted", one']),
    st.sampled_from([0, 1, 3]),
    st.integers(AT - 3 * DAY, AT + 3 * DAY),
    st.floats(40, 44),
)


class Memory:
    """A store of one batch."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.series = SeriesTable()
        codes = [self.series.code(*key) for *key, _, _ in rows]
        times = [at for *_, at, _ in rows]
        self.whole = Batch.of(codes, times, [value for *_, value in rows], times)

    def window(self, start: int, end: int, series: Any = None) -> Batch:
        inside = (self.whole.time >= start) & (self.whole.time < end)
        return self.whole.take(inside & np.isin(self.whole.series, series))

    def aggregate(self, start: int, end: int, every: int, series: Any = None) -> Aggregates:
        found = self.window(start, end, series)
        n = np.ones(len(found))
        return Aggregates(found.series, found.time // every * every, n.astype(np.int64), n, n, n)


@settings(max_examples=25, deadline=None)
@given(st.lists(row, min_size=1, max_size=12, unique_by=lambda r: r[:4]))
def test_what_is_exported_is_read_back_the_same(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]):
    path = tmp_path_factory.mktemp("x") / "out.csv"
    with path.open("wb") as file:
        done = export(Memory(rows), Wanted(), file, lambda _: None, lambda _: None)
    table = SeriesTable()
    with LongCsv(path) as recording:
        assert recording.rejected == 0
        back = Batch.concat(list(recording.batches(table, DAY)))
    assert sorted(
        (*table.keys[s], t, v) for s, t, v in zip(*map(np.ndarray.tolist, back.columns[:3]), strict=True)
    ) == (sorted(rows))
    assert done.readings == len(rows)
    assert (done.first, done.last) == (back.time.min(), back.time.max())


@given(st.dictionaries(st.integers(0, 20), st.integers(1, 50), max_size=12), st.integers(1, 60))
def test_stretches_hold_every_day_once_and_no_more_than_was_asked(days: dict[int, int], most: int):
    time, count = np.array([*days], np.int64) * DAY, np.array([*days.values()], np.int64)
    n = np.zeros(len(days))
    parts, total = stretches(Aggregates(np.zeros(len(days), np.int32), time, count, n, n, n), most)
    assert total == sum(days.values())
    assert all(a < b for a, b in parts)
    assert all(b <= c for (_, b), (c, _) in zip(parts, parts[1:], strict=False))
    for start, end in parts:
        inside = sum(count for day, count in days.items() if start <= day * DAY and (day + 1) * DAY <= end)
        assert inside <= most
    for day in days:
        covered = sum(
            min(end, (day + 1) * DAY) - max(start, day * DAY)
            for start, end in parts
            if start < (day + 1) * DAY and end > day * DAY
        )
        assert covered == DAY
