"""Runs a detector that judges each series by itself: windows for the few that need one, findings for what changed."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from detectors.arrivals import Arrivals
from detectors.base import Bools, Index, Marks, SeriesDetector, Windows
from detectors.known import Known
from detectors.parts import only
from detectors.steady import CLEAR
from detectors.suspects import Suspects
from detectors.ward import Ward
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake
from vitals.series import SeriesKey
from vitals.signals import BY_NAME, SIGNALS
from vitals.times import HOUR

RECENT = HOUR
"""At start, what a newest reading no older than this shows is found."""
_LITTLE = 2_048
"""Samples: NumPy takes as long for so many as for none."""


class SeriesWatch:
    """A reading within the detector's calm range, of a series where nothing is known to hold, needs no window:
    at live load that is nearly all of them, and two comparisons decide it.
    """

    def __init__(self, detector: SeriesDetector, ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self._known = tuple(Known() for _ in detector.rules)
        self._suspects = Suspects(detector, ward)
        self._plans = self._suspects.plans
        self._dropped: list[Finding] = []

    def use(self, now: int) -> None:
        """Look the plan of every series up again; what is no longer watched no longer holds."""
        self._suspects.forget()
        self.grow()
        for code in self._suspects.unwatched().tolist():
            self._dropped += self._drop(code, now)
            self._suspects.state[code] = CLEAR

    def grow(self) -> None:
        """Look up the plans of series that are new in the table."""
        size = self._suspects.grow()
        for told in self._known:
            told.grow(size)

    def replan(self, patients: Iterable[str]) -> None:
        """Look the plans of some patients up again: their therapy session has begun or ended."""
        self._suspects.replan(patients)

    def recall(self, alert: Alert) -> None:
        if alert.key.signal not in BY_NAME or not alert.holds:
            return
        code = self._ward.series.code(alert.key.patient, alert.key.device, BY_NAME[alert.key.signal].code)
        self._ward.grow()
        self.grow()
        self._known[self._detector.rules.index(alert.key.rule)].put(code, int(alert.severity), alert.onset)
        self._settle(np.array([code]))

    def warm(self, history: Arrivals, now: int) -> list[Finding]:  # noqa: ARG002  (the rings hold what is needed)
        """Judge the newest reading of every series, if it is recent and counts as fresh."""
        codes = np.arange(self._ward.rings.size)
        time, value = self._ward.rings.newest(codes)
        fresh = (time == self._ward.sorting.fresh[codes]) & (time > now - RECENT)
        chosen = codes[fresh & self._suspects.by_value(codes, value)]
        filled, times, values = self._ward.rings.context(chosen)
        if not len(times):
            return []
        starts = np.cumsum(filled) - filled
        new = np.zeros(len(times), bool)
        new[starts + filled - 1] = True
        segment = np.repeat(np.arange(len(chosen)), filled)
        full = self._ward.rings.full(chosen)
        return self._judge(
            chosen, Windows(starts, segment, times, values, new, self._plans.plan(self._suspects.rows[chosen]), full)
        )

    def scan(self, arrivals: Arrivals | None, intake: Intake, now: int) -> list[Finding]:  # noqa: ARG002
        if arrivals is None:
            return []
        chosen = self._suspects.chosen(arrivals)
        return self._look(arrivals, chosen) if len(chosen) else []

    def sweep(self, now: int) -> list[Finding]:  # noqa: ARG002  (silence says nothing about a patient's values)
        dropped, self._dropped = self._dropped, []
        return dropped

    def _drop(self, code: int, now: int) -> list[Finding]:
        patient, device, signal = self._ward.series.keys[code]
        findings = []
        for rule, known in zip(self._detector.rules, self._known, strict=True):
            if known.level[code]:
                key = FindingKey(rule, patient, SIGNALS[signal].name, device)
                evidence = {"because": "no longer watched"}
                onset = int(known.onset[code])
                findings.append(Finding(key, Kind.PHYSIOLOGICAL, Severity.CLEAR, now, onset, evidence))
                known.level[code] = 0
        return findings

    def _look(self, arrivals: Arrivals, chosen: Index) -> list[Finding]:
        """No more than the lookback says whether anything changes; what does is told from all that is in the ring."""
        codes = arrivals.codes[chosen]
        rows = self._suspects.rows[codes]
        # Many readings of a series at once often change something: a first look would be one too many.
        few = len(arrivals.series) <= 2 * len(arrivals.codes)
        clips = few and int(self._ward.rings.filled(codes).sum()) > _LITTLE
        lookback = self._plans.lookback[rows] if clips else None
        windows = arrivals.windows(chosen, self._plans.plan(rows), lookback)
        if not windows.clipped:
            found = self._judge(codes, windows)
            if few:
                self._wait(codes, windows, self._suspects.state[codes] == CLEAR)
            return found
        marks = self._detector.scan(replace(windows, holds=self._suspects.state[codes] != CLEAR))
        samples = windows.new.nonzero()[0]
        segment = windows.segment[samples]
        changes = np.zeros(len(codes), bool)
        for known, mark in zip(self._known, marks, strict=True):
            level = known.level[codes[segment]]
            changes[segment[(mark.floor[samples] > level) | (mark.ceiling[samples] < level)]] = True
        self._wait(codes, windows, ~changes & (self._suspects.state[codes] == CLEAR))
        if not changes.any():
            return []
        codes = codes[changes]
        return self._judge(codes, arrivals.windows(chosen[changes], self._plans.plan(self._suspects.rows[codes])))

    def _wait(self, codes: Index, windows: Windows, idle: Bools) -> None:
        """Until when nothing can open where nothing holds."""
        if self._suspects.quiets is not None and idle.any():
            self._suspects.until[codes[idle]] = self._suspects.quiets.quiet(only(windows, idle)[0])

    def _judge(self, codes: Index, windows: Windows) -> list[Finding]:
        windows = replace(windows, holds=self._suspects.state[codes] != CLEAR)
        samples = np.flatnonzero(windows.new)
        findings: list[Finding] = []
        for rule, marks in enumerate(self._detector.scan(windows)):
            findings += self._changes(rule, marks, codes, windows, samples)
        if findings:
            self._settle(codes)
        return findings

    def _settle(self, codes: Index) -> None:
        self._suspects.state[codes] = self._plans.state([known.level[codes] for known in self._known])

    def _changes(self, rule: int, marks: Marks, codes: Index, windows: Windows, samples: Index) -> list[Finding]:
        edges = self._known[rule].apply(codes, windows.segment, samples, marks)
        if not len(edges.sample):
            return []
        found = zip(edges.sample.tolist(), edges.after.tolist(), edges.onset.tolist(), strict=True)
        keys = self._ward.series.keys
        return [self._finding(rule, keys[codes[windows.segment[edge[0]]]], windows, edge) for edge in found]

    def _finding(self, rule: int, series: SeriesKey, windows: Windows, edge: tuple[int, int, int]) -> Finding:
        (patient, device, signal), (sample, level, onset) = series, edge
        evidence = self._detector.evidence(windows, rule, sample, level, onset)
        return Finding(
            FindingKey(self._detector.rules[rule], patient, SIGNALS[signal].name, device),
            Kind.PHYSIOLOGICAL,
            Severity(level),
            int(windows.time[sample]),
            onset,
            {**evidence, "unit": SIGNALS[signal].unit},
        )
