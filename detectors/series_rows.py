"""The plan of every series for one detector: a few distinct rows of numbers, and which of them each series has."""

from collections.abc import Iterable, Mapping

import numpy as np

from detectors.base import SeriesDetector
from detectors.columns import Bools, Floats, Index, Ints, Levels
from detectors.spared import Lone
from detectors.steady import States
from detectors.ward import Ward
from vitals.series import SeriesKey
from vitals.signals import SIGNALS

UNWATCHED = 0
"""The row of series that the detector does not watch."""


class SeriesRows:
    """Distinct rows as columns: few, so they stay in the processor's cache."""

    def __init__(self, detector: SeriesDetector, ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self._states = States(detector)
        self._numbers: dict[tuple[float, ...], int] = {}
        self._settings: list[tuple[float, ...]] = []
        self._number((np.nan,) * len(detector.columns))
        self._compile()

    def of(self, keys: Iterable[SeriesKey]) -> Index:
        """The row of each series; patients without limits of their own share one by signal."""
        plain: dict[int, int] = {}
        rows = [self._row(key.patient, key.signal, plain) for key in keys]
        if len(self._settings) > len(self.lookback):
            self._compile()
        return np.array(rows, np.int32)

    def plan(self, rows: Index) -> Mapping[str, Floats]:
        """The columns of these rows."""
        return dict(zip(self._detector.columns, self._table[:, rows], strict=True))

    def state(self, levels: Levels) -> Index:
        """The state that levels of the rules make."""
        return self._states.of(levels)

    def lone(self, rows: Index) -> Floats:
        """How soon after a calm reading one of these rows opens nothing, ms."""
        return self._lone[rows]

    def cell(self, rows: Index, state: Index) -> Index:
        """The number of a row in a state."""
        return self._states.cell(rows, state)

    def suspect(self, cell: Index, least: Floats, most: Floats) -> Bools:
        """Where any of the values from ``least`` to ``most`` may change something, where series stand so."""
        return self._states.suspect(cell, least, most)

    def _row(self, patient: str, signal: int, plain: dict[int, int]) -> int:
        plan = self._ward.in_force(patient)
        own = plan.limits or plan.parameters
        if own or signal not in plain:
            row = self._ward.tuned(self._detector, plan).row(plan, SIGNALS[signal].name)
            number = UNWATCHED if row is None else self._number(row)
            if own:
                return number
            plain[signal] = number
        return plain[signal]

    def _number(self, row: tuple[float, ...]) -> int:
        if row not in self._numbers:
            self._numbers[row] = len(self._settings)
            self._settings.append(row)
        return self._numbers[row]

    def _compile(self) -> None:
        looked = [0.0, *(self._detector.lookback(row) for row in self._settings[1:])]
        self.lookback: Ints = np.array(looked).astype(np.int64)
        """How far back each row wants to see, ms."""
        self._table: Floats = np.array(self._settings).T.copy()
        columns = dict(zip(self._detector.columns, self._table, strict=True))
        self._states.compile(self._settings, columns)
        lone = self._detector.lone(columns) if isinstance(self._detector, Lone) else np.zeros(len(looked))
        self._lone: Floats = lone
