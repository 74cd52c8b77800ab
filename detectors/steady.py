"""Which readings can change nothing, by the plan's row and what is known to hold: two comparisons decide it."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from detectors.base import SeriesDetector
from detectors.columns import Bools, Floats, Index, Levels
from detectors.spared import Steady
from detectors.windows import HIGHEST

CLEAR: Final = 0
"""The state in which nothing holds; then one for each rule alone at each level, and the last for several at once."""


class States:
    """Closed ranges of values, by plan row and state. Without a ``steady`` of the detector's own all that holds is
    judged at every reading.
    """

    def __init__(self, detector: SeriesDetector) -> None:
        self._detector = detector
        self._count = 2 + HIGHEST * len(detector.rules)
        self._offsets = HIGHEST * np.arange(len(detector.rules))[:, None]
        self._low: Floats = np.zeros(0)
        self._high: Floats = np.zeros(0)

    def compile(self, settings: Sequence[tuple[float, ...]], plan: Mapping[str, Floats]) -> None:
        """Look the rows up; row 0 is of what nobody watches."""
        low, high = np.full((len(settings), self._count), np.inf), np.full((len(settings), self._count), -np.inf)
        if isinstance(self._detector, Steady):
            for state in range(1, self._count - 1):
                rule, level = divmod(state - 1, HIGHEST)
                low[:, state], high[:, state] = self._detector.steady(plan, rule, level + 1)
        bounds = [(-np.inf, np.inf), *(self._detector.calm(row) for row in settings[1:])]
        low[:, CLEAR], high[:, CLEAR] = np.array(bounds).T
        low[0], high[0] = -np.inf, np.inf
        self._low, self._high = low.ravel(), high.ravel()

    def cell(self, rows: Index, state: Index) -> Index:
        """The number of a row in a state."""
        return rows * self._count + state

    def suspect(self, cell: Index, least: Floats, most: Floats) -> Bools:
        """Where any of the values from ``least`` to ``most`` may change something, by cell."""
        suspect: Bools = least < self._low.take(cell)
        suspect |= most > self._high.take(cell)
        return suspect

    def of(self, levels: Levels) -> Index:
        """The state that the levels of the rules make, [rules, k].

        >>> from detectors.limit import Limit
        >>> States(Limit()).of(np.array([[0, 3, 0, 2], [0, 0, 1, 1]])).tolist()
        [0, 3, 4, 7]
        """
        holds = levels > 0
        state: Index = (holds * (levels + self._offsets)).sum(axis=0)
        state[holds.sum(axis=0) > 1] = self._count - 1
        return state
