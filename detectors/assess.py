"""The gate before detection: which readings are measurements at all. Artefacts are flagged, kept, and never judged."""

from collections import Counter, deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from detectors.artefacts import USUAL, WEIGHT, Reason, Usual, probe_off, told_apart
from detectors.artefacts_stuck import stuck
from detectors.assess_work import Assessed, Work
from detectors.base import Bools, Index
from detectors.doubtless import MANY, Columns, doubtless
from detectors.doubts import Doubts, doubted
from detectors.habits import CHANGES, FLOOR, GOOD, RUN, SAME, SEEN, START, TIME, VALUE, Habits, rounds
from detectors.runs import Grouped, take_plain
from detectors.ward import Ward
from vitals.batch import Batch, Quality
from vitals.intake import Intake
from vitals.signals import SIGNALS

if TYPE_CHECKING:
    from detectors.quality import SignalQuality

_ARTEFACT: Final = int(Quality.ARTEFACT)
_UNUSUAL: Final = Usual()
"""Signals that nothing is known of: neither spikes nor stuck."""
_REMEMBERED: Final = 1024
"""Flagged readings that are known again when they are redelivered."""


class Assessor:
    """Judges readings in their order, one of each series at a time, so that how they arrive does not matter.

    A reading near the one before, of a value that has not stood for too long, needs no closer look: a few comparisons
    decide that for all at once.
    """

    def __init__(self, detector: "SignalQuality", ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self._habits, self._doubts = Habits(), Doubts(ward)
        self._usual: list[Usual] = []
        self._flagged: deque[tuple[int, int, int]] = deque(maxlen=_REMEMBERED)
        self.assessed: Assessed | None = None
        self.counts: Counter[str] = Counter()
        """Artefacts so far, by reason."""

    def use(self) -> None:
        """Care plans have changed."""
        self._usual.clear()
        self.grow()

    def grow(self) -> None:
        """Make room for new series, and look their plans up."""
        known, size = len(self._usual), self._ward.rings.size
        self._habits.grow(size)
        self._doubts.grow(size)
        for code, key in enumerate(self._ward.series.keys[known:size], known):
            plan = self._ward.tuned(self._detector, self._ward.plan(key.patient))
            usual = plan.usual(USUAL.get(SIGNALS[key.signal].name, _UNUSUAL))
            self._usual.append(usual)
            if key.signal == WEIGHT:
                self._doubts.plans[code] = plan
        more = self._usual[known:]
        self._habits.rows[known:size, FLOOR] = [self._doubts.floor(code, u) for code, u in enumerate(more, known)]
        self._habits.rows[known:size, SAME] = [usual.same - 1 for usual in more]

    def warm(self, history: Batch) -> None:
        """Learn each series' habit from what the store holds (sorted by series and time)."""
        odd, why = told_apart(history, self._ward.series.signal_codes()[history.series])
        reasons = np.zeros(len(history), np.int64)
        reasons[odd] = why
        for part in rounds(history, np.flatnonzero(reasons != Reason.PROBE_OFF)):
            series = history.series[part]
            rows = self._habits.of(series)
            self._habits.take(series, rows, history.time[part], history.value[part], reasons[part] == 0)
        for code in self._doubts.warm(history, reasons):
            self._habits.rows[code, FLOOR] = self._doubts.floor(code, self._usual[code])

    def assess(self, intake: Intake) -> Intake:
        """The intake with its artefacts flagged, and with doubted readings that it confirms (good, at their time)."""
        batch, self.assessed = intake.batch, None
        if not len(batch):
            return intake
        work = Work(batch, np.zeros(len(batch), np.int64))
        usable = np.isfinite(batch.value)
        if batch.quality.any():
            off = probe_off(self._ward.series.signal_codes()[batch.series], batch.value)
            work.why[:] = np.where(batch.quality & _ARTEFACT, np.where(off, Reason.PROBE_OFF, Reason.NOISE), 0)
            usable &= work.why == 0
        if self._ward.sorting.all_different(batch.series) and usable.all():
            self._judge(np.arange(len(batch)), work)
        elif usable.any():
            work.group = Grouped.of(batch, usable)
            for part in rounds(batch, take_plain(self._habits, batch, work.group, self._spare)):
                self._judge(part, work)
        doubts = work.believed or work.cleared or work.why.any()
        return self._flag(intake, work) if doubts else intake

    def _judge(self, part: Index, work: Work) -> None:
        """Readings of different series: find the few that need a closer look."""
        series, time, value = work.batch.series[part], work.batch.time[part], work.batch.value[part]
        rows = self._habits.of(series)
        late = time <= rows[:, TIME]
        far = np.abs(value - rows[:, GOOD]) > rows[:, FLOOR]
        suspect = late | ((value == rows[:, VALUE]) & (rows[:, RUN] >= rows[:, SAME]))
        if work.group is None:
            some = (far & ~suspect & (rows[:, FLOOR] >= 0)).nonzero()[0]
            if len(some) >= MANY:
                far[some] = ~self._spare((series, time, value), some, some)
        odd = (suspect | far).nonzero()[0]
        if len(odd):
            for i, row, habit in zip(odd.tolist(), part[odd].tolist(), rows[odd].tolist(), strict=True):
                work.why[row] = self._again(row, work) if late[i] else self._look(row, habit, work)
            rows[odd, FLOOR] = self._habits.rows[series[odd], FLOOR]
            if late.any():
                kept = ~late
                part, rows, series, time, value = part[kept], rows[kept], series[kept], time[kept], value[kept]
        self._habits.take(series, rows, time, value, work.why[part] == 0)

    def _spare(self, columns: Columns, at: Index, first: Index) -> Bools:
        """Of readings that are only far from the one before, those that are plain at a look at many together."""
        usual = [self._usual[code] for code in columns[0][at].tolist()]
        return doubtless(self._ward.rings, columns, at, first, usual)

    def _again(self, row: int, work: Work) -> int:
        """A reading of an earlier time: it is what it was found to be, if it was."""
        key = (int(work.batch.series[row]), int(work.batch.time[row]))
        return next((why for *known, why in self._flagged if tuple(known) == key), 0)

    def _look(self, row: int, habit: list[float], work: Work) -> int:
        """Why a reading of which the row of ``habits`` leaves doubts is none, or NONE."""
        now = doubted(work.batch, row)
        usual = self._usual[now.code]
        standing = now.value == habit[VALUE] and habit[RUN] >= habit[SAME]
        seen, changes = habit[SEEN] - habit[RUN], habit[CHANGES] - 1
        if standing and stuck(habit[RUN] + 1, now.time - habit[START], seen, changes, usual):
            return int(Reason.STUCK)
        if not abs(now.value - habit[GOOD]) > habit[FLOOR]:
            return int(Reason.NONE)
        reason, believed = self._doubts.judge(now, usual, *work.accepted(now.code, now.time))
        self._habits.rows[now.code, FLOOR] = self._doubts.floor(now.code, usual)
        if believed:
            work.believe(believed)
        return int(reason)

    def _flag(self, intake: Intake, work: Work) -> Intake:
        batch, why = work.batch, work.why
        believed = {(d.code, d.time): d for d in work.believed}
        for row in np.flatnonzero(why).tolist():
            if why[row] != Reason.PROBE_OFF:
                self._flagged.append((int(batch.series[row]), int(batch.time[row]), int(why[row])))
        quality = batch.quality & ~np.uint8(_ARTEFACT) | np.where(why > 0, np.uint8(_ARTEFACT), np.uint8(0))
        batch = Batch.of(batch.series, batch.time, batch.value, batch.received, quality)
        if believed:
            known = [flag for flag in self._flagged if flag[:2] not in believed]
            self._flagged = deque(known, maxlen=_REMEMBERED)
            batch = Batch.concat([batch, Batch.of(*zip(*believed.values(), strict=True))])
        rows = np.flatnonzero(why)
        cleared = {(int(batch.series[row]), int(batch.time[row])) for row in work.cleared}
        why[list(work.cleared)] = list(work.cleared.values())
        every = np.flatnonzero(why)
        self.assessed = Assessed(batch, every, why[every], frozenset(believed.keys() | cleared))
        self.counts.update(Reason(reason).name.lower() for reason in why[rows].tolist())
        return replace(intake, batch=batch)
