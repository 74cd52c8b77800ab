"""The bank with every fast detector on: readings a second, one message's time, memory a patient, a sweep's time."""

import argparse
import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from detectors.scan import Bank
from vitals.agency import Agency, Patient
from vitals.batch import Batch
from vitals.clock import stopwatch
from vitals.intake import Intake
from vitals.plan import CarePlan, Ordered
from vitals.series import SeriesTable
from vitals.times import HOUR, MINUTE

START = 1_767_225_600_000  # 2026-01-01
LEVEL = np.array([74.0, 97.0, 15.0, 36.8, 126.0, 76.0])
SPREAD = np.array([5.0, 0.8, 1.6, 0.2, 8.0, 5.0])
ILL = np.array([138.0, 84.0, 30.0, 39.4, 88.0, 48.0])
SIGNALS = len(LEVEL)


class Fleet:
    """Patients of six vitals once a minute, each in a message of its own; one patient in a hundred is ill at a time."""

    def __init__(self, patients: int, seed: int = 1) -> None:
        self._rng = np.random.default_rng(seed)
        self.series, self.patients = SeriesTable(), patients
        codes = [self.series.code(f"p{p:06d}", "hub", s) for p in range(patients) for s in range(SIGNALS)]
        self._codes = np.array(codes, np.int32).reshape(patients, SIGNALS)
        self._offset = np.sort(self._rng.integers(0, MINUTE, patients))
        self._home = LEVEL + self._rng.normal(0, 0.3, (patients, SIGNALS)) * SPREAD
        self.minute = 0

    def batch(self, first: int, count: int) -> Batch:
        """The minute's messages of ``count`` patients from number ``first`` on."""
        who = slice(first, first + count)
        at = START + self.minute * MINUTE + self._offset[who]
        value = np.round(self._home[who] + self._rng.normal(0, 1, self._home[who].shape) * SPREAD, 1)
        ill = (np.arange(first, first + count) + self.minute // 20) % 100 == 0
        value[ill] = ILL + self._rng.normal(0, 1, (int(ill.sum()), SIGNALS))
        received = np.repeat(at + 300, SIGNALS)
        return Batch.of(self._codes[who].ravel(), np.repeat(at, SIGNALS), value.ravel(), received)

    def rounds(self, minutes: int, readings: int) -> Iterator[Batch]:
        """Batches of about ``readings`` (several minutes of a small fleet in one), in the order in which they come."""
        each = max(1, readings // SIGNALS)
        for _ in range(minutes):
            if each < self.patients:
                yield from (self.batch(i, min(each, self.patients - i)) for i in range(0, self.patients, each))
                self.minute += 1
            else:
                parts = []
                for _ in range(max(1, each // self.patients)):
                    parts.append(self.batch(0, self.patients))
                    self.minute += 1
                yield Batch.concat(parts)


def agency(patients: int) -> Agency:
    """Six orders a patient, so that a sweep has everything to look at."""
    names = ("heart_rate", "spo2", "respiration_rate", "temperature", "systolic_bp", "diastolic_bp")
    plan = CarePlan(ordered=tuple(Ordered(signal=name, every=HOUR) for name in names))
    people = (Patient.model_construct(id=f"p{p:06d}", name="-", timezone="UTC", plan=plan) for p in range(patients))
    return Agency.model_construct(
        id="bench", patients=tuple(people), caregivers=(), assignments=(), shifts=(), policies={}
    )


def scan(bank: Bank, batch: Batch) -> tuple[float, int]:
    """CPU seconds and findings of one batch."""
    began = time.process_time_ns()
    findings = bank.scan(Intake(batch), int(batch.time[-1]) + 300)
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
            spent.append(_wall(lambda batch=batch: bank.scan(Intake(batch), int(batch.time[-1]) + 300)))  # type: ignore[misc]
        fleet.minute += 1
    return float(np.median(spent)) * 1e6, float(np.percentile(spent, 99)) * 1e6


def _wall(work: Callable[[], object]) -> float:
    began = stopwatch()
    work()
    return stopwatch() - began


def resident() -> float:
    """Bytes of memory in use now."""
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) * 1e3


def memory(patients: int) -> float:
    """Bytes that a bank takes for each patient, once a quarter of an hour is in its rings."""
    fleet, people = Fleet(patients), agency(patients)
    before = resident()
    bank = Bank(fleet.series, people)
    for batch in fleet.rounds(16, 6_000):
        scan(bank, batch)
    return (resident() - before) / patients


def main(sizes: tuple[int, ...] = (100, 10_000, 100_000)) -> None:
    """Print the table."""
    print(
        f"{'patients':>9} {'readings/s':>11} {'ns p50':>7} {'ns p90':>7} {'one p50':>8} {'p99 µs':>7} "
        f"{'sweep ms':>9} {'findings':>9}"
    )
    for patients in sizes:
        median, high, found, bank, fleet = throughput(patients, minutes=max(8, min(400, 1_000_000 // patients)))
        once, seldom = one_message(bank, fleet)
        now = START + fleet.minute * MINUTE
        sweep = float(np.median([_wall(lambda: bank.sweep(now)) for _ in range(9)])) * 1e3  # noqa: B023  (called at once)
        print(
            f"{patients:9,} {1e9 / median:11,.0f} {median:7.0f} {high:7.0f} {once:8.0f} {seldom:7.0f} "
            f"{sweep:9.2f} {found:9,}",
            flush=True,
        )
    print(f"memory: {memory(10_000) / 1e3:.1f} kB a patient of six signals (10,000 patients, one reading a minute)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 10_000, 100_000])
    main(tuple(parser.parse_args().sizes))
