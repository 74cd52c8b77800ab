"""kill -9 at any moment: every reading whose append returned is there, once."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from store.duckdb import DuckDBReadings

ROOT = Path(__file__).parents[2]
WRITER = Path(__file__).with_name("killed_writer.py")
writer = runpy.run_path(str(WRITER))


def run_and_kill(folder: Path, first: int, acknowledgements: int) -> int:
    """Start the writer, kill it after so many acknowledgements; the last batch it said was stored."""
    child = subprocess.Popen(
        [sys.executable, str(WRITER), str(folder), str(first)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert child.stdout is not None
    for _ in range(acknowledgements):
        if not child.stdout.readline():
            break
    child.kill()
    rest = child.stdout.read().split()
    child.wait()
    return int(rest[-1]) if rest else first + acknowledgements - 1


def named(store: DuckDBReadings, batch: Any) -> dict[tuple[Any, ...], float]:
    """First value of each (patient, device, signal, time)."""
    found: dict[tuple[Any, ...], float] = {}
    for reading in batch.readings(store.series):
        found.setdefault((reading.patient, reading.device, reading.signal, reading.time), reading.value)
    return found


def check(folder: Path, acknowledged: int) -> None:
    with DuckDBReadings(folder / "readings.duckdb", writer["SMALL"]) as store:
        expected: dict[tuple[Any, ...], float] = {}
        for number in range(acknowledged + 1):
            for key, value in named(store, writer["batch"](store.series, number)).items():
                expected.setdefault(key, value)
        in_flight = named(store, writer["batch"](store.series, acknowledged + 1))
        everything = store.window(-(1 << 60), 1 << 60)
        stored = named(store, everything)
        assert len(everything) == len(stored) == store.count()
        assert not {key for key, value in expected.items() if stored.get(key) != value}
        assert stored.keys() - expected.keys() <= in_flight.keys()
        store.flush()
        assert store.count() == len(stored)


def test_nothing_that_was_acknowledged_is_lost_or_doubled_by_twenty_kills(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    last = -1
    for kill in range(20):
        last = run_and_kill(tmp_path, last + 1, int(rng.integers(1, 160)))
        if kill % 3 == 2:  # between checks the journal of several dead processes piles up
            check(tmp_path, last)
    check(tmp_path, last)
