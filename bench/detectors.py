"""The bank with every detector on: readings a second, one message's time, hours, memory, sweeps; beside it river.

Fleets of all sizes take turns, so that what the machine does meanwhile is done to all of them. A batch holds as many
messages as the pipeline takes at once when there is a backlog; ``--readings`` says otherwise.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import numpy as np

from bench.detectors_fleet import SIGNALS, START, Fleet, agency
from bench.detectors_peer import gaussian, nanoseconds, quantile
from bench.detectors_slow import report, resident
from detectors.scan import Bank
from ingest.held import CAP
from vitals.batch import Batch
from vitals.clock import stopwatch
from vitals.intake import Intake
from vitals.times import MINUTE

SIZES = (100, 10_000, 100_000)
LOT = CAP * SIGNALS
"""Readings of the largest batch that the pipeline makes."""
_WARM, _BLOCKS, _BLOCK = 20, 24, 3
"""Minutes that every fleet has behind it; how often each has its turn, of so many batches."""


def scan(bank: Bank, batch: Batch) -> tuple[float, int]:
    """CPU seconds and findings of one batch."""
    began = time.process_time_ns()
    now = int(batch.time[-1]) + 300
    findings = bank.scan(bank.assess(Intake(batch), now), now)
    return (time.process_time_ns() - began) / 1e9, len(findings)


class Running:
    """A fleet with its bank, a while after the start."""

    def __init__(self, patients: int, readings: int) -> None:
        self.patients, self.fleet = patients, Fleet(patients)
        self.bank = Bank(self.fleet.series, agency(patients))
        self.batches: Iterator[Batch] = self.fleet.rounds(1 << 30, readings)
        self.costs: list[float] = []
        """CPU ns a reading of each turn."""
        self.found = 0
        while self.fleet.minute < _WARM:
            scan(self.bank, next(self.batches))

    def turn(self) -> None:
        """Scan a few batches."""
        spent = readings = 0.0
        for batch in islice(self.batches, _BLOCK):
            seconds, findings = scan(self.bank, batch)
            spent, readings, self.found = spent + seconds, readings + len(batch), self.found + findings
        self.costs.append(spent / readings * 1e9)


def throughput(sizes: Sequence[int], readings: int) -> list[Running]:
    """The fleets, after their turns."""
    fleets = [Running(patients, readings) for patients in sizes]
    for _ in range(_BLOCKS):
        for one in fleets:
            one.turn()
    return fleets


def one_message(bank: Bank, fleet: Fleet, times: int = 2_000) -> tuple[float, float]:
    """Median and 99th percentile, in µs of wall time, of scanning one message of six vitals."""
    spent: list[float] = []
    fleet.minute += 1  # of this one some patients may have been heard
    while len(spent) < times:
        for i in range(min(fleet.patients, times)):
            batch = fleet.batch(i, 1)
            spent.append(_wall(lambda batch=batch: scan(bank, batch)))  # type: ignore[misc]
        fleet.minute += 1
    return float(np.median(spent)) * 1e6, float(np.percentile(spent, 99)) * 1e6


def _wall(work: Callable[[], object]) -> float:
    began = stopwatch()
    work()
    return stopwatch() - began


def memory(patients: int) -> float:
    """Bytes that a bank takes for each patient, once a quarter of an hour is in its rings."""
    fleet, people = Fleet(patients), agency(patients)
    before = resident()
    bank = Bank(fleet.series, people)
    for batch in fleet.rounds(16, 6_000):
        scan(bank, batch)
    return (resident() - before) / patients


def ill_message(patients: int) -> float:
    """Median µs of a message of six vitals all of which are abnormal, of a fleet in which everybody is ill."""
    fleet = Fleet(patients, all_ill=True)
    bank = Bank(fleet.series, agency(patients))
    for batch in fleet.rounds(3, 6_000):
        scan(bank, batch)
    return one_message(bank, fleet, times=500)[0]


def peers(patients: int) -> tuple[float, float]:
    """CPU ns a reading of river's GaussianScorer and of its rolling quantile, on the same stream."""
    batches = list(Fleet(patients).rounds(6, 6_000))
    return nanoseconds(gaussian(), batches), nanoseconds(quantile(), batches)


def main(sizes: Sequence[int] = SIZES, readings: Sequence[int] = (LOT,), *, slow: bool = True) -> None:
    """Print the tables."""
    each = memory(10_000)  # first: afterwards a bank would live in what others have given back
    for lot in readings:
        table(throughput(sizes, lot), lot)
    print(f"memory: {each / 1e3:.1f} kB a patient of six signals (10,000 patients, one reading a minute)")
    if slow:
        report()


def table(fleets: Sequence[Running], lot: int) -> None:
    """One line a fleet; ``cost`` is how many times the cheapest fleet's a reading of this one cost in the same turn."""
    print(f"batches of {lot:,} readings, {_WARM} minutes after the start")
    print(
        f"{'patients':>9} {'readings/s':>11} {'ns p50':>7} {'ns p90':>7} {'cost':>5} {'one p50':>8} {'p99 µs':>7} "
        f"{'ill µs':>7} {'sweep ms':>9} {'findings':>9} {'x gaussian':>11} {'x quantile':>11}"
    )
    costs = np.array([one.costs for one in fleets])
    for one, cost in zip(fleets, np.median(costs / costs.min(axis=0), axis=1).tolist(), strict=True):
        median, high = float(np.median(one.costs)), float(np.percentile(one.costs, 90))
        once, seldom = one_message(one.bank, one.fleet)
        now = START + one.fleet.minute * MINUTE
        sweep = float(np.median([_wall(lambda: one.bank.sweep(now)) for _ in range(9)])) * 1e3  # noqa: B023  (at once)
        scorer, rolling = peers(min(one.patients, 10_000))
        print(
            f"{one.patients:9,} {1e9 / median:11,.0f} {median:7.0f} {high:7.0f} {cost:5.2f} {once:8.0f} {seldom:7.0f} "
            f"{ill_message(min(one.patients, 1_000)):7.0f} {sweep:9.2f} {one.found:9,} {scorer / median:11.1f} "
            f"{rolling / median:11.1f}",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--readings", type=int, nargs="+", default=[LOT], help="of a batch; several: a table each")
    parser.add_argument("--fast-only", action="store_true", help="leave the hours out")
    chosen = parser.parse_args()
    main(chosen.sizes, chosen.readings, slow=not chosen.fast_only)
