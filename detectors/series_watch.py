"""Runs a detector that judges each series by itself: windows for the few that need one, findings for what changed."""

from collections.abc import Iterable

import numpy as np

from detectors.arrivals import Arrivals
from detectors.base import Bools, Index, SeriesDetector, Windows
from detectors.steady import CLEAR
from detectors.suspects import Suspects
from detectors.told import Changes, Told
from detectors.ward import Ward
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake
from vitals.signals import BY_NAME, SIGNALS
from vitals.times import HOUR

RECENT = HOUR
"""At start, what a newest reading no older than this shows is found."""
_SEVERITIES = tuple(Severity)
_LITTLE = 2_048
"""Samples: NumPy takes as long for so many as for none."""


class SeriesWatch:
    """A reading within the detector's calm range, of a series where nothing is known to hold, needs no window:
    at live load that is nearly all of them, and two comparisons decide it.
    """

    def __init__(self, detector: SeriesDetector, ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self._told = Told(len(detector.rules))
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
        code = self._ward.series.code(alert.key.patient, alert.key.device, BY_NAME[alert.key.signal].code)
        self._ward.grow()
        self.grow()
        self._told.put(self._detector.rules.index(alert.key.rule), code, int(alert.severity), alert.onset)
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
        plan = self._plans.plan(self._suspects.rows[chosen])
        windows = Windows(starts, segment, times, values, new, plan, full)
        return self._judge(chosen, self._known_to(chosen, windows))

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
        for number, rule in enumerate(self._detector.rules):
            if self._told.level[number, code]:
                key = FindingKey(rule, patient, SIGNALS[signal].name, device)
                evidence = {"because": "no longer watched"}
                onset = int(self._told.onset[number, code])
                findings.append(Finding(key, Kind.PHYSIOLOGICAL, Severity.CLEAR, now, onset, evidence))
                self._told.put(number, code, 0, onset)
        return findings

    def _look(self, arrivals: Arrivals, chosen: Index) -> list[Finding]:
        """No more than the lookback says whether anything changes; what does is told from all that is in the ring."""
        codes = arrivals.codes[chosen]
        rows = self._suspects.rows[codes]
        # Many readings of a series at once often change something: a first look would be one too many.
        few = len(arrivals.series) <= 2 * len(arrivals.codes)
        clips = few and int(self._ward.rings.filled(codes).sum()) > _LITTLE
        lookback = self._plans.lookback[rows] if clips else None
        windows = self._known_to(codes, arrivals.windows(chosen, self._plans.plan(rows), lookback))
        if not windows.clipped:
            found = self._judge(codes, windows)
            if few:
                self._wait(codes, windows, self._suspects.state[codes] == CLEAR)
            return found
        changes = self._changing(codes, windows)
        self._wait(codes, windows, ~changes & (self._suspects.state[codes] == CLEAR))
        if not changes.any():
            return []
        codes, chosen = codes[changes], chosen[changes]
        plan = self._plans.plan(self._suspects.rows[codes])
        return self._judge(codes, self._known_to(codes, arrivals.windows(chosen, plan)))

    def _known_to(self, codes: Index, windows: Windows) -> Windows:
        """These windows with what is known to hold."""
        holds = self._told.level[:, codes] > 0
        return Windows(
            windows.starts, windows.segment, windows.time, windows.value, windows.new, windows.plan, windows.truncated,
            holds, windows.clipped,
        )  # fmt: skip

    def _changing(self, codes: Index, windows: Windows) -> Bools:
        """[m] Which series the marks change anything of."""
        changes = np.zeros(len(codes), bool)
        disagree = self._told.disagree(codes, windows, self._detector.scan(windows)).any(axis=0)
        changes[windows.segment[windows.fresh[disagree]]] = True
        return changes

    def _wait(self, codes: Index, windows: Windows, idle: Bools) -> None:
        """Until when nothing can open where nothing holds."""
        if self._suspects.quiets is not None and idle.any():
            self._suspects.until[codes[idle]] = self._suspects.quiets.quiet(windows)[idle]

    def _judge(self, codes: Index, windows: Windows) -> list[Finding]:
        changes = self._told.apply(codes, windows, self._detector.scan(windows))
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
