"""The embedded readings store as its history grows: everything in this table should stay flat, appends beside
what the disk itself takes for a sync at that moment (``sync``).
"""

import argparse
import os
import resource
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from store.duckdb import DuckDBReadings
from vitals.batch import Batch
from vitals.clock import stopwatch
from vitals.times import DAY, SECOND

PATIENTS, SIGNALS, EVERY = 1_000, 6, 30 * SECOND
START = 1_767_225_600_000  # 2026-01-01
_STEPS = (1_000_000, 10_000_000, 30_000_000, 100_000_000, 200_000_000, 300_000_000)
_APPENDS = ((6, 2000), (600, 400), (6000, 100))  # batch size, how many
_LOT = 50  # rounds appended together while history is made
_COLUMNS = (  # title, unit, format
    ("readings", "", "12,.0f"),
    ("sync", "us", "6.0f"),
    ("6 p50", "us", "6.0f"),
    ("p99", "us", "6.0f"),
    ("600 p50", "us", "7.0f"),
    ("p99", "us", "6.0f"),
    ("6000 p50", "us", "8.0f"),
    ("p99", "us", "6.0f"),
    ("append", "rows/s", "10,.0f"),
    ("CPU/row", "us", "7.2f"),
    ("24h x1", "ms", "6.1f"),
    ("x100", "ms", "6.1f"),
    ("older x1", "ms", "8.1f"),
    ("latest", "ms", "6.2f"),
    ("RSS", "MB", "5.0f"),
    ("B/row", "", "5.2f"),
    ("open", "s", "5.2f"),
)


class History:
    """Seeded readings of all patients, one round of them every ``EVERY``, each device with its own offset."""

    def __init__(self, store: DuckDBReadings, seed: int = 1) -> None:
        self._rng = np.random.default_rng(seed)
        codes = [store.series.code(f"p{p}", "monitor", s) for p in range(PATIENTS) for s in range(SIGNALS)]
        self._codes = np.array(codes, np.int32)
        self._offset = np.repeat(self._rng.integers(0, EVERY, PATIENTS), SIGNALS)
        self._level = self._rng.normal(80, 10, len(codes))
        self.now = START

    def rounds(self, count: int) -> Batch:
        """The next rounds of readings in the order in which they come."""
        size = len(self._codes)
        time = self.now + np.repeat(np.arange(count) * EVERY, size) + np.tile(self._offset, count)
        value = np.round(np.tile(self._level, count) + self._rng.normal(0, 3, count * size))
        received = time + self._rng.integers(5, 500, count * size)
        self.now += count * EVERY
        batch = Batch.of(np.tile(self._codes, count), time, value, received)
        return batch.take(np.argsort(time, kind="stable"))


def pieces(batch: Batch, size: int) -> Iterator[Batch]:
    """The batch in parts of ``size`` rows."""
    return (batch.take(slice(i, i + size)) for i in range(0, len(batch) - size + 1, size))


def microseconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    start = stopwatch()
    work()
    return (stopwatch() - start) * 1e6


def quantiles(spent: Sequence[float]) -> tuple[float, float]:
    """The median and the 99th percentile."""
    return float(np.median(spent)), float(np.percentile(spent, 99))


