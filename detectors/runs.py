"""Equal readings in a row: how long each run is, and which are too long for a working sensor."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from detectors.artefacts_stuck import stuck
from detectors.columns import Bools, Floats, Index
from detectors.grouped import Grouped
from detectors.habits import CHANGES, RUN, SAME, SEEN, START, TIME, VALUE
from detectors.usual_rows import SAME as _SAME
from detectors.usual_rows import SAME_FOR as _SAME_FOR
from detectors.usual_rows import UsualRows


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Of grouped readings [n]: whether each ``changed`` from the one before it; the ``length`` of its run by then; the
    reading with which the run began, ``since``, which lies before its series' first where it began in the past (None:
    one reading a series; it is that, or lies in the past).
    """

    changed: Bools
    length: Floats
    since: Index | None

    @classmethod
    def of(cls, grouped: Grouped, rows: Floats) -> Self:
        """``rows`` [m]: what was known of each series before.

        >>> from vitals.batch import Batch
        >>> batch = Batch.of([0] * 4, range(4), [7, 7, 8, 8], range(4))
        >>> rows = np.zeros((1, 9)); rows[0, [VALUE, RUN]] = 7, 2
        >>> runs = Runs.of(Grouped.by_series(batch, np.arange(4)), rows)
        >>> runs.changed.tolist(), runs.since.tolist(), runs.length.tolist()
        ([False, False, True, False], [-1, -1, 2, 2], [3.0, 4.0, 1.0, 2.0])
        """
        changed = grouped.value != grouped.before(grouped.value, rows[:, VALUE])
        if grouped.single:
            length = rows[:, RUN] + 1.0
            np.copyto(length, 1.0, where=changed)
            return cls(changed, length, None)
        number, first = np.arange(len(changed)), grouped.starts[grouped.of]
        since = np.maximum.accumulate(np.where(changed, number, first - 1))
        length = (number - since).astype(np.float64)
        return cls(changed, length + np.where(since < first, rows[grouped.of, RUN], 1.0), since)

    def stuck(self, grouped: Grouped, rows: Floats, usual: UsualRows) -> Bools | None:
        """[n] The readings whose run is too long; None where there are none."""
        same = rows[:, SAME]
        at = (self.length > (same if grouped.single else same[grouped.of])).nonzero()[0]
        if len(at):
            at = at[~self.changed[at]]
        if not len(at):
            return None
        of = grouped.of[at]
        first, known = grouped.starts[of], rows[of]
        begun = known[:, START]
        if self.since is not None:
            since = self.since[at]
            begun = np.where(since < first, begun, grouped.time[since])
        changes = self.changed.cumsum()
        changes = changes[at] - changes[first] + self.changed[first] + known[:, CHANGES] - 1
        seen = known[:, SEEN] + (at - first) - (self.length[at] - 1)
        its = usual.of(grouped.codes[of])
        lasted = (grouped.time[at] - begun).astype(np.int64)
        found = stuck(self.length[at], lasted, (seen, changes), its[:, _SAME], its[:, _SAME_FOR])
        if not found.any():
            return None
        too_long = np.zeros(len(self.length), bool)
        too_long[at] = found
        return too_long

    def take(self, grouped: Grouped, rows: Floats) -> None:
        """What is known afterwards, but for what was accepted, written into ``rows``."""
        if self.since is None:
            seen, changes = rows[:, SEEN], rows[:, CHANGES]  # adding to ``rows[...]`` itself would write it twice
            seen += 1.0
            changes += self.changed
            np.copyto(rows[:, START], grouped.time, where=self.changed)
            rows[:, RUN], rows[:, TIME], rows[:, VALUE] = self.length, grouped.time, grouped.value
            return
        last = grouped.last
        since = self.since[last]
        rows[:, SEEN] += last - grouped.starts + 1
        rows[:, CHANGES] += np.add.reduceat(self.changed, grouped.starts, dtype=np.int64)
        np.copyto(rows[:, START], grouped.time[since], where=since >= grouped.starts)
        rows[:, RUN], rows[:, TIME], rows[:, VALUE] = self.length[last], grouped.time[last], grouped.value[last]
