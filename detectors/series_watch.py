"""Runs a detector that judges each series by itself: windows for the few that need one, findings for what changed."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from detectors.arrivals import Arrivals
from detectors.base import SeriesDetector
from detectors.columns import Bools, Index, Ints
from detectors.masks import any_of
from detectors.recalled import Recalled, seen
from detectors.steady import CLEAR
from detectors.suspects import Suspects
from detectors.told import Changes, Told
from detectors.ward import Ward
from detectors.windows import Marks, Windows
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake
from vitals.signals import BY_NAME, SIGNALS
from vitals.times import HOUR

RECENT = HOUR
"""At start, what a newest reading no older than this shows is found."""
_SEVERITIES = tuple(Severity)
_LITTLE = 512
"""Samples: NumPy takes as long for so many as for none."""


class SeriesWatch:
    """A reading within the detector's calm range, of a series where nothing is known to hold, needs no window:
    at live load that is nearly all of them, and two comparisons decide it.
    """

    def __init__(self, detector: SeriesDetector, ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self._told, self._recalled = Told(len(detector.rules)), Recalled(len(detector.rules))
        self._suspects = Suspects(detector, ward)
        self._plans = self._suspects.plans
        self._dropped: list[Finding] = []

    def use(self, now: int) -> None:
        """Look the plan of every series up again; what is no longer watched no longer holds."""
        self._suspects.forget()
        self.grow()
        for code in self._suspects.unwatched().tolist():
            self._dropped += self._drop(code, now)
            self._settle(np.array([code]))

    def grow(self) -> None:
        """Look up the plans of series that are new in the table."""
        self._told.grow(self._suspects.grow())

    def replan(self, patients: Iterable[str]) -> None:
        """Look the plans of some patients up again: their therapy session has begun or ended."""
        self._suspects.replan(patients)

    def recall(self, alert: Alert) -> None:
        if alert.key.signal not in BY_NAME or not alert.holds:
            return
        rule, code = self._thing(alert.key)
        self._told.put(rule, code, int(alert.severity), alert.onset)
        self._recalled.told(rule, code, seen(alert))
        self._settle(np.array([code]))

    def ended(self, key: FindingKey, time: int) -> None:
        if key.signal in BY_NAME:
            self._recalled.ended(*self._thing(key), time)

    def warm(self, history: Arrivals, now: int) -> list[Finding]:
        """Judge the newest reading of every series, if it is recent and counts as fresh; where some came late nobody
        knows what it was judged with, and the next one tells.
        """
        self._recalled.start(now)
        codes = np.arange(self._ward.rings.size)
        sure = np.ones(len(codes), bool)
        sure[history.series[~history.fresh]] = False
        return self._newest(codes[sure], now)

    def _newest(self, codes: Index, now: int) -> list[Finding]:
        """Judge the newest reading of some series, if it is recent and counts as fresh."""
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
        plan = self._plans.plan(self._suspects.rows[chosen])
        windows = self._known_to(chosen, Windows(starts, segment, times, values, new, plan, full))
        return self._judge(chosen, windows, self._detector.scan(windows))

    def scan(self, arrivals: Arrivals | None, intake: Intake, now: int) -> list[Finding]:  # noqa: ARG002
        if arrivals is None:
            return []
        chosen = self._suspects.chosen(arrivals)
        return self._look(arrivals, chosen) if len(chosen) else []

    def sweep(self, now: int) -> list[Finding]:
        """Silence says nothing about a patient's values."""
        found, self._dropped = self._dropped, []
        waited = self._recalled.due(now)
        return found + self._newest(waited, now) if len(waited) else found

    def _thing(self, key: FindingKey) -> tuple[int, int]:
        code = self._ward.series.code(key.patient, key.device, BY_NAME[key.signal].code)
        self._ward.grow()
        self.grow()
        return self._detector.rules.index(key.rule), code

    def _drop(self, code: int, now: int) -> list[Finding]:
        patient, device, signal = self._ward.series.keys[code]
        findings = []
        for number, rule in enumerate(self._detector.rules):
            if self._told.level[number, code]:
                key = FindingKey(rule, patient, SIGNALS[signal].name, device)
                evidence = {"because": "no longer watched"}
                onset = int(self._told.onset[number, code])
                findings.append(Finding(key, Kind.PHYSIOLOGICAL, Severity.CLEAR, now, onset, evidence))
                self._told.put(number, code, 0, onset)
        return findings

    def _look(self, arrivals: Arrivals, chosen: Index) -> list[Finding]:
        codes = arrivals.codes[chosen]
        plan = self._plans.plan(self._suspects.rows[codes])
        windows = self._known_to(codes, arrivals.windows(chosen, plan, self._after(arrivals, chosen)))
        marks = self._detector.scan(windows)
        if windows.cut is not None and _unsure(windows, windows.cut, marks):
            windows = self._known_to(codes, arrivals.windows(chosen, plan))
            marks = self._detector.scan(windows)
        found = self._judge(codes, windows, marks)
        if len(arrivals.series) <= 2 * len(arrivals.codes):  # many readings of a series leave it quiet for less long
            self._wait(codes, windows, self._suspects.state[codes] == CLEAR)
        return found

    def _after(self, arrivals: Arrivals, chosen: Index) -> Ints | None:
        """From when on what is in the rings is looked at: the lookback, and since the onset of what holds."""
        codes = arrivals.codes[chosen]
        if int(self._ward.rings.filled(codes).sum()) <= _LITTLE:
            return None
        level, onset = self._told.level[:, codes], self._told.onset[:, codes]
        after = arrivals.time[arrivals.starts[chosen]] - self._plans.lookback[self._suspects.rows[codes]]
        found: Ints = np.minimum(after, np.where(level > 0, onset, after).min(axis=0))
        return found

    def _known_to(self, codes: Index, windows: Windows) -> Windows:
        """These windows with what is known to hold."""
        return replace(windows, holds=self._told.level[:, codes] > 0)

    def _wait(self, codes: Index, windows: Windows, idle: Bools) -> None:
        """Until when nothing can open where nothing holds."""
        if self._suspects.quiets is not None and any_of(idle):
            self._suspects.until[codes[idle]] = self._suspects.quiets.quiet(windows)[idle]

    def _judge(self, codes: Index, windows: Windows, marks: Marks) -> list[Finding]:
        marks = self._recalled.spare(marks, codes[windows.segment], windows.time)
        changes = self._told.apply(codes, windows, marks)
        if not len(changes.sample):
            return []
        self._settle(codes)
        return self._findings(codes[windows.segment[changes.sample]], windows, changes)

    def _settle(self, codes: Index) -> None:
        self._suspects.settle(codes, self._told.level[:, codes])

    def _findings(self, codes: Index, windows: Windows, changes: Changes) -> list[Finding]:
        rules, keys = self._detector.rules, self._ward.series.keys
        found = []
        columns = changes.rule, codes, windows.time[changes.sample], changes.after, changes.onset
        told = self._detector.evidence(windows, changes)
        rows = zip(told, *(column.tolist() for column in columns), strict=True)
        for evidence, rule, code, time, level, onset in rows:
            patient, device, number = keys[code]
            signal = SIGNALS[number]
            key = FindingKey(rules[rule], patient, signal.name, device)
            evidence["unit"] = signal.unit
            found.append(Finding(key, Kind.PHYSIOLOGICAL, _SEVERITIES[level], time, onset, evidence))
        return found


def _unsure(windows: Windows, cut: Bools, marks: Marks) -> bool:
    """Whether what opens may have begun before a window that was cut."""
    segment = windows.segment[windows.fresh]
    early = marks.onset[:, windows.fresh] <= windows.time[windows.starts[segment]]
    early &= (marks.floor[:, windows.fresh] > 0) & cut[segment]
    return any_of(early)