def appends(store: DuckDBReadings, history: History, size: int, times: int) -> tuple[float, float]:
    """Median and 99th percentile, in µs, of appending batches of ``size`` readings."""
    rounds = -(-size * times // (PATIENTS * SIGNALS))
    parts = list(pieces(history.rounds(rounds), size))[:times]
    return quantiles([microseconds(partial(store.append, part)) for part in parts])


def bare_sync(folder: Path) -> float:
    """Median µs of syncing 200 bytes into a preallocated file: the disk's own share, at this moment."""
    path = folder / "bare"
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        os.pwrite(file, bytes(1 << 20), 0)
        os.fsync(file)

        def write(place: int) -> None:
            os.pwrite(file, bytes(200), place * 200)
            os.fdatasync(file)

        return quantiles([microseconds(partial(write, place)) for place in range(500)])[0]
    finally:
        os.close(file)
        path.unlink()


def grow(store: DuckDBReadings, history: History, target: int, stored: int) -> tuple[int, float, float]:
    """Append until ``target`` readings: how many there are, rows/s and CPU µs a row (journal and merge together)."""
    rows, wall, cpu = 0, 0.0, 0.0
    while stored + rows < target:
        batch = history.rounds(_LOT)
        before, start = _cpu(), stopwatch()
        for part in pieces(batch, 3_000):
            store.append(part)
        wall, cpu, rows = wall + stopwatch() - start, cpu + _cpu() - before, rows + len(batch)
    before, start = _cpu(), stopwatch()
    store.flush()
    wall, cpu = wall + stopwatch() - start, cpu + _cpu() - before
    return stored + rows, rows / wall if rows else 0.0, cpu / max(rows, 1) * 1e6


def queries(store: DuckDBReadings, history: History) -> tuple[float, float, float, float]:
    """Median ms of a 24-hour window: the newest of one series, of 100, any of one series; and of latest()."""
    rng = np.random.default_rng(2)
    spent: list[list[float]] = [[], [], [], []]
    for _ in range(15):
        end = int(rng.integers(min(START + DAY, history.now - 1), history.now))
        codes = rng.permutation(PATIENTS * SIGNALS)[:100]
        work: tuple[Callable[[], object], ...] = (
            partial(store.window, history.now - DAY, history.now, codes[:1]),
            partial(store.window, history.now - DAY, history.now, codes),
            partial(store.window, end - DAY, end, codes[:1]),
            store.latest,
        )
        for kind, question in zip(spent, work, strict=True):
            kind.append(microseconds(question) / 1e3)
    one, hundred, older, newest = (float(np.median(kind)) for kind in spent)
    return one, hundred, older, newest


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _resident() -> float:
    """MB of memory in use now."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1e3


def reopened(store: DuckDBReadings, path: Path) -> tuple[DuckDBReadings, float]:
    """The store after a restart, and the seconds that opening it took."""
    store.close()
    start = stopwatch()
    return DuckDBReadings(path), stopwatch() - start


def measured(store: DuckDBReadings, history: History, folder: Path) -> list[float]:
    """Everything between ``sync`` and ``RSS`` but the growth itself."""
    times = [bare_sync(folder)]
    for size, count in _APPENDS:
        times += appends(store, history, size, count)
    return [*times, *queries(store, history), _resident()]


def main(readings: int = 10_000_000, folder: str | None = None) -> None:
    """Print the table for histories up to ``readings``."""
    for line in zip(*((c[0], c[1]) for c in _COLUMNS), strict=True):
        print(*(f"{text:>{_width(column[2])}}" for text, column in zip(line, _COLUMNS, strict=True)), flush=True)
    with tempfile.TemporaryDirectory(dir=folder) as kept:
        path = Path(kept) / "readings.duckdb"
        store = DuckDBReadings(path)
        history, stored = History(store), 0
        for target in [step for step in _STEPS if step < readings] + [readings]:
            stored, rate, cpu = grow(store, history, target, stored)
            size = path.stat().st_size / stored
            found = measured(store, history, path.parent)
            store, opening = reopened(store, path)
            row = [stored, *found[:7], rate, cpu, *found[7:], size, opening]
            print(*(f"{value:{column[2]}}" for value, column in zip(row, _COLUMNS, strict=True)), flush=True)
            stored += sum(rows * count for rows, count in _APPENDS)
        store.close()


def _width(shape: str) -> int:
    return int(shape.split(".", maxsplit=1)[0].rstrip(","))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=10_000_000)
    parser.add_argument("--full", action="store_true", help="up to 300 million, some gigabytes on disk")
    parser.add_argument("--folder", help="where the store is made (default: the temporary folder)")
    given = parser.parse_args()
    main(_STEPS[-1] if given.full else given.readings, given.folder)
