"""One batch on its way through the gate: what is doubted of it, and what it confirms."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from detectors.base import Floats, Index, Ints
from detectors.doubts import Doubted
from detectors.runs import Grouped
from vitals.batch import Batch


@dataclass(frozen=True, slots=True, eq=False)
class Assessed:
    """Doubts of one batch: ``rows`` of it, the Reason of each; ``believed`` (series, time) are no longer doubted."""

    batch: Batch
    rows: Index
    why: Index
    believed: frozenset[tuple[int, int]]


_NO_ROW: Final[Index] = np.zeros(0, np.intp)
_NO_TIME: Final[Ints] = np.zeros(0, np.int64)
_NO_VALUE: Final[Floats] = np.zeros(0)


@dataclass(slots=True)
class Work:
    """``why`` is filled in; ``believed`` are doubted readings of earlier batches now confirmed; ``group``: its usable
    rows by series, None while no series stands twice.
    """

    batch: Batch
    why: Ints
    group: Grouped | None = None
    believed: list[Doubted] = field(default_factory=list)
    cleared: dict[int, int] = field(default_factory=dict)
    """Rows of this batch that were in doubt for a while, and why."""

    def believe(self, confirmed: list[Doubted]) -> None:
        """Take the doubt back."""
        for one in confirmed:
            row = self._rows_of(one.code)
            row = row[self.batch.time[row] == one.time]
            self.cleared |= {int(at): int(self.why[at]) for at in row}
            self.why[row] = 0
            self.believed += [] if len(row) else [one]

    def accepted(self, code: int, before: int) -> tuple[Ints, Floats]:
        """Times and values of a series that are accepted here and are not in its ring yet."""
        late = [one for one in self.believed if one.code == code]
        if self.group is None and not late:
            return _NO_TIME, _NO_VALUE
        rows = self._rows_of(code)
        rows = rows[(self.batch.time[rows] < before) & (self.why[rows] == 0)]
        time, value = self.batch.time[rows], self.batch.value[rows]
        if not late:
            return time, value
        return np.append(time, [one.time for one in late]), np.append(value, [one.value for one in late])

    def _rows_of(self, code: int) -> Index:
        """Rows of a series that come before others of it; none while no series stands twice."""
        return _NO_ROW if self.group is None else self.group.rows_of(code)
