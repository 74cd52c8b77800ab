"""A closer look at streams in which a reading stands out: which readings are in doubt, those of many series at once.

The rule: *doubted at most once, and never for growing worse*. A reading that stands out is an artefact for now; the
next one is taken as it is, and where it lies nearer to the doubted one than to what was before, both are true. So a
fall from 97 to 84 % alarms when it would have without this, and a single 84 never does. Who is outside the plan's
limits already is not doubted for going further.
"""

from typing import Final

import numpy as np

from detectors.artefacts_hampel import confirmed, spikes
from detectors.artefacts_jump import jumps
from detectors.columns import NEVER, Bools, Floats, Index, Ints
from detectors.pasts import Pasts, Readings
from detectors.usual_rows import APART, FAR, HIGH, JUMP, LOW
from vitals.times import MINUTE

WAITS: Final = 30 * MINUTE
"""Later, the next reading says nothing about the doubted one."""
_NONE: Final = -1
_MOST: Final = 512
"""Readings looked at in one go: what follows a doubted one must be looked at anew."""


class Closer:
    """``noise`` [n]: in doubt in the end; ``doubted`` [n]: for a while at least. By series [k]: ``good`` the newest
    accepted value, ``left`` which reading still waits (-1: none of these), ``waits`` whether the one of an earlier
    batch does, and ``believed`` whether that one is true.

    ``usual`` [k, 7] as UsualRows has it; ``waiting`` [k] time and value of what was in doubt before.
    """

    def __init__(
        self, readings: Readings, pasts: Pasts, usual: Floats, good: Floats, waiting: tuple[Ints, Floats]
    ) -> None:
        self._of, self._time, self._value = readings
        self._pasts, self._usual, self._waiting = pasts, usual, waiting
        counts = readings.counts(len(good))
        self._ends = counts.cumsum()
        self._next = self._ends - counts
        self.good = good.copy()
        self.noise, self.doubted = np.zeros((2, len(self._of)), bool)
        self.left = np.full(len(good), _NONE)
        self.waits: Bools = waiting[0] != NEVER
        self.believed = np.zeros(len(good), bool)

    def run(self) -> None:
        """Each round finds the first reading in doubt of every series, and what the one after it says of that."""
        self._earlier()
        far = self._far()
        while len(rows := far.nonzero()[0][:_MOST]):
            far[rows] = False
            odd = rows[self._odd(rows)]
            if not len(odd):
                continue
            of = self._of[odd]
            lead = np.append(True, of[1:] != of[:-1])
            of = of[lead]
            self._doubt(odd[lead], of)
            self._go_on(far, rows, of)
        rest = self._next < self._ends
        self.good[rest] = self._value[self._ends[rest] - 1]

    def _go_on(self, far: Bools, looked: Index, of: Index) -> None:
        """What comes after is looked at (again), for it has another past now."""
        following = np.full(len(self.good), len(far))
        following[of] = self._next[of]
        far[looked[looked >= following[self._of[looked]]]] = True
        far[self._next[of] - 1] = False
        of = of[self._next[of] < self._ends[of]]
        after = self._next[of]
        far[after] = np.abs(self._value[after] - self.good[of]) > self._usual[of, FAR]

    def _earlier(self) -> None:
        """The first readings take sides about what was in doubt before; one without any past takes none."""
        for _ in range(2):
            some = (self.waits & (self._next < self._ends)).nonzero()[0]
            if not len(some):
                return
            rows = self._next[some]
            now, value = self._time[rows], self._value[rows]
            last = self._pasts.last(rows)
            sees = ~np.isnan(self.good[some]) & ~np.isnan(last)
            then, what = self._waiting[0][some], self._waiting[1][some]
            soon = sees & (now - then <= WAITS)
            self.waits[some[sees]] = False
            true = some[soon & confirmed(last, what, value)]
            self.believed[true] = True
            self._pasts.believe(true)
            taken = soon | ~sees
            self._next[some[taken]] += 1
            self.good[some[taken]] = value[taken]

    def _far(self) -> Bools:
        """[n] Whether each lies far from the one before, if that is accepted."""
        before = np.empty_like(self._value)
        before[1:] = self._value[:-1]
        has = self._next < self._ends
        before[self._next[has]] = self.good[has]
        far: Bools = np.abs(self._value - before) > self._usual[self._of, FAR]
        return far & (np.arange(len(far)) >= self._next[self._of])

    def _odd(self, rows: Index) -> Bools:
        """[q] Spikes and jumps, but for those that only grow worse."""
        time, past = self._pasts.before(rows)
        now, value, usual = self._time[rows], self._value[rows], self._usual[self._of[rows]]
        last = past[:, -1]
        odd = spikes(now, value, (time, past), usual[:, FAR], usual[:, APART])
        odd |= jumps(now - time[:, -1], last, value, usual[:, JUMP])
        worsens = (value < last) & (last < usual[:, LOW]) | (value > last) & (last > usual[:, HIGH])
        return odd & ~worsens

    def _doubt(self, rows: Index, of: Index) -> None:
        """These are in doubt, one of each series; the next reading is taken as it is, if it comes soon."""
        self.doubted[rows] = True
        before = np.where(rows > self._next[of], self._value[rows - 1], self.good[of])
        has = rows + 1 < self._ends[of]
        after = np.where(has, rows + 1, rows)
        soon = has & (self._time[after] - self._time[rows] <= WAITS)
        true = soon & confirmed(self._pasts.last(rows), self._value[rows], self._value[after])
        self.noise[rows] = ~true
        self._pasts.mark(rows[~true], good=False)
        self.good[of] = np.where(soon, self._value[after], before)
        self._next[of] = rows + 1 + soon
        self.left[of] = np.where(has, _NONE, rows)
