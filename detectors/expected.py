"""What is expected to be heard, from which patient or device and how often; and when it was heard last."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from detectors.columns import NEVER, Bools, Index, Ints, Levels, room
from detectors.ward import Since
from vitals.agency import Patient
from vitals.finding import FindingKey
from vitals.series import SeriesTable
from vitals.signals import SIGNALS
from vitals.times import parse_time

ALWAYS: Final = 1 << 61
"""A wait that never ends: the device is followed, its silence is not judged."""


UNHEARD: Final = "gap.never"


def gap_key(row: int, patient: str, signal: str, device: str) -> FindingKey:
    """What a gap is told under: ``row`` 0 of what was never heard, 1 of what was heard once and no more."""
    heard_once = "gap.missed" if signal else "gap.silent"
    return FindingKey(heard_once if row else UNHEARD, patient, signal, device)


class Expectation(NamedTuple):
    """One thing that is to be heard: an ordered ``signal``, a ``device``, or (both empty) anything of the patient.

    Late when not heard for ``every + grace`` ms.
    """

    patient: str
    signal: str
    device: str
    every: int
    grace: int = 0

    @property
    def about(self) -> tuple[str, str, str]:
        return self[:3]


def expectations(patient: Patient) -> Iterator[Expectation]:
    """What a patient's plan and devices let us expect."""
    for order in {order.signal: order for order in patient.plan.ordered}.values():
        yield Expectation(patient.id, order.signal, "", order.every, order.grace)
    for device in patient.devices:
        yield Expectation(patient.id, "", device.id, device.heartbeat or ALWAYS)
    if patient.plan.silent_after is not None:
        yield Expectation(patient.id, "", "", patient.plan.silent_after)


class Pauses:
    """When which patients' monitoring is paused."""

    def __init__(self, patients: Iterable[Patient] = ()) -> None:
        self._of = {
            patient.id: [(parse_time(p.start), parse_time(p.end)) for p in patient.plan.pauses]
            for patient in patients
            if patient.plan.pauses
        }

    def at(self, patient: str, now: int) -> bool:
        """Whether the patient's monitoring is paused."""
        return any(start <= now < end for start, end in self._of.get(patient, ()))

    def over(self, patient: str, now: int) -> int:
        """When the patient's last pause ended; NEVER when there was none."""
        return max((end for _, end in self._of.get(patient, ()) if end <= now), default=NEVER)

    def patients(self) -> Iterable[str]:
        return self._of


class Expected:
    """Columns of n expectations: ``wait`` until late, ``since`` when each is known, and the two ``level`` rows that
    are told: row 0 of those never heard, row 1 of those heard once and no more.
    """

    def __init__(self) -> None:
        self.items: list[Expectation] = []
        self.number: dict[tuple[str, str, str], int] = {}
        self.wait: Ints = np.zeros(0, np.int64)
        self.since: Ints = np.zeros(0, np.int64)
        self.level: Levels = np.zeros((2, 0), np.int8)
        self.onset: Ints = np.zeros((2, 0), np.int64)
        self.spoke: Ints = np.zeros(0, np.int64)
        """When a device last gave a sign of life that is no usable reading."""
        self.who: Ints = np.zeros(0, np.int64)
        """Which expectations are of the same patient."""
        self.device: Bools = np.zeros(0, bool)
        """Which are of a device."""
        self._of_patient: dict[str, list[int]] = {}
        self._of_series: Index = np.full((3, 0), -1, np.int32)
        self._size = 0
        self._members: Index | None = None

    def plan(self, patients: Mapping[str, Patient], since: Since, now: int) -> list[tuple[int, Expectation, int]]:
        """Expect what these plans say; what was expected before keeps its history, and what is new counts from now,
        unless ``since`` knows better.

        Returns what was told of expectations that are no more: (row, expectation, onset).
        """
        old, before = self.number, (self.items, self.since, self.level, self.onset, self.spoke)
        self.items = [item for patient in patients.values() for item in expectations(patient)]
        self.number = {item.about: i for i, item in enumerate(self.items)}
        self.wait = np.array([item.every + item.grace for item in self.items], np.int64)
        self._blank(now)
        gone = []
        for about, i in old.items():
            j = self.number.get(about)
            if j is not None:
                self.since[j], self.spoke[j] = before[1][i], before[4][i]
                self.level[:, j], self.onset[:, j] = before[2][:, i], before[3][:, i]
            else:
                gone += [(row, before[0][i], int(before[3][row, i])) for row in (0, 1) if before[2][row, i]]
        for i, item in enumerate(self.items):
            self.since[i] = since.get(item.about, self.since[i])
        self._size = 0
        return gone

    def follow(self, series: SeriesTable, size: int) -> None:
        """Learn which expectations the series below ``size`` answer."""
        more = [self._answers(*key) for key in series.keys[self._size : size]]
        if more:
            self._of_series = room(self._of_series, size, -1)
            self._of_series[:, self._size : size] = np.array(more, np.int32).T
            self._size, self._members = size, None

    def heard(self, fresh: Ints) -> Ints:
        """When each expectation was last answered, given each series' newest fresh reading; NEVER if not yet."""
        members, starts, answered = self._membership()
        last = self.spoke.copy()
        if len(members):
            last[answered] = np.maximum(last[answered], np.maximum.reduceat(fresh[members], starts))
        return last

    def of_patient(self, patient: str) -> list[int]:
        return self._of_patient.get(patient, [])

    def answering(self, told: Bools) -> Bools:
        """bool[series]: those that answer one of the expectations ``told``."""
        if not told.any():
            return np.zeros(self._of_series.shape[1], bool)
        padded = np.append(told, False)
        found: Bools = np.logical_or.reduce(padded[self._of_series], axis=0)
        return found

    def _blank(self, now: int) -> None:
        size = len(self.items)
        self.since = np.full(size, now, np.int64)
        self.spoke = np.full(size, NEVER, np.int64)
        self.level, self.onset = np.zeros((2, size), np.int8), np.zeros((2, size), np.int64)
        self._of_patient = {}
        for i, item in enumerate(self.items):
            self._of_patient.setdefault(item.patient, []).append(i)
        numbers = {patient: number for number, patient in enumerate(self._of_patient)}
        self.who = np.array([numbers[item.patient] for item in self.items], np.int64)
        self.device = np.array([item.device != "" for item in self.items], bool)

    def _answers(self, patient: str, device: str, signal: int) -> tuple[int, int, int]:
        number = self.number.get
        return (
            number((patient, SIGNALS[signal].name, ""), -1),
            number((patient, "", device), -1) if device else -1,
            number((patient, "", ""), -1),
        )

    def _membership(self) -> tuple[Index, Index, Index]:
        """Series in the order of the expectations that they answer; kept until either changes."""
        if self._members is None:
            flat = self._of_series[:, : self._size].reshape(-1)
            answers = np.flatnonzero(flat >= 0)
            answers = answers[np.argsort(flat[answers], kind="stable")]
            self._members = answers % max(1, self._size)
            begins = np.ones(len(answers), bool)
            begins[1:] = flat[answers][1:] != flat[answers][:-1]
            self._starts = np.flatnonzero(begins)
            self._answered = flat[answers][self._starts]
        return self._members, self._starts, self._answered
