"""A fleet of patients for the bench of detectors."""

from collections.abc import Iterator

import numpy as np

from vitals.agency import Agency, Patient
from vitals.batch import Batch
from vitals.plan import CarePlan, Ordered
from vitals.series import SeriesTable
from vitals.times import HOUR, MINUTE

START = 1_767_225_600_000  # 2026-01-01
LEVEL = np.array([74.0, 97.0, 15.0, 36.8, 126.0, 76.0])
SPREAD = np.array([5.0, 0.8, 1.6, 0.2, 8.0, 5.0])
ILL = np.array([138.0, 84.0, 30.0, 39.4, 88.0, 48.0])
SIGNALS = len(LEVEL)


class Fleet:
    """Patients of six vitals once a minute, each in a message of its own; one patient in a hundred is ill at a time,
    for twenty minutes.
    """

    def __init__(self, patients: int, seed: int = 1, *, all_ill: bool = False) -> None:
        self._rng, self._all_ill = np.random.default_rng(seed), all_ill
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
        number = np.arange(first, first + count)
        ill = ((number + (self.minute + number) // 20) % 100 == 0) | self._all_ill
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
