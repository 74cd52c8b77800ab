"""Slow detectors: what a whole hour costs, in slices; and a start with weeks of history in the store."""

import gc
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.detectors_fleet import LEVEL, SIGNALS, SPREAD, START, agency
from detectors.scan import Bank
from store.duckdb import DuckDBReadings
from vitals.batch import Batch
from vitals.clock import stopwatch
from vitals.times import DAY, HOUR, MINUTE

_AWAKE = (7 * HOUR, 22 * HOUR)


class Hourly(NamedTuple):
    """``start`` and ``hour`` in s, ``slice`` in ms (median and worst of CPU), a patient's in kB."""

    readings: int
    start: float
    hour: float
    slice: float
    worst: float
    memory: float


def fill(store: DuckDBReadings, patients: int, days: int, times: int, seed: int = 1) -> None:
    """Every patient's six vitals ``times`` a day: by hand while awake, or streamed round the clock."""
    rng = np.random.default_rng(seed)
    codes = [store.series.code(f"p{p:06d}", "hub", s) for p in range(patients) for s in range(SIGNALS)]
    series = np.repeat(np.array(codes, np.int32), times)
    for day in range(-days, 0):
        if times <= 24:
            at = np.sort(rng.integers(*_AWAKE, (patients, times)), axis=1)
        else:
            at = np.arange(times) * (DAY // times) + rng.integers(0, DAY // times, (patients, 1))
        when = START + day * DAY + np.repeat(at, SIGNALS, axis=0).ravel()
        value = np.repeat(np.tile(LEVEL, patients), times) + rng.normal(0, 1, len(when)) * np.repeat(
            np.tile(SPREAD, patients), times
        )
        order = np.argsort(when, kind="stable")
        store.append(Batch.of(series[order], when[order], np.round(value, 1)[order], when[order]))
    store.flush()


def resident() -> float:
    """Bytes of memory in use now."""
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) * 1e3


def measured(patients: int, days: int, times: int) -> Hourly:
    """A warm start, then the newest hour judged in sweeps as in service."""
    with tempfile.TemporaryDirectory() as folder, DuckDBReadings(Path(folder) / "readings.duckdb") as store:
        fill(store, patients, days, times)
        people, began = agency(patients), stopwatch()
        bank = Bank(store.series, people)
        bank.warm(store, [], START)
        start = stopwatch() - began
        ward = bank._ward  # noqa: SLF001  (the store's own memory would hide it)
        memory = (ward.rings.nbytes + ward.hours.rows.nbytes) / patients / 1e3
        spent = _hour(bank, START + 3 * MINUTE)
        return Hourly(store.count(), start, sum(spent), float(np.median(spent)) * 1e3, max(spent[1:]) * 1e3, memory)


def _hour(bank: Bank, now: int) -> list[float]:
    """CPU s of each sweep until everything due is judged."""
    spent: list[float] = []
    while not spent or bank.busy:
        began = time.process_time()
        bank.sweep(now + 1000 * len(spent))
        spent.append(time.process_time() - began)
    return spent


def report(patients: int = 10_000) -> None:
    """Print the lines."""
    for name, people, days, times in (("measured at home", patients, 14, 3), ("streamed", patients // 50, 14, 480)):
        found = measured(people, days, times)
        print(
            f"{people:,} patients {name}, {found.readings:,} readings of {days} days: start {found.start:.1f} s; "
            f"an hour judged in {found.hour:.1f} s CPU, a sweep {found.slice:.1f} ms (worst {found.worst:.0f}); "
            f"hours and rings {found.memory:.1f} kB a patient",
            flush=True,
        )
