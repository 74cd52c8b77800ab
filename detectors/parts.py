"""Parts of windows: the readings of a stretch of time before a sample, one a minute, and their medians."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from detectors.columns import Bools, Floats, Index, Ints
from detectors.masks import all_of, any_of
from detectors.windows import Windows


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part for each of q samples: ``sample`` [n] which readings, grouped by ``of`` [n] (0..q-1, ascending); groups of
    ``count`` [q] readings begin at ``begins`` [q].
    """

    sample: Index
    of: Index
    count: Index
    begins: Index

    @classmethod
    def of_sizes(cls, kept: Index, first: Index, count: Index) -> Self:
        """Each so many of ``kept``, from its own first on; beyond the last it is the last."""
        begins = count.cumsum() - count
        of = np.arange(len(count)).repeat(count)
        return cls(kept.take(np.arange(len(of)) + (first - begins)[of], mode="clip"), of, count, begins)

    def first(self, size: int) -> "Part":
        """The parts of the first so many samples."""
        ends = int(self.begins[size]) if size < len(self.begins) else len(self.sample)
        return Part(self.sample[:ends], self.of[:ends], self.count[:size], self.begins[:size])

    def median(self, value: Floats) -> Floats:
        """[q] medians, NaN of an empty part.

        >>> part = Part.of_sizes(np.array([0, 1, 2, 3]), np.array([0, 3, 4]), np.array([3, 1, 0]))
        >>> part.median(np.array([5.0, 90.0, 7.0, 4.0])).tolist()
        [7.0, 4.0, nan]
        """
        held = value[self.sample]
        held = held[np.lexsort((held, self.of))]
        return self._mean(held, (self.count - 1) // 2, self.count // 2)

    def middle(self, time: Ints) -> Floats:
        """[q] mean of the first and the last reading's time, NaN of an empty part."""
        return self._mean(time[self.sample].astype(np.float64), 0, self.count - 1)

    def _mean(self, held: Floats, first: Index | int, second: Index) -> Floats:
        """[q] The mean of two of each part."""
        some = self.count > 0
        if all_of(some):
            mean: Floats = (held[self.begins + first] + held[self.begins + second]) / 2
            return mean
        found = np.full(len(some), np.nan)
        if any_of(some):
            begins, first = self.begins[some], np.broadcast_to(first, len(some))[some]
            found[some] = (held[begins + first] + held[begins + second[some]]) / 2
        return found


def only(windows: Windows, kept: Bools) -> tuple[Windows, Index]:
    """The windows ``kept`` [m] alone, and which samples those are."""
    if all_of(kept):
        return windows, np.arange(len(windows.time))
    samples = kept[windows.segment].nonzero()[0]
    segment = (kept.cumsum() - 1)[windows.segment[samples]]
    plan = {name: column[kept] for name, column in windows.plan.items()}
    holds = None if windows.holds is None else windows.holds[:, kept]
    time, value, new = windows.time[samples], windows.value[samples], windows.new[samples]
    starts = segment.searchsorted(np.arange(np.count_nonzero(kept)))
    return Windows(starts, segment, time, value, new, plan, windows.truncated[kept], holds), samples
