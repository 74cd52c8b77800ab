"""What has been accepted of some series before each of their readings: from their rings, and from the batch itself."""

from typing import Final, NamedTuple

import numpy as np

from detectors.artefacts_hampel import WIDTH
from detectors.columns import NEVER, Floats, Index, Ints
from detectors.rings import Rings

_BACK: Final = np.arange(-WIDTH, 0)
_HEAD: Final = WIDTH + 1


class Readings(NamedTuple):
    """Some readings ``of`` series 0..k-1, in the order of series and time."""

    of: Index
    time: Ints
    value: Floats

    def counts(self, series: int) -> Index:
        """[k] How many there are of each."""
        return np.bincount(self.of, minlength=series)


class Pasts:
    """For each series, side by side in the order of time: the end of its ring, the reading of an earlier batch that is
    in doubt (``waits``), late ones, and the ``readings`` themselves, which count as accepted until somebody says
    otherwise.

    >>> rings = Rings()
    >>> rings.grow(1)
    >>> rings.push(np.zeros(1, int), np.array([10]), np.array([97.0]))
    >>> some = Readings(np.zeros(2, int), np.array([20, 30]), np.array([98.0, 60.0]))
    >>> pasts = Pasts(rings, np.zeros(1, int), (np.array([NEVER]), np.array([np.nan])), some)
    >>> time, value = pasts.before(np.array([1]))
    >>> time[0, -2:].tolist(), value[0, -3:].tolist()
    ([10, 20], [nan, 97.0, 98.0])
    """

    def __init__(
        self, rings: Rings, codes: Index, waits: tuple[Ints, Floats], readings: Readings, late: Readings | None = None
    ) -> None:
        size = len(codes)
        begins = np.arange(size) * _HEAD + (ends := readings.counts(size).cumsum()) - readings.counts(size)
        self._of = readings.of
        self._at = np.arange(len(readings.of)) + _HEAD * (readings.of + 1)
        self._waits, self._begins = begins + WIDTH, begins
        whole = size * _HEAD + (int(ends[-1]) if size else 0)
        self._time, self._value = np.empty(whole, np.int64), np.empty(whole)
        self._good = np.zeros(whole, bool)
        ring = begins[:, None] + np.arange(WIDTH)
        self._time[ring], self._value[ring] = rings.ends(codes, WIDTH)
        empty = WIDTH - rings.filled(codes)[:, None] > np.arange(WIDTH)
        self._time[ring[empty]] = NEVER
        self._good[ring] = ~empty
        self._time[self._waits], self._value[self._waits] = waits
        self._time[self._at], self._value[self._at], self._good[self._at] = readings.time, readings.value, True
        if late is not None and len(late.of):
            self._merge(late, ends)

    def before(self, rows: Index) -> tuple[Ints, Floats]:
        """[q, WIDTH] times and values of the newest accepted readings before each, oldest first; where there are
        fewer, NEVER and NaN in front.
        """
        good, numbers = self._numbers(rows)
        first = good.searchsorted(self._begins[self._of[rows]])
        inside = numbers >= first[:, None]
        at = good[np.maximum(numbers, 0)]
        return np.where(inside, self._time[at], NEVER), np.where(inside, self._value[at], np.nan)

    def last(self, rows: Index) -> Floats:
        """[q] The newest accepted value before each, NaN where there is none."""
        good, numbers = self._numbers(rows)
        newest = numbers[:, -1]
        inside = newest >= good.searchsorted(self._begins[self._of[rows]])
        return np.where(inside, self._value[good[np.maximum(newest, 0)]], np.nan)

    def mark(self, rows: Index, *, good: bool) -> None:
        """These readings are accepted, or are not."""
        self._good[self._at[rows]] = good

    def believe(self, series: Index) -> None:
        """What waited of these series is accepted."""
        self._good[self._waits[series]] = True

    def _numbers(self, rows: Index) -> tuple[Index, Index]:
        good = self._good.nonzero()[0]
        return good, good.searchsorted(self._at[rows])[:, None] + _BACK

    def _merge(self, late: Readings, ends: Index) -> None:
        """Late ones go where their time is, where none stands: what is delivered again is no further reading."""
        series = np.arange(len(ends))
        sizes = np.diff(ends, prepend=0) + _HEAD
        of = np.concatenate([series.repeat(sizes), late.of])
        time = np.concatenate([self._time, late.time])
        order = np.lexsort((time, of))
        of, time, came = of[order], time[order], order >= len(self._time)
        again = came[1:] & (of[1:] == of[:-1]) & (time[1:] == time[:-1])
        place = np.empty(len(order), np.intp)
        place[order] = np.arange(len(order))
        self._time, self._value = time, np.concatenate([self._value, late.value])[order]
        self._good = np.concatenate([self._good, np.ones(len(late.of), bool)])[order]
        self._good[1:][again] = False
        self._at, self._waits = place[self._at], place[self._waits]
        self._begins = of.searchsorted(series)
