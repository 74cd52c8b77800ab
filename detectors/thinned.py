"""The newest reading of each minute of windows, and which of them lie before a sample."""

import numpy as np

from detectors.columns import Bools, Index, Ints
from detectors.parts import Part
from detectors.rings import CAP
from detectors.windows import Windows
from vitals.times import MINUTE


class Thinned:
    """The newest reading of each minute of each window: so a reading a second costs no more than one a minute.

    What a part holds depends on the readings up to its own sample only, and on no more than a ring always keeps, so
    however a stream was cut into batches, a sample sees the same.
    """

    def __init__(self, windows: Windows) -> None:
        time, segment, minute = windows.time, windows.segment, windows.time // MINUTE
        ends = np.ones(len(time), bool)
        np.not_equal(minute[1:], minute[:-1], out=ends[:-1])
        ends[windows.starts[1:] - 1] = True
        self._windows, self._kept = windows, ends.nonzero()[0]
        self._before: Index = ends.cumsum() - ends
        """[n] How many of those kept come before each reading's own minute."""
        times = time[self._kept]
        self._epoch = int(times.min()) - 1 if len(times) else 0
        self._span = (int(times.max()) if len(times) else 0) - self._epoch + 1
        self._keys = segment[self._kept] * self._span + (times - self._epoch)

    def upto(self, rows: Index, after: Ints, *, own: bool) -> Part:
        """For each sample of ``rows`` the readings later than ``after`` [q], up to the minute before its own; with the
        sample ``own`` too.
        """
        first = self._first(rows, after)
        count = np.maximum(self._before[rows] - first, 0)
        if not own:
            return Part.of_sizes(self._kept, first, count)
        return self._with_own(Part.of_sizes(self._kept, first, count + 1), rows)

    def two(self, rows: Index, held: Ints, after: Ints, until: Ints) -> Part:
        """For each of q samples two parts: first all q of the readings later than ``held``, with the sample's own; then
        all q of those with ``after`` < time <= ``until``, which lies before the sample's own minute.
        """
        first = self._first(rows, np.array((held, after)))
        count = self._before[rows] - first
        count[1] = np.minimum(count[1], self._position(rows, until) - first[1])
        np.maximum(count, 0, out=count)
        count[0] += 1
        return self._with_own(Part.of_sizes(self._kept, first.ravel(), count.ravel()), rows)

    def since(self, rows: Index, after: Ints) -> Ints:
        """The time of the first reading after ``after`` that each sample of ``rows`` sees, or its own."""
        first = self._first(rows, after)
        seen: Bools = first < self._before[rows]
        return self._windows.time[np.where(seen, self._kept.take(first, mode="clip"), rows)]

    def _with_own(self, part: Part, rows: Index) -> Part:
        """The last reading of the first parts is the sample itself."""
        part.sample[part.begins[: len(rows)] + part.count[: len(rows)] - 1] = rows
        return part

    def _first(self, rows: Index, after: Ints) -> Index:
        first = self._position(rows, after)
        return np.maximum(first, self._kept.searchsorted(rows - CAP)) if len(self._windows.time) > CAP else first

    def _position(self, rows: Index, time: Ints) -> Index:
        """Among the kept readings, the first of each row's window with a time after ``time``."""
        inside = np.minimum(np.maximum(time - self._epoch, 0), self._span - 1)
        return self._keys.searchsorted(self._windows.segment[rows] * self._span + inside, side="right")
