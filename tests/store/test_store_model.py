"""The embedded store against a dictionary: any order of appends, merges, restarts, deletions and questions."""

import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from store.backlog import Tuning
from store.duckdb import DuckDBReadings
from vitals.batch import Batch
from vitals.times import DAY, HOUR

SERIES = st.integers(0, 4)
TIMES = st.one_of(
    st.integers(0, 3 * DAY // HOUR).map(lambda n: n * HOUR),
    st.integers(-3650, 3650).map(lambda n: n * DAY + 1),
)
SMALL = Tuning(merge_rows=40, segment_bytes=2048)


class StoreMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        # so small that late rows, and folding them in, happen within a few steps
        self.patches = [patch("store.merge.DENSE", 3), patch("store.merge.FOLD", 15)]
        for each in self.patches:
            each.start()
        self.folder = tempfile.TemporaryDirectory()
        self.known: dict[tuple[int, int], float] = {}
        self.written = 0
        self.open()

    def open(self) -> None:
        self.store = DuckDBReadings(Path(self.folder.name) / "readings.duckdb", SMALL)
        self.codes = [self.store.series.code(f"p{n}", "monitor-1", 0) for n in range(5)]

    @rule(readings=st.lists(st.tuples(SERIES, TIMES), max_size=60))
    def append(self, readings: list[tuple[int, int]]) -> None:
        values = [float(self.written + i) for i in range(len(readings))]
        self.written += len(readings)
        series, times = [s for s, _ in readings], [t for _, t in readings]
        self.store.append(Batch.of([self.codes[s] for s in series], times, values, times))
        for identity, value in zip(readings, values, strict=True):
            self.known.setdefault(identity, value)

    @rule()
    def flush(self) -> None:
        self.store.flush()

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.open()

    @rule(before=TIMES)
    def retain(self, before: int) -> None:
        old = [identity for identity in self.known if identity[1] < before]
        assert self.store.retain(before) == len(old)
        for identity in old:
            del self.known[identity]

    @rule(start=TIMES, end=TIMES, asked=st.none() | st.lists(SERIES))
    def window(self, start: int, end: int, asked: list[int] | None) -> None:
        found = self.store.window(start, end, asked)
        assert self.rows(found) == sorted(self.within(start, end, asked).items())

    @rule(asked=st.none() | st.lists(SERIES))
    def latest(self, asked: list[int] | None) -> None:
        newest: dict[int, tuple[int, int]] = {}
        for series, time in self.known:
            if asked is None or series in asked:
                newest[series] = max(newest.get(series, (series, time)), (series, time))
        found = self.store.latest(asked)
        assert self.rows(found) == sorted((identity, self.known[identity]) for identity in newest.values())

    @rule(
        start=TIMES,
        end=TIMES,
        every=st.sampled_from([HOUR, 7 * HOUR, DAY, 9000 * DAY]),
        asked=st.none() | st.lists(SERIES),
    )
    def aggregate(self, start: int, end: int, every: int, asked: list[int] | None) -> None:
        buckets: dict[tuple[int, int], list[float]] = {}
        for (series, time), value in self.within(start, end, asked).items():
            buckets.setdefault((series, time // every * every), []).append(value)
        found = self.store.aggregate(start, end, every, asked)
        keys = list(zip(found.series.tolist(), found.time.tolist(), strict=True))
        assert keys == sorted(buckets)
        assert found.count.tolist() == [len(buckets[key]) for key in keys]
        np.testing.assert_allclose(found.mean, [np.mean(buckets[key]) for key in keys])
        assert found.min.tolist() == [min(buckets[key]) for key in keys]
        assert found.max.tolist() == [max(buckets[key]) for key in keys]

    @invariant()
    def every_reading_counts_once(self) -> None:
        if hasattr(self, "store"):
            assert self.store.count() == len(self.known)

    def within(self, start: int, end: int, asked: list[int] | None) -> dict[tuple[int, int], float]:
        return {
            (series, time): value
            for (series, time), value in self.known.items()
            if start <= time < end and (asked is None or series in asked)
        }

    def rows(self, batch: Batch) -> list[Any]:
        series, time, value = batch.series.tolist(), batch.time.tolist(), batch.value.tolist()
        return list(zip(zip(series, time, strict=True), value, strict=True))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()
            for each in self.patches:
                each.stop()


StoreMachine.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestStoreModel = StoreMachine.TestCase
