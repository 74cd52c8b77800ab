"""Marks of a rule of two sides, for detectors that judge both at once."""

import numpy as np

from detectors.columns import Bools, Index, Ints, Levels
from detectors.windows import HIGHEST, Marks, Windows

SIDES = 2


class SidedMarks:
    """Says nothing of either side (all holds) until something is put."""

    def __init__(self, windows: Windows) -> None:
        shape = SIDES, len(windows.time)
        self.floor: Levels = np.zeros(shape, np.int8)
        self.ceiling: Levels = np.full(shape, HIGHEST, np.int8)
        self.onset: Ints = np.zeros(shape, np.int64)

    def put(self, side: Index, samples: Index, floor: Levels, ceiling: Levels, onset: Ints) -> None:
        """Say something of these samples, each on its side."""
        self.floor[side, samples], self.ceiling[side, samples], self.onset[side, samples] = floor, ceiling, onset

    def marks(self) -> Marks:
        """Marks of one side, then the other."""
        return Marks(self.floor, self.ceiling, self.onset)


def holding(windows: Windows) -> Bools:
    """[2, m] What may hold, and so end; to be written to."""
    return np.ones((SIDES, len(windows.starts)), bool) if windows.holds is None else windows.holds.copy()
