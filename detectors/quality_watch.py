"""Follows devices whose readings are in doubt, and says when that persists and when it is over."""

from typing import TYPE_CHECKING, Final

import numpy as np

from detectors.arrivals import Arrivals
from detectors.artefacts import told_apart
from detectors.assess import Assessor
from detectors.assess_work import Assessed
from detectors.columns import NEVER, Bools, Index, Ints, room
from detectors.lulls import Lulls, Rows
from detectors.masks import any_of
from detectors.past_beliefs import unflagged
from detectors.pulses import Pulses
from detectors.troubled import About, Troubled
from detectors.ward import Ward
from vitals.alert import Alert
from vitals.batch import STALE, Batch
from vitals.finding import Finding, FindingKey
from vitals.intake import Intake

if TYPE_CHECKING:
    from detectors.quality import SignalQuality

_STALE: Final = int(STALE)
_DISAGREEMENT: Final = "quality.disagreement"
_UNKNOWN: Final = -1


class QualityWatch:
    """Devices without artefacts cost two comparisons a batch; in a spell what is good waits until it counts."""

    def __init__(self, detector: "SignalQuality", ward: Ward) -> None:
        self._ward = ward
        self.gate = Assessor(detector, ward)
        self._troubled = Troubled(detector, ward)
        self._seen: Ints = np.zeros(0, np.int64)
        self._lulls = Lulls()
        self._followed: Bools = np.zeros(0, bool)
        self._pulses = Pulses(detector, ward)
        self._device: Index = np.zeros(0, np.int32)
        self._numbers: dict[About, int] = {}
        self._abouts: list[About] = []

    def use(self, now: int) -> None:  # noqa: ARG002  (a plan holds whatever the time)
        self._troubled.use()
        self.gate.use()
        self._pulses.use()
        self.grow()

    def grow(self) -> None:
        size = self._ward.rings.size
        self._followed, self._seen = room(self._followed, size, False), room(self._seen, size, NEVER)
        self._device = room(self._device, size, _UNKNOWN)
        self._lulls.grow(size)
        self.gate.grow()
        self._pulses.grow()
        for about in self._troubled.devices():
            self._follow(about)

    def recall(self, alert: Alert) -> None:
        if alert.key.rule == _DISAGREEMENT:
            self._pulses.recall(alert)
        elif alert.holds:
            self._troubled.recall(alert)

    def ended(self, key: FindingKey, time: int) -> None:
        if key.rule != _DISAGREEMENT:
            self._troubled.ended(key, time)

    def warm(self, history: Arrivals, now: int) -> list[Finding]:  # noqa: ARG002  (it holds no artefacts)
        return []

    def remember(self, past: Batch) -> list[Finding]:
        """Follow again what was being followed."""
        self.gate.warm(past)
        rows, why = told_apart(past, self._ward.series.signal_codes()[past.series])
        reasons = np.zeros(len(past), np.int64)
        reasons[rows] = why
        about = {self._ward.series.keys[code][:2] for code in set(past.series[rows].tolist())}
        codes = [code for one in about.union(self._troubled.devices()) for code in self._codes(one)]
        fresh = (past.quality & _STALE) == 0
        told = self._troubled.begin_anew()
        self._follow_up(Rows(past.series, past.time, past.value, reasons).of(np.isin(past.series, codes) & fresh))
        np.maximum.at(self._seen, past.series[fresh], past.time[fresh])  # what is redelivered counts no second time
        self._pulses.remember(unflagged(past, self.gate.believed(past)))
        found = self._troubled.reconciled(told)
        for one in about.union(self._troubled.devices()):
            self._follow(one)
        return found

    def scan(self, arrivals: Arrivals | None, intake: Intake, now: int) -> list[Finding]:  # noqa: ARG002
        known = self.gate.assessed if self.gate.assessed and self.gate.assessed.batch is intake.batch else None
        parts = [self._bad(intake.batch, known)] if known is not None or any_of(intake.batch.quality) else []
        for bad in parts:
            self._followed[bad.series] = True  # what is good of them in this batch counts already
        if arrivals is not None and (parts or self._troubled.any):
            parts += self._good(arrivals, known)
        found = self._follow_up(Rows.concat(parts)) if parts else []
        return found if arrivals is None else found + self._pulses.scan(arrivals)

    def sweep(self, now: int) -> list[Finding]:  # noqa: ARG002  (silence says nothing about quality)
        return []

    def _good(self, arrivals: Arrivals, known: Assessed | None) -> list[Rows]:
        """Readings of what is followed that are to be judged, but for those that were in doubt for a while."""
        rows = self._followed[arrivals.series].nonzero()[0]
        if not len(rows):
            return []
        rows = rows[arrivals.new[rows]]
        if known is not None and known.believed:
            maybe = np.isin(arrivals.series[rows], [series for series, _ in known.believed]).nonzero()[0]
            keys = zip(arrivals.series[rows[maybe]].tolist(), arrivals.time[rows[maybe]].tolist(), strict=True)
            rows = np.delete(rows, maybe[[key in known.believed for key in keys]])
        return [Rows(arrivals.series[rows], arrivals.time[rows], arrivals.value[rows], np.zeros(len(rows), np.int64))]

    def _bad(self, batch: Batch, known: Assessed | None) -> Rows:
        """The artefacts that are fresh."""
        if known is not None:
            rows, why = known.rows, known.why
        else:
            rows, why = told_apart(batch, self._ward.series.signal_codes()[batch.series])
        fresh = (batch.quality[rows] & _STALE) == 0
        rows = rows[fresh]
        return Rows(batch.series[rows], batch.time[rows], batch.value[rows], why[fresh])

    def _follow_up(self, rows: Rows) -> list[Finding]:
        """Take readings of devices in doubt in, each once, in the order of time."""
        rows = rows.of(rows.time > self._seen[rows.series])
        np.maximum.at(self._seen, rows.series, rows.time)
        found: list[Finding] = []
        for number, its in self._lulls.due(rows, self._device_of(rows.series)):
            found += self._troubled.take(self._abouts[number], its)
            self._follow(self._abouts[number])
        return found

    def _device_of(self, series: Index) -> Index:
        """A number for the device of each; those that were never in doubt have none yet."""
        device = self._device[series]
        new = series[device == _UNKNOWN]
        for code in set(new.tolist()):
            about = self._ward.series.keys[code][:2]
            self._device[code] = self._numbers.setdefault(about, len(self._numbers))
        self._abouts += list(self._numbers)[len(self._abouts) :]
        return self._device[series] if len(new) else device

    def _follow(self, about: About) -> None:
        """Look at what the device sends for as long as it is in a spell."""
        watched, until = self._troubled.watched(about), self._troubled.ends(about)
        for code in self._codes(about):
            self._followed[code] = watched is None or code in watched
            self._lulls.until[code] = until

    def _codes(self, about: About) -> list[int]:
        keys = self._ward.series.keys
        return [code for code in self._ward.codes(about[0]) if keys[code].device == about[1]]
