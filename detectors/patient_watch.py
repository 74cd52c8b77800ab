"""Runs a detector that judges a patient from the newest value of several signals together."""

import numpy as np

from detectors.arrivals import Arrivals
from detectors.columns import NEVER, Bools, Floats, Index, Ints, Levels, room
from detectors.known import Known
from detectors.newest import Newest
from detectors.patient_detector import PatientDetector, Snapshots
from detectors.recalled import Recalled, seen
from detectors.skim import Skim
from detectors.standing import Standing
from detectors.stands import ALARMING, BURDEN, STALE, Moments
from detectors.trailing import Trailing, part
from detectors.ward import Ward
from detectors.windows import HIGHEST, Marks
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake
from vitals.plan import CarePlan
from vitals.times import HOUR

RECENT = HOUR
"""At start, what newest readings no older than this show is found."""


class PatientWatch:
    """What counted against a patient keeps counting until it is freshly measured again: a signal that grew too old,
    or whose newest value came late, may leave a level where it is but never lowers it.
    """

    def __init__(self, detector: PatientDetector, ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self._newest, self._known, self._trailing = Newest(detector.signals), Known(), Trailing()
        self._standing, self._recalled = Standing(self._known), Recalled()
        self._skim = Skim(self._newest, self._standing)
        self._planned = self._size = 0
        self._raised: Ints = np.zeros(0, np.int64)
        self._table: Index = np.zeros(0, np.int32)
        self._tables: dict[bytes, int] = {}
        self._rows: dict[tuple[float, ...], tuple[int, int, Levels | None]] = {}
        self._plan: Floats = np.zeros((len(detector.columns), 0))

    def use(self, now: int) -> None:  # noqa: ARG002  (a plan holds whatever the time)
        """Look the plan of every patient up again."""
        self._planned = self._size = 0
        self.grow()

    def grow(self) -> None:
        """Look up the plans of patients that are new in the table."""
        series, size = self._ward.series, self._ward.rings.size
        patients = max(self._planned, int(series.patient_codes()[self._size : size].max(initial=-1)) + 1)
        self._newest.grow(series, size, patients)
        self._room(patients)
        for code in range(self._planned, patients):
            self._look_up(code, self._ward.plan(series.patients[code]))
        self._newest.weigh(self._table, series, self._size)
        self._planned, self._size = patients, size

    def recall(self, alert: Alert) -> None:
        code = self._ward.series.patient_code(alert.key.patient)
        self._room(code + 1)
        if alert.holds:
            self._known.put(code, int(alert.severity), alert.onset)
            self._raised[code] = alert.onset
            self._standing.told(np.array([code]))
            self._recalled.told(0, code, seen(alert))

    def ended(self, key: FindingKey, time: int) -> None:
        self._recalled.ended(0, self._ward.series.patient_code(key.patient), time)

    def warm(self, history: Arrivals, now: int) -> list[Finding]:
        """Take history in; judge each patient as of the newest fresh reading, if that is recent and nothing that counts
        came late: nobody knows what it was judged with.
        """
        self._recalled.start(now)
        whose = self._ward.series.patient_codes()[history.series]
        moments = self._newest.take(self._trailing.hold(history, whose, self._newest.watched(history.series)))
        if moments is None:
            return []
        last = np.ones(len(moments.at), bool)
        last[:-1] = moments.patient[1:] != moments.patient[:-1]
        last |= moments.single
        rows = np.flatnonzero(moments.judged & last & (moments.at > now - RECENT))
        sure = ~(moments.cells(rows).code & STALE > 0).any(axis=1)
        return self._findings(moments, rows[sure])

    def scan(self, arrivals: Arrivals | None, intake: Intake, now: int) -> list[Finding]:  # noqa: ARG002
        if arrivals is None:
            return []
        found: list[Finding] = []
        for some in self._trailing.parts(arrivals, self._ward.series):
            rows, kept = self._skim.take(some)
            if len(kept):
                self._raised[kept] = self._newest.time[kept].max(axis=1)
            moments = None if rows is None else self._newest.take(part(some, rows))
            found += [] if moments is None else self._findings(moments, moments.judged.nonzero()[0])
        return found

    def sweep(self, now: int) -> list[Finding]:
        """Ageing lowers no level, and nothing else passes."""
        waited = self._recalled.due(now)
        return self._findings(self._newest.stand(waited), np.arange(len(waited))) if len(waited) else []

    def _findings(self, moments: Moments, rows: Index) -> list[Finding]:
        suspect = moments.weight >= self._standing.calm[moments.patient]
        suspect |= self._known.level[moments.patient] > 0
        if not moments.single:
            suspect = self._skim.whole(moments.patient, moments.patient[suspect])
        rows = rows[suspect[rows]]
        if not len(rows):
            return []
        patient = moments.patient[rows]
        snapshots, owed = self._snapshots(moments, rows)
        marks = self._detector.scan(snapshots)
        since = self._last_raised(patient, snapshots.at, marks) - snapshots.plan["max_age"].astype(np.int64)
        owing = (owed & (snapshots.at[:, None] - snapshots.age >= since[:, None])).any(axis=1)
        marks.ceiling[owing] = HIGHEST
        marks = self._recalled.spare(marks, patient, snapshots.at)
        edges = self._known.apply(patient, np.arange(len(rows)), np.arange(len(rows)), marks)
        if len(edges.sample):
            self._standing.told(patient)
        changes = zip(edges.sample.tolist(), edges.after.tolist(), edges.onset.tolist(), strict=True)
        return [self._finding(int(patient[change[0]]), snapshots, change) for change in changes]

    def _snapshots(self, moments: Moments, rows: Index) -> tuple[Snapshots, Bools]:
        """Snapshots, and which signals are owed a fresh reading before a level falls."""
        wide = len(self._detector.signals)
        cells = moments.cells(rows)
        value, time, code = cells.value[:, :wide], cells.time[:, :wide], cells.code[:, :wide]
        plan = dict(zip(self._detector.columns, self._plan[:, moments.patient[rows]], strict=True))
        at = np.maximum(moments.at[rows], time.max(axis=1))
        age = at[:, None] - time
        old = age > plan["max_age"][:, None]
        owed = (code & BURDEN > 0) & (old | (code & STALE > 0))
        return Snapshots(at, np.where(old, np.nan, value), age, plan), owed

    def _last_raised(self, patient: Index, at: Ints, marks: Marks) -> Ints:
        """When each patient last stood at a level by the values of that moment: only what counted then is owed."""
        first = np.ones(len(patient), bool)
        first[1:] = patient[1:] != patient[:-1]
        source = np.maximum.accumulate(np.where((marks.floor > 0) | first, np.arange(len(patient)), 0))
        raised = np.where(marks.floor[source] > 0, at[source], self._raised[patient])
        self._raised[patient] = raised
        return raised

    def _finding(self, patient: int, snapshots: Snapshots, change: tuple[int, int, int]) -> Finding:
        row, level, onset = change
        key = FindingKey(self._detector.rules[0], self._ward.series.patients[patient])
        evidence = self._detector.evidence(snapshots, row)
        return Finding(key, Kind.PHYSIOLOGICAL, Severity(level), int(snapshots.at[row]), onset, evidence)

    def _room(self, patients: int) -> None:
        self._standing.grow(patients)
        self._raised, self._table = room(self._raised, patients, NEVER), room(self._table, patients, 0)
        self._plan = room(self._plan, patients, 0.0)

    def _look_up(self, code: int, plan: CarePlan) -> None:
        detector = self._ward.tuned(self._detector, plan)
        row = detector.row(plan)
        if row not in self._rows:
            calm = min(max(detector.calm(row), 0), ALARMING)
            self._rows[row] = calm, self._table_number(detector.weights(row)), detector.floors(row)
        calm, self._table[code], floors = self._rows[row]
        self._plan[:, code] = row
        self._standing.plan(code, calm, floors, int(self._plan[detector.columns.index("max_age"), code]))

    def _table_number(self, weights: Levels) -> int:
        key = weights.tobytes()
        if key not in self._tables:
            self._tables[key] = self._newest.add_table(weights)
        return self._tables[key]
