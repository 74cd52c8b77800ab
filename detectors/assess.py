"""The gate before detection: which readings are measurements at all. Artefacts are flagged, kept, and never judged."""

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from detectors.artefacts import Reason, probe_off, told_apart
from detectors.assess_work import Assessed, Work
from detectors.columns import Bools, Floats, Index
from detectors.flagged import REMEMBERED, Flagged
from detectors.grouped import Grouped
from detectors.habits import FLOOR, GOOD, SAME, TIME, Habits
from detectors.looks import Looks
from detectors.masks import all_of, any_of
from detectors.past_beliefs import believed, on_time
from detectors.runs import Runs
from detectors.ward import Ward
from vitals.batch import Batch, Quality
from vitals.intake import Intake

if TYPE_CHECKING:
    from detectors.quality import SignalQuality

_ARTEFACT: Final = int(Quality.ARTEFACT)


class Assessor:
    """Judges each series' readings in their order, so that how they arrive does not matter.

    A reading near the one before, of a value that has not stood for too long, needs no closer look: a few comparisons
    decide that for all at once.
    """

    def __init__(self, detector: "SignalQuality", ward: Ward) -> None:
        self._ward = ward
        self._habits, self._looks, self._flagged = Habits(), Looks(detector, ward), Flagged()
        self.assessed: Assessed | None = None
        self.counts: Counter[str] = Counter()
        """Artefacts so far, by reason."""

    def use(self) -> None:
        """Care plans have changed."""
        self._looks.use()
        self.grow()

    def grow(self) -> None:
        """Make room for new series, and look their plans up."""
        self._habits.grow(self._ward.rings.size)
        new, floor, same = self._looks.grow()
        self._habits.rows[new, FLOOR], self._habits.rows[new, SAME] = floor, same

    def warm(self, history: Batch) -> None:
        """Learn each series' habit from what the store holds (sorted by series and time)."""
        odd, why = told_apart(history, self._ward.series.signal_codes()[history.series])
        reasons = np.zeros(len(history), np.int64)
        reasons[odd] = why
        reasons[believed(history, reasons, self._looks.scales)] = Reason.NONE
        flagged = (reasons > int(Reason.PROBE_OFF)).nonzero()[0]
        flagged = flagged[history.time[flagged].argsort(kind="stable")][-REMEMBERED:]
        self._flagged.add(zip(_keys(history, flagged), reasons[flagged].tolist(), strict=True))
        known = ((reasons != Reason.PROBE_OFF) & on_time(history)).nonzero()[0]
        if len(known):
            self._learn(Grouped.by_series(history, known), reasons == 0)
        self._habits.rows[self._looks.warm(history, reasons), FLOOR] = -1

    def believed(self, history: Batch) -> Index:
        """Rows of what the store holds (as above) that are flagged there, and were believed in the end."""
        odd, why = told_apart(history, self._ward.series.signal_codes()[history.series])
        reasons = np.zeros(len(history), np.int64)
        reasons[odd] = why
        return believed(history, reasons, self._looks.scales)

    def assess(self, intake: Intake) -> Intake:
        """The intake with its artefacts flagged, and with doubted readings that it confirms (good, at their time)."""
        self.assessed = None
        if not len(intake.batch):
            return intake
        batch = self._ward.sorting.ordered(intake.batch)
        work = Work(batch, np.zeros(len(batch), np.int8))
        row = None if self._ward.sorting.clean(batch) else self._usable(batch, work)
        if row is None or len(row):
            self._sift(batch, row, work)
        if work.believed or work.cleared or any_of(work.why):
            return self._flag(intake, work)
        return intake if batch is intake.batch else replace(intake, batch=batch)

    def _usable(self, batch: Batch, work: Work) -> Index | None:
        """The rows that may be measurements, None: all; the others are told apart."""
        off = probe_off(self._ward.series.signal_codes()[batch.series], batch.value)
        work.why[:] = np.where(batch.quality & _ARTEFACT, np.where(off, Reason.PROBE_OFF, Reason.NOISE), 0)
        usable = np.isfinite(batch.value) & (work.why == 0)
        return None if all_of(usable) else usable.nonzero()[0]

    def _sift(self, batch: Batch, row: Index | None, work: Work) -> None:
        """Judge these rows (all), and what was delivered twice as it was the first time."""
        single = self._ward.sorting.all_different(batch.series)
        grouped = Grouped.alone(batch, row) if single else Grouped.by_series(batch, row)
        self._judge(grouped, work)
        if grouped.twins is not None:
            again, first = grouped.twins
            work.why[again] = work.why[first]

    def _learn(self, grouped: Grouped, good: Bools) -> None:
        """Take readings in of which it is known whether they are ``good`` (by row)."""
        rows = self._habits.of(grouped.codes)
        Runs.of(grouped, rows).take(grouped, rows)
        newest = np.maximum.accumulate(np.where(good[grouped.row], np.arange(len(grouped.row)), -1))[grouped.last]
        rows[:, GOOD] = np.where(newest >= grouped.starts, grouped.value[newest], rows[:, GOOD])
        self._habits.put(grouped.codes, rows)

    def _judge(self, grouped: Grouped, work: Work) -> None:
        """Leave out what is late, and judge the others."""
        rows = self._habits.of(grouped.codes)
        late = grouped.late(rows[:, TIME])
        if not any_of(late):
            self._take(grouped, rows, work)
            return
        self._again(grouped.row[late], work)
        rest = grouped.without(work.batch, late)
        if rest is not None:
            self._take(rest, self._habits.of(rest.codes), work)

    def _take(self, grouped: Grouped, rows: Floats, work: Work) -> None:
        """Find the few series that need a closer look; of the others all is taken in at once."""
        runs = Runs.of(grouped, rows)
        stuck = runs.stuck(grouped, rows, self._looks.usual)
        before, floor = grouped.before(grouped.value, rows[:, GOOD]), rows[:, FLOOR]
        odd = grouped.any(np.abs(grouped.value - before) > (floor if grouped.single else floor[grouped.of]))
        if stuck is not None:
            odd |= grouped.any(stuck)
            work.why[grouped.row[stuck]] = Reason.STUCK
        good, some = grouped.value if grouped.single else grouped.value.take(grouped.last), odd.nonzero()[0]
        if len(some):
            good = good.copy()
            good[some], rows[some, FLOOR] = self._looks.look(grouped, some, rows[some, GOOD], work)
        runs.take(grouped, rows)
        rows[:, GOOD] = good
        self._habits.put(grouped.codes, rows)

    def _again(self, rows: Index, work: Work) -> None:
        """Readings of an earlier time: each is what it was found to be, if it was."""
        work.late = rows
        keys = zip(work.batch.series[rows].tolist(), work.batch.time[rows].tolist(), strict=True)
        work.why[rows] = [self._flagged.why(key) for key in keys]

    def _flag(self, intake: Intake, work: Work) -> Intake:
        batch, why = work.batch, work.why
        odd = why.nonzero()[0]
        reasons = why[odd]
        self.counts.update({Reason(r).name.lower(): int(n) for r, n in enumerate(np.bincount(reasons)) if n})
        new = reasons != Reason.PROBE_OFF
        self._flagged.add(zip(_keys(batch, odd[new]), reasons[new].tolist(), strict=True))
        quality = batch.quality & ~np.uint8(_ARTEFACT)
        quality[odd] |= np.uint8(_ARTEFACT)
        batch = Batch.of(batch.series, batch.time, batch.value, batch.received, quality)
        believed = set(_keys(batch, np.array(list(work.cleared), np.intp)))
        why[list(work.cleared)] = list(work.cleared.values())
        if work.believed:
            earlier = Batch.concat(work.believed)
            believed.update(_keys(earlier, np.arange(len(earlier))))
            batch, why = self._ward.sorting.with_earlier(batch, earlier, why)
        self._flagged.forget(believed)
        every = why.nonzero()[0]
        self.assessed = Assessed(batch, every, why[every], frozenset(believed))
        return replace(intake, batch=batch)


def _keys(batch: Batch, rows: Index) -> list[tuple[int, int]]:
    """Series and time."""
    return list(zip(batch.series[rows].tolist(), batch.time[rows].tolist(), strict=True))
