"""Hours on their way into the rows: columns of sums, put together."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np

from detectors.columns import Bools, Index, Ints

SCALE: Final = 10_000
"""Sums are whole numbers of this part of a unit: adding those in any order gives the same, adding floats does not."""
SEEN: Final = 360
"""The newest hours with readings of each track that a detector is shown: fifteen days of a streamed signal, so that the
two weeks before a morning are whole until the next one, also when summer ends; months of one measured daily."""
KEPT: Final = SEEN + 24
"""Those that are kept: as of any hour of the last day as many are shown, whatever has come since, so that what a start
judges again looks as it did."""
MARKED_LOW: Final[Mapping[str, float]] = {"glucose": 70.0, "spo2": 90.0}
"""Below this a reading counts in ``Tracks.below``: glucose in mg/dL (level 1 of the ATTD consensus, Battelino et al.,
Diabetes Care 2019), SpO2 in % (T90, the share of the night below 90 %)."""


@dataclass(frozen=True, slots=True, eq=False)
class Lot:
    """Columns of n rows: ``track``, ``hour`` int64; ``total`` int64 (SCALE), ``count`` and ``below`` int64 readings,
    ``fresh`` bool: one of them at least was not stale.
    """

    track: Index
    hour: Ints
    total: Ints
    count: Ints
    below: Ints
    fresh: Bools

    def take(self, rows: Any) -> Self:
        return type(self)(*(getattr(self, f.name)[rows] for f in fields(self)))

    def beside(self, other: "Lot") -> "Lot":
        return Lot(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))

    def summed(self) -> "Lot":
        """One row for each (track, hour), sorted, readings added up.

        >>> ones = np.ones(3, np.int64)
        >>> lot = Lot(ones, np.array([7, 5, 7]), ones * 10, ones, ones * 0, ones > 0)
        >>> lot.summed().hour.tolist(), lot.summed().total.tolist()
        ([5, 7], [10, 20])
        """
        if not len(self.track):
            return self
        lot = self.take(np.argsort((self.track.astype(np.int64) << 32) + self.hour, kind="stable"))
        first = np.flatnonzero(_first_of_hour(lot))
        total, count, below = (np.add.reduceat(column, first) for column in (lot.total, lot.count, lot.below))
        fresh = np.logical_or.reduceat(lot.fresh, first)
        return Lot(lot.track[first], lot.hour[first], total, count, below, fresh)

    def fullest(self) -> "Lot":
        """One row for each (track, hour), sorted: that which counts most readings, of equal ones the last."""
        lot = self.take(np.lexsort((self.count, self.hour, self.track)))
        return lot.take(np.append(_first_of_hour(lot)[1:], True))


def _first_of_hour(lot: Lot) -> Bools:
    first = np.ones(len(lot.track), bool)
    first[1:] = (lot.track[1:] != lot.track[:-1]) | (lot.hour[1:] != lot.hour[:-1])
    return first
