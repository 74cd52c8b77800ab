"""Parts of windows: the readings of a stretch of time before a sample, one a minute, and their medians."""

from dataclasses import dataclass

import numpy as np

from detectors.base import Bools, Floats, Index, Ints, Windows
from detectors.rings import CAP
from vitals.times import MINUTE


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part for each of q samples: ``sample`` [n] which readings, grouped by ``of`` [n] (0..q-1, ascending)."""

    sample: Index
    of: Index
    count: Index

    def begins(self) -> Index:
        """Where each group begins in ``sample``; groups must not be empty."""
        return np.cumsum(self.count) - self.count

    def median(self, value: Floats) -> Floats:
        """[q] medians, NaN of an empty part.

        >>> part = Part(np.array([0, 1, 2, 3]), np.array([0, 0, 0, 1]), np.array([3, 1, 0]))
        >>> part.median(np.array([5.0, 90.0, 7.0, 4.0])).tolist()
        [7.0, 4.0, nan]
        """
        held = value[self.sample]
        held = np.append(held[np.lexsort((held, self.of))], np.nan)
        last = len(held) - 1
        low = np.where(self.count > 0, self.begins() + (self.count - 1) // 2, last)
        high = np.where(self.count > 0, self.begins() + self.count // 2, last)
        middle: Floats = (held[low] + held[high]) / 2
        return middle

    def middle(self, time: Ints) -> Floats:
        """[q] mean of the first and the last reading's time, NaN of an empty part."""
        bounds = np.append(time[self.sample].astype(np.float64), np.nan)
        empty = len(bounds) - 1
        first = np.where(self.count > 0, self.begins(), empty)
        last = np.where(self.count > 0, self.begins() + self.count - 1, empty)
        middle: Floats = (bounds[first] + bounds[last]) / 2
        return middle


def only(windows: Windows, kept: Bools) -> tuple[Windows, Index]:
    """The windows ``kept`` [m] alone, and which samples those are."""
    if kept.all():
        return windows, np.arange(len(windows.time))
    samples = np.flatnonzero(kept[windows.segment])
    segment = (np.cumsum(kept) - 1)[windows.segment[samples]]
    plan = {name: column[kept] for name, column in windows.plan.items()}
    holds = None if windows.holds is None else windows.holds[kept]
    time, value, new = windows.time[samples], windows.value[samples], windows.new[samples]
    starts = segment.searchsorted(np.arange(np.count_nonzero(kept)))
    return Windows(starts, segment, time, value, new, plan, windows.truncated[kept], holds), samples


def alone(windows: Windows, number: int) -> tuple[Windows, int]:
    """One of the windows, and where its samples begin."""
    begins, ends = windows.starts[number], len(windows.time)
    if number + 1 < len(windows.starts):
        ends = int(windows.starts[number + 1])
    rows, which = slice(int(begins), ends), slice(number, number + 1)
    time, value, new = windows.time[rows], windows.value[rows], windows.new[rows]
    plan = {name: column[which] for name, column in windows.plan.items()}
    starts = np.zeros(1, np.intp)
    return Windows(starts, np.zeros(len(time), np.intp), time, value, new, plan, windows.truncated[which]), rows.start


class Thinned:
    """The newest reading of each minute of each window: so a reading a second costs no more than one a minute.

    What a part holds depends on the readings up to its own sample only, and on no more than a ring always keeps, so
    however a stream was cut into batches, a sample sees the same.
    """

    def __init__(self, windows: Windows) -> None:
        time, segment = windows.time, windows.segment
        minute = time // MINUTE
        ends = np.ones(len(time), bool)
        ends[:-1] = (segment[1:] != segment[:-1]) | (minute[1:] != minute[:-1])
        self._kept = np.flatnonzero(ends)
        first = np.ones(len(time), bool)
        first[1:] = ends[:-1]
        self._minute_begins = np.maximum.accumulate(np.where(first, np.arange(len(time)), 0))
        self._windows = windows
        self._epoch = int(time.min(initial=0)) - 1 if len(time) else 0
        self._span = (int(time.max()) if len(time) else 0) - self._epoch + 1
        self._keys = segment[self._kept] * self._span + (time[self._kept] - self._epoch)

    def part(self, rows: Index, after: Ints, until: Ints, *, whole: bool = False) -> Part:
        """For each sample of ``rows`` the readings with ``after`` < time <= ``until``, which lies before the sample's
        own minute; ``whole``: up to the sample itself, and with it.
        """
        first = self._first(rows, after)
        last = self._kept.searchsorted(self._minute_begins[rows])
        if not whole:
            last = np.minimum(last, self._position(rows, until))
        count = np.maximum(last - first, 0)
        size = count + whole
        ends = size.cumsum()
        of = np.arange(len(rows)).repeat(size)
        at = np.arange(len(of)) + (first + size - ends)[of]
        if not whole:
            return Part(self._kept[at], of, size)
        at[ends - 1] = 0
        sample = self._kept[at]
        sample[ends - 1] = rows
        return Part(sample, of, size)

    def since(self, rows: Index, after: Ints) -> Ints:
        """The time of the first reading after ``after`` that each sample of ``rows`` sees, or its own."""
        first = self._first(rows, after)
        seen: Bools = first < self._kept.searchsorted(self._minute_begins[rows])
        index = np.where(seen, self._kept[np.where(seen, first, 0)], rows)
        return self._windows.time[index]

    def _first(self, rows: Index, after: Ints) -> Index:
        first = self._position(rows, after)
        return np.maximum(first, self._kept.searchsorted(rows - CAP)) if len(self._windows.time) > CAP else first

    def _position(self, rows: Index, time: Ints) -> Index:
        """Among the kept readings, the first of each row's window with a time after ``time``."""
        inside = np.minimum(np.maximum(time - self._epoch, 0), self._span - 1)
        return self._keys.searchsorted(self._windows.segment[rows] * self._span + inside, side="right")
