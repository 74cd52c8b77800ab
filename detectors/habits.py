"""What is kept of each series, one row of numbers, to see at a glance whether a reading is odd."""

from typing import Final

import numpy as np

from detectors.columns import Floats, Index

VALUE, TIME, START, RUN, SEEN, CHANGES, GOOD, FLOOR, SAME = range(9)
"""The newest reading, since when and how many times in a row it has had that value, how many readings were seen and how
many changed; the newest accepted value; how far from it, and how many times again, is worth a closer look."""
_BLANK: Final = (np.nan, -np.inf, 0, 0, 0, 0, np.nan, np.inf, np.inf)

_ROW: Final = np.dtype((np.void, 8 * len(_BLANK)))


class Habits:
    """Rows by series code, float64[series, 9]: reading and writing a batch touches one row a reading."""

    def __init__(self) -> None:
        self.rows: Floats = np.zeros((0, len(_BLANK)))
        self._packed = self.rows.view(_ROW)[:, 0]

    def grow(self, size: int) -> None:
        """Make room for series below ``size``."""
        if len(self.rows) < size:
            more = max(size, len(self.rows) * 3 // 2) - len(self.rows)
            self.rows = np.concatenate([self.rows, np.tile(_BLANK, (more, 1))])
            self._packed = self.rows.view(_ROW)[:, 0]

    def of(self, series: Index) -> Floats:
        """Copies of the rows of these series."""
        return self.rows.take(series, axis=0)

    def put(self, series: Index, rows: Floats) -> None:
        """These are their rows now: written whole, which takes half the time of writing number by number."""
        self._packed[series] = rows.view(_ROW)[:, 0]
