"""A process that appends until it is killed, saying which batches are stored; test_store_kill.py starts it."""

import sys
from pathlib import Path

import numpy as np

from store.backlog import Tuning
from store.duckdb import DuckDBReadings
from vitals.batch import Batch
from vitals.series import SeriesTable
from vitals.times import DAY

SMALL = Tuning(merge_rows=700, segment_bytes=1 << 16)


def batch(table: SeriesTable, number: int) -> Batch:
    """The readings of batch ``number``: some new, some of the last batch again, some from days ago, now and then
    those of a new patient.
    """
    parts = [_own(table, number)]
    if number:
        parts.append(_own(table, number - 1).take(slice(None, None, 3)))
    return Batch.concat(parts)


def _own(table: SeriesTable, number: int) -> Batch:
    rng = np.random.default_rng(number)
    size = int(rng.integers(1, 60))
    series = [
        table.code(f"p{int(rng.integers(number // 40 + 1))}", "monitor-1", int(s)) for s in rng.integers(0, 6, size)
    ]
    time = number * 1000 + np.arange(size) - DAY * rng.choice([0, 0, 0, 40], size)
    return Batch.of(series, time, number + np.arange(size) / 100, time + 7)


def main(folder: str, first: str) -> None:
    store = DuckDBReadings(Path(folder) / "readings.duckdb", SMALL)
    number = int(first)
    while True:
        store.append(batch(store.series, number))
        print(number, flush=True)
        if number % 50 == 49:
            store.flush()
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
