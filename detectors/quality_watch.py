"""Follows devices whose readings are in doubt, and says when that persists and when it is over."""

from typing import TYPE_CHECKING, Final

import numpy as np

from detectors.arrivals import Arrivals
from detectors.artefacts import WEIGHT, Reason, told_apart
from detectors.assess import Assessor
from detectors.assess_work import Assessed
from detectors.base import NEVER, Bools, Index, Ints, room
from detectors.lulls import Lulls
from detectors.moments import Moment, moments
from detectors.pulses import Pulses
from detectors.spells import Spell
from detectors.ward import Ward
from vitals.agency import SPOT
from vitals.alert import Alert
from vitals.batch import STALE, Batch
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake
from vitals.signals import SIGNALS

if TYPE_CHECKING:
    from detectors.quality import SignalQuality

_STALE: Final = int(STALE)
_DISAGREEMENT: Final = "quality.disagreement"
_PERSON: Final = "quality.person"
_NO_ROW: Final[Index] = np.zeros(0, np.intp)
_About = tuple[str, str]
"""(patient, device)."""


class QualityWatch:
    """Devices without artefacts cost two comparisons a batch; those in a spell are followed moment by moment."""

    def __init__(self, detector: "SignalQuality", ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self.gate = Assessor(detector, ward)
        self._spells: dict[_About, dict[Reason, Spell]] = {}
        self._seen: Ints = np.zeros(0, np.int64)
        self._lulls = Lulls()
        self._followed: Bools = np.zeros(0, bool)
        self._spot: set[_About] = set()
        self._pulses = Pulses(detector, ward)

    def use(self, now: int) -> None:  # noqa: ARG002  (a plan holds whatever the time)
        patients = self._ward.patients.values()
        self._spot = {(p.id, d.id) for p in patients for d in p.devices if d.type in SPOT}
        self.gate.use()
        self._pulses.use()
        self.grow()

    def grow(self) -> None:
        size = self._ward.rings.size
        self._followed, self._seen = room(self._followed, size, False), room(self._seen, size, NEVER)
        self._lulls.grow(size)
        self.gate.grow()
        self._pulses.grow()
        for about in self._spells:
            self._follow(about)

    def recall(self, alert: Alert) -> None:
        key = alert.key
        if key.rule == _DISAGREEMENT:
            self._pulses.recall(alert)
        elif alert.holds:
            reason = Reason[key.rule.partition(".")[2].upper()]
            spell = Spell(reason, alert.onset, alert.onset, bad=1, level=int(alert.severity))
            self._spells.setdefault((key.patient, key.device), {})[reason] = spell

    def warm(self, history: Arrivals, now: int) -> list[Finding]:  # noqa: ARG002  (it holds no artefacts)
        return []

    def remember(self, past: Batch) -> list[Finding]:
        """Follow again what was being followed."""
        self.gate.warm(past)
        rows, why = told_apart(past, self._ward.series.signal_codes()[past.series])
        reasons = np.zeros(len(past), np.int64)
        reasons[rows] = why
        about = {self._ward.series.keys[code][:2] for code in set(past.series[rows].tolist())} | set(self._spells)
        codes = [code for one in about for code in self._codes(one)]
        chosen = np.isin(past.series, codes) & ((past.quality & _STALE) == 0)
        return self._follow_up(past.series[chosen], past.time[chosen], past.value[chosen], reasons[chosen])

    def scan(self, arrivals: Arrivals | None, intake: Intake, now: int) -> list[Finding]:  # noqa: ARG002
        known = self.gate.assessed if self.gate.assessed and self.gate.assessed.batch is intake.batch else None
        parts = [self._bad(intake.batch, known)] if known is not None or intake.batch.quality.any() else []
        for series, *_ in parts:
            self._followed[series] = True  # what is good of them in this batch counts already
        good = self._good(arrivals) if arrivals is not None and (parts or self._spells) else _NO_ROW
        if arrivals is not None and len(good):
            if known is not None and known.believed:
                keys = zip(arrivals.series[good].tolist(), arrivals.time[good].tolist(), strict=True)
                good = good[[key not in known.believed for key in keys]]
            columns = arrivals.series[good], arrivals.time[good], arrivals.value[good]
            parts.append((*columns, np.zeros(len(good), np.int64)))
        found = self._follow_up(*map(np.concatenate, zip(*parts, strict=True))) if parts else []
        return found if arrivals is None else found + self._pulses.scan(arrivals)

    def _good(self, arrivals: Arrivals) -> Index:
        """Rows of what is followed that are to be judged."""
        rows = self._followed[arrivals.series].nonzero()[0]
        return rows[arrivals.new[rows]] if len(rows) else rows

    def sweep(self, now: int) -> list[Finding]:  # noqa: ARG002  (silence says nothing about quality)
        return []

    def _bad(self, batch: Batch, known: Assessed | None) -> tuple[Index, Index, Index, Index]:
        """Series, time, value and reason of the artefacts that are fresh."""
        if known is not None:
            rows, why = known.rows, known.why
        else:
            rows, why = told_apart(batch, self._ward.series.signal_codes()[batch.series])
        fresh = (batch.quality[rows] & _STALE) == 0
        rows = rows[fresh]
        return batch.series[rows], batch.time[rows], batch.value[rows], why[fresh]

    def _follow_up(self, series: Index, time: Index, value: Index, why: Index) -> list[Finding]:
        """Take readings of devices in doubt in, each once, in the order of time."""
        found: list[Finding] = []
        new = time > self._seen[series]
        series, time, value, why = (x[new] for x in (series, time, value, why))
        np.maximum.at(self._seen, series, time)
        rows = self._lulls.due(self._ward.series.keys, series, time, value, why)
        for about, each in moments(self._ward.series.keys, rows).items():
            for moment in each:
                found += self._moment(about, moment)
            self._follow(about)
        return found

    def _moment(self, about: _About, now: Moment) -> list[Finding]:
        spells, spot = self._spells.setdefault(about, {}), about in self._spot
        plan = self._ward.tuned(self._detector, self._ward.plan(about[0]))
        found: list[Finding] = []
        for why, readings in now.bad.items():
            spell = spells.setdefault(why, Spell(why, now.time, now.time))
            spell.worse(now.time, readings)
            level = spell.due(plan, spot=spot)
            if level > spell.level:
                spell.level = level
                found.append(self._finding(about, spell, now.time))
        for why, spell in list(spells.items()):
            if why in now.bad or not (now.good & spell.series.keys() or (now.good and not spell.series)):
                continue
            spell.good += 1
            if spell.over(now.time, plan, spot=spot):
                told, spell.level = spell.level, 0
                found += [self._finding(about, spell, now.time)] if told else []
                del spells[why]
        return found

    def _finding(self, about: _About, spell: Spell, time: int) -> Finding:
        rule, signal = f"quality.{spell.why.name.lower()}", ""
        names = sorted({SIGNALS[self._ward.series.keys[code].signal].name for code in spell.series})
        evidence = {"signals": names, "artefacts": spell.bad, "since": spell.first, "last": spell.last}
        if rule == _PERSON:
            signal = SIGNALS[WEIGHT].name
            evidence = {"value": next(iter(spell.series.values()), None), "unit": SIGNALS[WEIGHT].unit, "ask": "repeat"}
        key = FindingKey(rule, about[0], signal, about[1])
        return Finding(key, Kind.TECHNICAL, Severity(spell.level), time, spell.first, evidence)

    def _follow(self, about: _About) -> None:
        """Look at what the device sends for as long as it is in a spell."""
        spells = self._spells.get(about, {})
        whole = any(not spell.series for spell in spells.values())
        watched = {code for spell in spells.values() for code in spell.series}
        until = self._ends(about)
        for code in self._codes(about):
            self._followed[code] = whole or code in watched
            self._lulls.until[code] = until
        if not spells:
            self._spells.pop(about, None)

    def _ends(self, about: _About) -> int:
        """Before this no good reading ends a spell of the device."""
        spells = self._spells.get(about, {}).values()
        if about in self._spot or not spells or any(spell.why is Reason.PERSON for spell in spells):
            return NEVER
        plan = self._ward.tuned(self._detector, self._ward.plan(about[0]))
        return min(spell.last for spell in spells) + plan.clear_delay

    def _codes(self, about: _About) -> list[int]:
        keys = self._ward.series.keys
        return [code for code in self._ward.codes(about[0]) if keys[code].device == about[1]]
