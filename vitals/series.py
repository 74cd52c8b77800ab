"""Series codes: one small integer for each (patient, device, signal), so that the hot path handles integers."""

import threading
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vitals.signals import SIGNALS


class SeriesKey(NamedTuple):
    """Whose reading, from which device, of what. ``device`` may be empty when a file does not say."""

    patient: str
    device: str
    signal: int


class SeriesTable:
    """Interns series keys. Codes count up from 0, are never reused and are the same after a restart
    (the readings store keeps the table).

    Reading is lock-free and adding is serialised, so any thread may use it.

    >>> table = SeriesTable()
    >>> table.code("p1", "oximeter-1", 1), table.code("p1", "oximeter-1", 1), len(table)
    (0, 0, 1)
    >>> table.patients[table.patient_codes()[0]]
    'p1'
    """

    def __init__(self, keys: Iterable[SeriesKey] = ()) -> None:
        self._lock = threading.Lock()
        self._code_of: dict[tuple[str, str, int], int] = {}
        self._patient_of: dict[str, int] = {}
        self.keys: list[SeriesKey] = []
        self.patients: list[str] = []
        self._columns = np.zeros((2, 64), np.int32)
        for key in keys:
            self.code(*key)

    def __len__(self) -> int:
        return len(self.keys)

    def code(self, patient: str, device: str, signal: int) -> int:
        """The code of a series, made when it is new."""
        found = self._code_of.get((patient, device, signal))
        return self._add(SeriesKey(patient, device, signal)) if found is None else found

    def patient_code(self, patient: str) -> int:
        """The code of a patient, made when it is new."""
        with self._lock:
            return self._patient(patient)

    def patient_codes(self) -> NDArray[np.int32]:
        """int32[series]: each series' patient code."""
        return self._columns[0, : len(self.keys)]

    def signal_codes(self) -> NDArray[np.int32]:
        """int32[series]: each series' signal code."""
        return self._columns[1, : len(self.keys)]

    def _patient(self, patient: str) -> int:
        code = self._patient_of.get(patient)
        if code is None:
            code = self._patient_of[patient] = len(self.patients)
            self.patients.append(patient)
        return code

    def _add(self, key: SeriesKey) -> int:
        if not 0 <= key.signal < len(SIGNALS):
            raise ValueError(f"signal code {key.signal} is not in the catalogue")
        with self._lock:
            if key in self._code_of:
                return self._code_of[key]
            code = len(self.keys)
            if code == self._columns.shape[1]:
                self._columns = np.concatenate([self._columns, np.zeros_like(self._columns)], axis=1)
            self._columns[0, code] = self._patient(key.patient)
            self._columns[1, code] = key.signal
            self.keys.append(key)
            self._code_of[key] = code
            return code
