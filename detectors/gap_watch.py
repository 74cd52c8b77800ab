"""Gaps at work: what was told, and what each reading, status and second changes of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.arrivals import Arrivals
from detectors.behind import Together
from detectors.columns import NEVER, Bools, Ints
from detectors.covered import PATIENCE
from detectors.devices import BATTERY, OFFLINE, About, Battery, Devices
from detectors.expected import ALWAYS, UNHEARD, Expected, Pauses, gap_key
from detectors.masks import any_of
from detectors.outage import Patience
from detectors.outages import Outages, Sight
from detectors.recalled import AGAIN
from detectors.ward import Ward
from vitals.alert import Alert
from vitals.batch import STALE, Batch, Quality
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake

if TYPE_CHECKING:
    from detectors.gap import Gap


class GapWatch:
    """Compares, in columns, when everything expected was last heard with how long it may be silent."""

    def __init__(self, detector: "Gap", ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self._expected, self._pauses = Expected(), Pauses()
        battery = Battery(detector.battery_low, detector.battery_empty, detector.battery_charged)
        self._devices = Devices(battery, detector.offline_grace)
        broker = Patience(detector.outage_after, detector.outage_high, detector.settle)
        together = Together(detector.together, detector.window, detector.offline_grace)
        self._outages = Outages(broker, together, detector.hides)
        self._told_series: Bools = np.zeros(0, bool)
        self._gone: list[Finding] = []
        self._over, self._again = set[tuple[str, str, str]](), NEVER

    def use(self, now: int) -> None:
        """Expect what the plans say now; what they no longer order is over."""
        for row, item, onset in self._expected.plan(self._ward.patients, self._ward.since, now):
            key = gap_key(row, *item.about)
            because = {"because": "no longer expected"}
            self._gone.append(Finding(key, Kind.TECHNICAL, Severity.CLEAR, now, onset, because))
        self._outages.plan(self._ward.patients.values(), self._expected)
        self._pauses = Pauses(self._ward.patients.values())
        self.grow()

    def grow(self) -> None:
        """Learn what new series answer."""
        self._expected.follow(self._ward.series, self._ward.rings.size)
        self._mark_told()

    def recall(self, alert: Alert) -> None:
        key, told = alert.key, self._expected
        if self._outages.recall(alert):
            return
        if key.rule in (OFFLINE, BATTERY):
            self._devices.recall(alert)
        elif (number := told.number.get((key.patient, key.signal, key.device))) is not None:
            row = int(key.rule != UNHEARD)
            told.level[row, number], told.onset[row, number] = int(alert.severity), alert.onset
        else:
            because = {"because": "no longer expected"}
            self._gone.append(Finding(key, Kind.TECHNICAL, Severity.CLEAR, alert.updated, alert.onset, because))

    def ended(self, key: FindingKey, time: int) -> None:
        """Who was told to be back was heard, though the store may not say so until that comes again."""
        self._outages.ended(key, time)
        self._over.add((key.patient, key.signal, key.device))

    def warm(self, history: Arrivals, now: int) -> list[Finding]:  # noqa: ARG002  (the first sweep tells)
        self._again = now + AGAIN
        self._mark_told()
        return []

    def remember(self, past: Batch) -> list[Finding]:
        """A device that had sent artefacts when we stopped was not silent."""
        self._artefacts(past)
        return []

    def scan(self, arrivals: Arrivals | None, intake: Intake, now: int) -> list[Finding]:
        """Take statuses in; judge at once only when something that was told may be over."""
        for status in intake.statuses:
            if self._outages.take(status):
                continue
            self._devices.take(status)
            if not status.retained:
                self._spoke(status.patient, status.device, status.received)
                self._outages.heard()
        self._artefacts(intake.batch)
        back = False
        if arrivals is not None and (arrivals.all_fresh or any_of(arrivals.fresh)):
            self._outages.heard()
            back = any_of(self._told_series.take(arrivals.series) & arrivals.fresh)
        return self.sweep(now) if back or intake.statuses else []

    def sweep(self, now: int) -> list[Finding]:
        last = self._expected.heard(self._ward.sorting.fresh)
        self._hear_devices(last)
        findings, self._gone = self._gone, []
        outages, held = self._outages.sweep(Sight(self._expected, last, self._devices.away, self._paused_at(now), now))
        findings += outages
        findings += self._devices.judge(
            now, self._pauses, self._patience, lambda about: self._is_held(about, held, now)
        )
        findings += self._judge(last, now, held)
        if findings:
            self._mark_told()
        return findings

    def _paused_at(self, now: int) -> Callable[[str], bool]:
        return lambda patient: self._pauses.at(patient, now)

    def _is_held(self, about: About, held: Bools, now: int) -> bool:
        number = self._expected.number.get((about[0], "", about[1]))
        return self._outages.unlisted(now) if number is None else bool(held[number])

    def _judge(self, last: Ints, now: int, held: Bools) -> list[Finding]:
        expected, unheard = self._expected, last == NEVER
        silent = now - np.where(unheard, expected.since, last) > expected.wait
        fresh_start, muted = self._excused(now, held)
        late = silent & ~muted & (now - fresh_start > expected.wait)
        # What was told as missed was heard once, though memory may not go back so far.
        never = unheard & (expected.level[1] == 0)
        findings: list[Finding] = []
        for row, opens, ends in ((0, late & never, ~unheard), (1, late & ~unheard, ~silent & ~unheard)):
            told = expected.level[row] > 0
            for i in np.flatnonzero((opens & ~told) | (ends & told)).tolist():
                findings += [self._finding(row, i, last, int(fresh_start[i]), now, opens=bool(opens[i]))]
        return findings

    def _finding(self, row: int, i: int, last: Ints, fresh_start: int, now: int, *, opens: bool) -> Finding:
        item, heard = self._expected.items[i], int(last[i])
        level = 0
        if opens:
            level = self._detector.missed if item.signal else self._detector.silent
            begun = max(int(self._expected.since[i]) if heard == NEVER else heard, fresh_start)
            self._expected.onset[row, i] = begun + item.every
        self._expected.level[row, i] = level
        evidence: dict[str, Any] = {"every": item.every, "last": None if heard == NEVER else heard}
        if heard != NEVER:
            evidence["silent_for"] = now - heard
        onset = int(self._expected.onset[row, i])
        return Finding(gap_key(row, *item.about), Kind.TECHNICAL, Severity(level), now, onset, evidence)

    def _excused(self, now: int, held: Bools) -> tuple[Ints, Bools]:
        """From when on each wait counts at the earliest, and which expectations may not open anything now."""
        size = len(self._expected.items)
        fresh_start, muted = np.full(size, NEVER, np.int64), held.copy()
        for patient in self._pauses.patients():
            numbers = self._expected.of_patient(patient)
            fresh_start[numbers] = self._pauses.over(patient, now)
            muted[numbers] |= self._pauses.at(patient, now)
        excused = {(patient, "", device) for patient, device in self._devices.away}
        excused |= self._over if now < self._again else set()
        muted[[number for about in excused if (number := self._expected.number.get(about)) is not None]] = True
        return fresh_start, muted

    def _hear_devices(self, last: Ints) -> None:
        for patient, device in list(self._devices.away):
            number = self._expected.number.get((patient, "", device))
            if number is not None:
                self._devices.heard((patient, device), int(last[number]))

    def _patience(self, about: tuple[str, str]) -> int:
        number = self._expected.number.get((about[0], "", about[1]))
        every = ALWAYS if number is None else self._expected.items[number].every
        return PATIENCE if every == ALWAYS else every

    def _artefacts(self, batch: Batch) -> None:
        """A device that sends artefacts is not silent; but it measures nothing, so what is ordered is not fulfilled."""
        if self._ward.sorting.clean(batch):
            return
        quality = batch.quality
        signs = ((quality & int(Quality.ARTEFACT)) != 0) & ((quality & int(STALE)) == 0)
        for code, time in zip(batch.series[signs].tolist(), batch.time[signs].tolist(), strict=True):
            patient, device, _ = self._ward.series.keys[code]
            self._spoke(patient, device, time)

    def _spoke(self, patient: str, device: str, time: int) -> None:
        number = self._expected.number.get((patient, "", device)) if device else None
        if number is not None:
            self._expected.spoke[number] = max(time, int(self._expected.spoke[number]))

    def _mark_told(self) -> None:
        """Which series may end something: those that answer what was told."""
        told = np.logical_or.reduce(self._expected.level > 0, axis=0)
        for patient, device in self._devices.away:
            number = self._expected.number.get((patient, "", device))
            if number is not None:
                told[number] = True
        self._told_series = self._expected.answering(told)
