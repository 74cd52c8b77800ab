"""The bank: runs every detector over what arrives and over time, and says only what changed."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from detectors.base import Detector, Remembers
from detectors.columns import NEVER
from detectors.hour_past import fill, reread
from detectors.parameters import check_parameters
from detectors.past import History, past
from detectors.past_beliefs import believe
from detectors.past_doubts import doubts
from detectors.quality_watch import QualityWatch
from detectors.recalled import Ends, ended
from detectors.registry import DEFAULT
from detectors.series_watch import SeriesWatch
from detectors.slow_watch import SlowWatch
from detectors.ward import Since, Ward
from vitals.agency import Agency
from vitals.alert import Alert, AlertState
from vitals.batch import Batch, Reading
from vitals.finding import Finding
from vitals.intake import Intake, PatientEvent
from vitals.series import SeriesTable


class Bank:
    """Detectors at work. One thread scans and sweeps; ``newest`` and ``of_patient`` may be read from others.

    Findings are edges: one for each time that a key's level becomes another than what was told. Scanning the same
    intake again finds nothing new. ConfigError when a plan sets parameters that no detector has.

    >>> from vitals.agency import Patient
    >>> table = SeriesTable()
    >>> bank = Bank(table, Agency(id="a", patients=(Patient(id="p1", name="-", timezone="UTC"),)))
    >>> code = table.code("p1", "oximeter", 1)
    >>> batch = Batch.of([code] * 3, [0, 40_000, 80_000], [84.0, 85.0, 84.0], [0, 40_000, 80_000])
    >>> [(f.key.rule, f.severity.word, f.onset) for f in bank.scan(Intake(batch), 80_000)]
    [('limit.low', 'high', 0), ('early_warning', 'low', 0)]
    >>> bank.scan(Intake(batch), 80_000)
    []
    """

    def __init__(self, series: SeriesTable, agency: Agency, *, detectors: Sequence[Detector] = DEFAULT) -> None:
        check_parameters(agency, detectors)
        self._detectors = tuple(detectors)
        self._ward = Ward(series, agency)
        self._watches = [detector.watch(self._ward) for detector in detectors]
        self._gate = next((w.gate for w in self._watches if isinstance(w, QualityWatch)), None)
        self._of_rule = {rule: w for d, w in zip(detectors, self._watches, strict=True) for rule in d.rules}
        self._pending: list[Finding] = []
        self._started, self._grown = False, 0
        self._history: History | None = None

    def use(self, agency: Agency, now: int, since: Since | None = None) -> None:
        """From now on these plans hold; refused whole (ConfigError) when their parameters are wrong.

        What ``since`` does not name counts as ordered from when this bank first heard of it.
        """
        check_parameters(agency, self._detectors)
        self._ward.use(agency, since)
        known, self._started = self._ward.hours.rows.size, False
        self._start(now)
        fill(self._ward.hours, self._history, known, now)

    def warm(self, history: History, told: Iterable[Alert], now: int, since: Since | None = None) -> None:
        """Take up where another bank left off: rings and hours from the store, what was ``told`` from the alerts that
        hold (live, or closed by somebody who knows of it; of several about one condition the last counts) and those
        resolved of late (what the store shows of them is told no more), and since when what the plans order is waited
        for from ``since`` (else from now).

        What already holds and was not told is found by the next scan or sweep.
        """
        if since is not None:
            self._ward.since, self._started = since, False
        self._history, self._ward.hours.stored = history, True
        self._start(now)
        self._recall(list(told))
        self._start(now)
        fill(self._ward.hours, history, 0, now)
        whole = doubts(history, past(history, self._ward.rings.need[: self._ward.rings.size], now), self._ward, now)
        for watch in self._watches:
            self._pending += watch.remember(whole) if isinstance(watch, Remembers) else []
        believed = whole if self._gate is None else believe(whole, self._gate.believed(whole), self._ward, now)
        if (arrivals := self._ward.sorting.arrivals(believed)) is None:
            return
        arrivals.keep()
        self._ward.sorting.recollect(arrivals)
        for watch in self._watches:
            self._pending += watch.warm(arrivals, now)

    def _recall(self, told: Sequence[Alert]) -> None:
        for alert in (part for whole in told if whole.state is not AlertState.RESOLVED for part in whole.parts()):
            if alert.key.rule in self._of_rule:
                self._of_rule[alert.key.rule].recall(alert)
        for key, time in (over for alert in told for over in ended(alert)):
            watch = self._of_rule.get(key.rule)
            watch.ended(key, time) if isinstance(watch, Ends) else None

    def assess(self, intake: Intake, now: int) -> Intake:
        """The intake with what is no measurement flagged as an artefact: once, before ``scan`` and the store."""
        self._start(now)
        return intake if self._gate is None else self._gate.assess(intake)

    @property
    def artefacts(self) -> Mapping[str, int]:
        """How many artefacts there were so far, by reason."""
        return {} if self._gate is None else self._gate.counts

    def scan(self, intake: Intake, now: int) -> list[Finding]:
        """What the intake changes, each key's changes in the order of time."""
        self._ward.sessions.learn(intake.events)
        self._start(now)
        arrivals = self._ward.sorting.arrivals(intake.batch) if len(intake.batch) else None
        if arrivals is not None:
            self._ward.sorting.settle(arrivals)
            self._ward.hours.take(arrivals, now)
        findings, self._pending = self._pending, []
        for watch in self._watches:
            findings += watch.scan(arrivals, intake, now)
        if arrivals is not None:
            arrivals.keep()
        return findings

    def learn(self, events: Iterable[PatientEvent]) -> None:
        """Therapy sessions of which the ledger tells: before the last start, or told to another process."""
        self._ward.sessions.learn(events)

    def sweep(self, now: int, *, whole: bool = False, settled: bool = False) -> list[Finding]:
        """What time alone has changed: silence, hours that are over, and what waited since the start.

        Of many hours that are over at once a sweep judges only some, for alerts must not wait; ``whole`` judges all.
        An hour is judged two minutes after its end, for readings may be under way; at once where all is ``settled``:
        every reading up to ``now`` has been scanned, as in a recording.
        """
        self._start(now)
        self._ward.pace.begin(whole=whole, settled=settled)
        reread(self._ward.hours, self._history, now)
        findings, self._pending = self._pending, []
        for watch in self._watches:
            findings += watch.sweep(now)
        return findings

    def conclude(self, end: int) -> list[Finding]:
        """What a recording that ends here still shows, as of the whole hours after it; silence is not judged."""
        self._start(end)
        watches = [watch for watch in self._watches if isinstance(watch, SlowWatch)]
        return sorted((f for watch in watches for f in watch.conclude(end)), key=lambda finding: finding.time)

    @property
    def busy(self) -> bool:
        """Hours that are due wait to be judged by the next sweep: each does a little, so that no alert waits for it."""
        return self._ward.pace.busy

    def newest(self, series: Sequence[int] | None = None) -> Batch:
        """The newest reading of every series (or of those codes) that has one, for a board. Its quality and when it
        was received are not kept: GOOD, and the time it was measured, stand for them.
        """
        codes = np.arange(self._ward.rings.size) if series is None else np.asarray(series, np.int64)
        time, value = self._ward.rings.newest(codes)
        has = time != NEVER
        return Batch.of(codes[has], time[has], value[has], time[has])

    def of_patient(self, patient: str) -> dict[str, Reading]:
        """The newest reading of each signal of a patient, whichever device it is from."""
        newest: dict[str, Reading] = {}
        for reading in self.newest(self._ward.codes(patient)).readings(self._ward.series):
            if reading.signal not in newest or newest[reading.signal].time < reading.time:
                newest[reading.signal] = reading
        return newest

    def _start(self, now: int) -> None:
        """Make room for new series; the first time, and after a change of plans, let every detector read them."""
        turned = self._ward.turn(now)
        if self._started and turned:
            for watch in self._watches:
                watch.replan(turned) if isinstance(watch, SeriesWatch) else None
        if self._started and len(self._ward.series) == self._grown:
            return
        self._grown = self._ward.grow()
        for watch in self._watches:
            if self._started:
                watch.grow()
            else:
                watch.use(now)
        self._started = True
