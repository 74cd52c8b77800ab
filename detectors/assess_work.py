"""One batch on its way through the gate: what is doubted of it, and what it confirms."""

from dataclasses import dataclass, field

import numpy as np

from detectors.columns import Index, Ints
from detectors.doubts import Doubted
from detectors.pasts import Readings
from vitals.batch import Batch


@dataclass(frozen=True, slots=True, eq=False)
class Assessed:
    """Doubts of one batch: ``rows`` of it, the Reason of each; ``believed`` (series, time) are no longer doubted."""

    batch: Batch
    rows: Index
    why: Index
    believed: frozenset[tuple[int, int]]


_NO_ROW: np.ndarray = np.zeros(0, np.intp)


@dataclass(slots=True)
class Work:
    """``why`` [n] is filled in, a Reason each; ``late``: rows no newer than what was known of their series;
    ``believed``: doubted readings of earlier batches that are confirmed.
    """

    batch: Batch
    why: Ints
    late: Index = field(default_factory=lambda: _NO_ROW)
    believed: list[Batch] = field(default_factory=list)
    cleared: dict[int, int] = field(default_factory=dict)
    """Rows of this batch that were in doubt for a while, and why."""

    def clear(self, rows: Index) -> None:
        """Take the doubt of these back."""
        self.cleared |= dict(zip(rows.tolist(), self.why[rows].tolist(), strict=True))
        self.why[rows] = 0

    def believe(self, earlier: Batch) -> None:
        """Doubted readings of earlier batches are true; one of them may have come once more, late."""
        again = np.zeros(len(earlier), bool)
        if len(self.late):
            series, time = self.batch.series[self.late], self.batch.time[self.late]
            for i, key in enumerate(zip(earlier.series.tolist(), earlier.time.tolist(), strict=True)):
                rows = self.late[(series == key[0]) & (time == key[1])]
                again[i] = len(rows) > 0
                self.clear(rows)
        if not again.all():
            self.believed.append(earlier.take(~again))

    def believe_one(self, one: Doubted, rows: Index) -> None:
        """The same of a single reading, whose series has these rows here."""
        rows = rows[self.batch.time[rows] == one.time]
        self.clear(rows)
        if not len(rows):
            self.believed.append(Batch.of(*([column] for column in one)))

    def late_of(self, codes: Index) -> Readings | None:
        """What came late of these series, and is accepted."""
        if not len(self.late):
            return None
        order = codes.argsort()
        series = self.batch.series[self.late]
        of = order[np.minimum(codes[order].searchsorted(series), len(codes) - 1)]
        kept = (codes[of] == series) & (self.why[self.late] == 0)
        rows, of = self.late[kept], of[kept]
        return Readings(of, self.batch.time[rows], self.batch.value[rows])
