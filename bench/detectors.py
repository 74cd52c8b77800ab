"""The bank with every detector on: readings a second, one message's time, hours, memory, sweeps; beside it river."""

import argparse
import time
from collections.abc import Callable

import numpy as np

from bench.detectors_fleet import START, Fleet, agency
from bench.detectors_peer import gaussian, nanoseconds, quantile
from bench.detectors_slow import report, resident
from detectors.scan import Bank
from vitals.batch import Batch
from vitals.clock import stopwatch
from vitals.intake import Intake
from vitals.times import MINUTE


def scan(bank: Bank, batch: Batch) -> tuple[float, int]:
    """CPU seconds and findings of one batch."""
    began = time.process_time_ns()
    now = int(batch.time[-1]) + 300
    findings = bank.scan(bank.assess(Intake(batch), now), now)
    return (time.process_time_ns() - began) / 1e9, len(findings)


def throughput(patients: int, *, minutes: int, readings: int = 6_000) -> tuple[float, float, int, Bank, Fleet]:
    """Median and 90th percentile of CPU ns a reading, findings, and the bank as it is then."""
    fleet = Fleet(patients)
    bank = Bank(fleet.series, agency(patients))
    for batch in fleet.rounds(3, readings):
        scan(bank, batch)
    spent: list[float] = []
    found = 0
    for batch in fleet.rounds(minutes, readings):
        seconds, findings = scan(bank, batch)
        spent.append(seconds / len(batch) * 1e9)
        found += findings
    return float(np.median(spent)), float(np.percentile(spent, 90)), found, bank, fleet


def one_message(bank: Bank, fleet: Fleet, times: int = 2_000) -> tuple[float, float]:
    """Median and 99th percentile, in µs of wall time, of scanning one message of six vitals."""
    spent: list[float] = []
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


def main(sizes: tuple[int, ...] = (100, 10_000, 100_000), *, slow: bool = True) -> None:
    """Print the tables."""
    each = memory(10_000)  # first: afterwards a bank would live in what others have given back
    print(
        f"{'patients':>9} {'readings/s':>11} {'ns p50':>7} {'ns p90':>7} {'one p50':>8} {'p99 µs':>7} {'ill µs':>7} "
        f"{'sweep ms':>9} {'findings':>9} {'x gaussian':>11} {'x quantile':>11}"
    )
    for patients in sizes:
        median, high, found, bank, fleet = throughput(patients, minutes=max(8, min(400, 1_000_000 // patients)))
        once, seldom = one_message(bank, fleet)
        now = START + fleet.minute * MINUTE
        sweep = float(np.median([_wall(lambda: bank.sweep(now)) for _ in range(9)])) * 1e3  # noqa: B023  (called at once)
        scorer, rolling = peers(min(patients, 10_000))
        print(
            f"{patients:9,} {1e9 / median:11,.0f} {median:7.0f} {high:7.0f} {once:8.0f} {seldom:7.0f} "
            f"{ill_message(min(patients, 1_000)):7.0f} {sweep:9.2f} {found:9,} {scorer / median:11.1f} "
            f"{rolling / median:11.1f}",
            flush=True,
        )
    print(f"memory: {each / 1e3:.1f} kB a patient of six signals (10,000 patients, one reading a minute)")
    if slow:
        report()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 10_000, 100_000])
    parser.add_argument("--fast-only", action="store_true", help="leave the hours out")
    chosen = parser.parse_args()
    main(tuple(chosen.sizes), slow=not chosen.fast_only)
