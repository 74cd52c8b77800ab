"""Who was observed from when to when: what days, hours and negatives are counted from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.evaluation.spans import Floats, Ints, Spans
from monitor.longcsv import LongCsv
from vitals.errors import BadDataError
from vitals.times import DAY, HOUR


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Patients in the order of their names, with the times of their first and last reading, ms UTC [patients].

    An hour of the grid begins at ``first`` and at every whole hour after it, up to ``last``: so a patient with one
    reading is observed for one hour.
    """

    names: list[str]
    first: Ints
    last: Ints

    @classmethod
    def of(cls, rows: Sequence[tuple[str, int, int]]) -> "Observed":
        """From (patient, first, last)."""
        rows = sorted(rows)
        return cls(
            [row[0] for row in rows],
            np.array([row[1] for row in rows], np.int64),
            np.array([row[2] for row in rows], np.int64),
        )

    def __len__(self) -> int:
        return len(self.names)

    @property
    def end(self) -> Ints:
        """The end of each patient's last hour."""
        return self.first + (self.cells * HOUR).astype(np.int64)

    @property
    def cells(self) -> Floats:
        """How many hours of the grid each has."""
        return ((self.last - self.first) // HOUR + 1).astype(np.float64)

    @property
    def days(self) -> Floats:
        """The same in days."""
        return self.cells * (HOUR / DAY)

    def hours(self, spans: Spans) -> Spans:
        """Joined spans of whole hours of the grid in which ``spans`` are, in numbers of hours since ``first``."""
        cut = spans.within(self.first, self.end)
        since = self.first[cut.who]
        return Spans.of(cut.who, (cut.start - since) // HOUR, -((since - cut.end) // HOUR)).joined()


def observed_in(readings: LongCsv) -> Observed:
    """Each patient's first and last accepted reading; BadDataError when there is none."""
    rows = readings.select("SELECT patient, min(stamp), max(stamp) FROM reading GROUP BY ALL").fetchall()
    if not rows:
        raise BadDataError(f"{readings.path}: not one usable reading: name the long CSV that was replayed")
    return Observed.of(rows)
