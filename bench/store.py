"""The embedded readings store as its history grows: everything in this table should stay flat."""

import argparse
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
_LOT = 50  # rounds appended together while history is made
_HEAD = (
    f"{'readings':>12} {'6 p50':>7} {'p99':>7} {'600 p50':>7} {'p99':>7} {'6000 p50':>8} {'p99':>7} {'rows/s':>10} "
    f"{'cpu/row':>7} {'24h x1':>7} {'x100':>7} {'older x1':>8} {'latest':>7} {'RSS MB':>6} {'B/row':>6} {'open s':>6}"
)
_UNITS = (
    f"{'':>12} {'us':>7} {'us':>7} {'us':>7} {'us':>7} {'us':>8} {'us':>7} {'':>10} "
    f"{'us':>7} {'ms':>7} {'ms':>7} {'ms':>8} {'ms':>7}"
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


def main(readings: int = 10_000_000, folder: str | None = None) -> None:
    """Print the table for histories up to ``readings``."""
    print(_HEAD, _UNITS, sep="\n", flush=True)
    with tempfile.TemporaryDirectory(dir=folder) as kept:
        path = Path(kept) / "readings.duckdb"
        store = DuckDBReadings(path)
        history, stored = History(store), 0
        for target in [step for step in _STEPS if step < readings] + [readings]:
            stored, rate, cpu = grow(store, history, target, stored)
            per_row = path.stat().st_size / stored
            small, medium, large = (appends(store, history, *w) for w in ((6, 2000), (600, 400), (6000, 100)))
            one, hundred, older, newest = queries(store, history)
            resident = _resident()
            store.close()
            opened: list[DuckDBReadings] = []
            opening = microseconds(lambda: opened.append(DuckDBReadings(path))) / 1e6  # noqa: B023  (called at once)
            store = opened[0]
            print(
                f"{stored:12,} {small[0]:7.0f} {small[1]:7.0f} {medium[0]:7.0f} {medium[1]:7.0f} {large[0]:8.0f} "
                f"{large[1]:7.0f} {rate:10,.0f} {cpu:7.2f} {one:7.1f} {hundred:7.1f} {older:8.1f} {newest:7.2f} "
                f"{resident:6.0f} {per_row:6.2f} {opening:6.2f}",
                flush=True,
            )
            stored += 2000 * 6 + 400 * 600 + 100 * 6000
        store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=10_000_000)
    parser.add_argument("--full", action="store_true", help="up to 300 million, some gigabytes on disk")
    parser.add_argument("--folder", help="where the store is made (default: the temporary folder)")
    given = parser.parse_args()
    main(_STEPS[-1] if given.full else given.readings, given.folder)
