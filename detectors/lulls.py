"""Good readings of devices in a spell of poor quality, which can end nothing yet: counted only when something may."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from detectors.base import NEVER, Index, Ints, room
from vitals.series import SeriesKey

_MOST: Final = 4_096
"""Readings of one device that wait at most."""
Row = tuple[int, int, float, int]
"""Series, time, value, and the Reason, 0 of a good one."""


class Lulls:
    """Holds back what comes before ``until`` of its series; with anything else of its device it is due.

    >>> lulls, keys = Lulls(), [SeriesKey("p1", "o", 1)]
    >>> lulls.grow(1)
    >>> lulls.until[0] = 9
    >>> def row(time, why=0): return np.array([0]), np.array([time]), np.array([97.0]), np.array([why])
    >>> lulls.due(keys, *row(7)), lulls.due(keys, *row(8, why=1))
    ([], [(0, 8, 97.0, 1), (0, 7, 97.0, 0)])
    """

    def __init__(self) -> None:
        self.until: Ints = np.zeros(0, np.int64)
        self._waiting: dict[tuple[str, str], list[Row]] = {}

    def grow(self, size: int) -> None:
        """Make room for series below ``size``."""
        self.until = room(self.until, size, NEVER)

    def due(self, keys: Sequence[SeriesKey], series: Index, time: Ints, value: Index, why: Index) -> list[Row]:
        """The rows of devices of which one is no longer to wait, with what was held back of them."""
        soon = (why > 0) | (time >= self.until[series])
        devices = {code: keys[code][:2] for code in set(series.tolist())}
        whose = {devices[code] for code in series[soon].tolist()}
        found: list[Row] = []
        for row in zip(series.tolist(), time.tolist(), value.tolist(), why.tolist(), strict=True):
            about = devices[row[0]]
            held = found if about in whose else self._waiting.setdefault(about, [])
            held.append(row)
            if held is not found and len(held) > _MOST:
                whose.add(about)
        for about in whose:
            found += self._waiting.pop(about, ())
        return found
