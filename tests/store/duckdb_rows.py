"""Readings for tests of the embedded store, and settings that merge early."""

import numpy as np

from store.backlog import Tuning
from store.duckdb import DuckDBReadings
from vitals.batch import Batch

SMALL = Tuning(merge_rows=500, segment_bytes=1 << 16, pending=3, patience_s=0.0)


def some(store: DuckDBReadings, first: int, count: int, *, patient: str = "p1") -> Batch:
    times = np.arange(first, first + count) * 1000
    return Batch.of(np.full(count, store.series.code(patient, "monitor-1", 0)), times, times / 1000, times + 5)
