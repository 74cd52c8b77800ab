"""Nights of hourly tracks: how much of each of the last nights was measured, and how much of it was too low."""

from dataclasses import dataclass

import numpy as np

from detectors.bins import local_now
from detectors.columns import Bools, Floats, Ints
from detectors.slow import Tracks


@dataclass(frozen=True, slots=True, eq=False)
class Nights:
    """[m, n] nights, the last column the one that has just ended: ``hours`` measured, ``below`` the mean share (0..1)
    of their readings that were too low, NaN where none; ``worst`` that of the worst hour; ``end`` when each was over,
    in hours since the epoch UTC (0 where not measured).
    """

    hours: Ints
    below: Floats
    worst: Floats
    end: Ints

    @classmethod
    def of(cls, tracks: Tracks, first: int, last: int, nights: int, least: int) -> "Nights":
        """Nights from ``first`` to ``last`` o'clock, hours with fewer than ``least`` readings left out; each hour
        counts alike, so that a stretch of quicker readings does not.

        The hours of a repeated clock hour (when summer ends) both count, and a skipped one is missing.

        >>> hour = np.array([[22, 24, 27]])
        >>> tracks = Tracks(0, hour, hour, hour * 1.0, hour, np.array([[0.0, 0.5, 0.1]]), hour[:, 0], {})
        >>> Nights.of(tracks, 22, 6, 2, 1).hours.tolist()  # as of midnight: the night 1970-01-01 is not over
        [[0, 0]]
        """
        since = (
            tracks.local - 1 - first % 24 + 24 * (first > last)
        )  # an hour's readings were taken in the clock hour before
        inside = (since % 24 < (last - first) % 24) & (tracks.count >= least)
        age = last_over(tracks, last)[:, None] - since // 24
        chosen = inside & (age >= 0) & (age < nights)
        return cls._of(tracks, chosen, nights - 1 - age, nights)

    @classmethod
    def _of(cls, tracks: Tracks, chosen: Bools, column: Ints, nights: int) -> "Nights":
        rows, places = np.nonzero(chosen)
        cell = (rows, column[rows, places])
        shape = (len(tracks.hour), nights)
        hours, end = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        total, worst = np.zeros(shape), np.full(shape, np.nan)
        np.add.at(hours, cell, 1)
        np.add.at(total, cell, tracks.below[rows, places])
        np.fmax.at(worst, cell, tracks.below[rows, places])
        np.maximum.at(end, cell, tracks.hour[rows, places])
        return cls(hours, np.where(hours > 0, total / np.maximum(hours, 1), np.nan), worst, end)


def last_over(tracks: Tracks, last: int) -> Ints:
    """[m] the number of the day on which the newest night that is over (at ``last`` o'clock) ended."""
    over: Ints = (local_now(tracks) - last) // 24
    return over
