"""Series that need a closer look: scales each by itself, streams all together."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from detectors.artefacts import WEIGHT, Reason
from detectors.assess_work import Work
from detectors.closer import Closer
from detectors.columns import Floats, Index, Ints
from detectors.doubts import Weighings, doubted, in_doubt
from detectors.grouped import Grouped
from detectors.masks import any_of
from detectors.pasts import Pasts, Readings
from detectors.usual_rows import FAR, SAME, UsualRows
from detectors.waiting import Waiting
from detectors.ward import Ward
from vitals.batch import Batch

if TYPE_CHECKING:
    from detectors.quality import SignalQuality

_DOUBT: Final = -1.0
"""However near the next reading of a series is, it must be looked at."""


class Looks:
    """What is usual of each series, and which of its readings are in doubt."""

    def __init__(self, detector: "SignalQuality", ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self.usual = UsualRows(detector, ward)
        self._waiting, self._weighings = Waiting(), Weighings(ward.rings)

    @property
    def scales(self) -> Mapping[int, "SignalQuality"]:
        """Parameters of each series of weighings."""
        return self._weighings.plans

    def use(self) -> None:
        """Care plans have changed."""
        self.usual.forget()

    def grow(self) -> tuple[slice, Floats, Floats]:
        """Look up the plans of new series: which those are, how near to the last accepted reading the next one needs
        no look, and how many equal readings in a row need none.
        """
        new = self.usual.grow()
        self._waiting.grow(new.stop)
        for code, key in enumerate(self._ward.series.keys[new], new.start):
            if key.signal == WEIGHT:
                self._weighings.plans[code] = self._ward.tuned(self._detector, self._ward.plan(key.patient))
        codes = np.arange(new.start, new.stop)
        usual = self.usual.of(codes)
        doubt = self._waiting.has(codes) | self._weights(codes)
        return new, np.where(doubt, _DOUBT, usual[:, FAR]), usual[:, SAME] - 1

    def warm(self, history: Batch, why: Ints) -> list[int]:
        """Take up what was in doubt at the end of a history; returns the series."""
        found = in_doubt(history, why)
        for some in found:
            if some[-1].code in self._weighings.plans:
                self._weighings.warm(some[-1].code, some)
            else:
                self._waiting.put(Batch.of(*zip(*some, strict=True)))
        return [some[-1].code for some in found]

    def look(self, grouped: Grouped, some: Index, good: Floats, work: Work) -> tuple[Floats, Floats]:
        """Newest accepted value, and how near to it the next one needs no look, of some series that are looked at."""
        weights = self._weights(grouped.codes[some])
        floor = np.full(len(some), _DOUBT)
        for i in weights.nonzero()[0].tolist():
            good[i] = self._weigh(grouped, int(some[i]), float(good[i]), work)
        streams = (~weights).nonzero()[0]
        if len(streams):
            good[streams], floor[streams] = self._stream(grouped, some[streams], good[streams], work)
        return good, floor

    def _stream(self, grouped: Grouped, some: Index, good: Floats, work: Work) -> tuple[Floats, Floats]:
        codes = grouped.codes[some]
        rows, of = grouped.readings(some)
        at = grouped.row[rows]
        free = work.why[at] == 0  # the others are stuck
        readings, at = Readings(of[free], grouped.time[rows[free]], grouped.value[rows[free]]), at[free]
        waiting, usual = (self._waiting.time[codes], self._waiting.value[codes]), self.usual.of(codes)
        pasts = Pasts(self._ward.rings, codes, waiting, readings, work.late_of(codes))
        closer = Closer(readings, pasts, usual, good, waiting)
        closer.run()
        work.why[at[closer.doubted]] = Reason.NOISE
        work.clear(at[closer.doubted & ~closer.noise])
        if any_of(closer.believed):
            work.believe(self._waiting.of(codes[closer.believed]))
        self._waiting.drop(codes[~closer.waits])
        left = closer.left >= 0
        if any_of(left):
            self._waiting.put(work.batch.take(at[closer.left[left]]))
        return closer.good, np.where(closer.waits | left, _DOUBT, usual[:, FAR])

    def _weigh(self, grouped: Grouped, number: int, good: float, work: Work) -> float:
        code, rows = int(grouped.codes[number]), grouped.row[grouped.starts[number] : grouped.last[number] + 1]
        late = work.late[(work.batch.series[work.late] == code) & (work.why[work.late] == 0)]
        past = self._weighings.past(code)
        came = zip(work.batch.time[late].tolist(), work.batch.value[late].tolist(), strict=True)
        past += [one for one in came if one not in past]  # what is delivered again is no further weighing
        for row in rows.tolist():
            now = doubted(work.batch, row)
            before = sorted((one for one in past if one[0] < now.time), key=lambda one: one[0])
            reason, true = self._weighings.judge(now, before)
            work.why[row] = reason
            for one in true:
                work.believe_one(one, np.concatenate([rows, work.late[work.batch.series[work.late] == code]]))
            past += [(one.time, one.value) for one in true]
            if reason is Reason.NONE:
                past.append((now.time, now.value))
                good = now.value
        return good

    def _weights(self, codes: Index) -> Index:
        weights: Index = self._ward.series.signal_codes()[codes] == WEIGHT
        return weights
