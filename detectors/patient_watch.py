"""Runs a detector that judges a patient from the newest value of several signals together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from detectors.arrivals import Arrivals
from detectors.base import HIGHEST, NEVER, Bools, Detector, Floats, Index, Ints, Levels, Marks, room
from detectors.known import Known
from detectors.newest import WIDTH, Moments, Newest, table
from detectors.ward import Ward
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake
from vitals.plan import CarePlan
from vitals.times import HOUR

RECENT = HOUR
"""At start, what newest readings no older than this show is found."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshots:
    """n moments of patients, with k signals: ``value`` [n, k], NaN where never measured or older than ``max_age``;
    ``age`` [n, k] ms; ``at`` [n] ms; ``plan`` holds the detector's columns [n].
    """

    at: Ints
    value: Floats
    age: Ints
    plan: Mapping[str, Floats]

    def take(self, rows: Index) -> "Snapshots":
        plan = {name: column[rows] for name, column in self.plan.items()}
        return Snapshots(self.at[rows], self.value[rows], self.age[rows], plan)


class PatientDetector(Detector, Protocol):
    """Judges snapshots; every method is PURE and works on columns."""

    @property
    def signals(self) -> tuple[str, ...]: ...
    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the plan columns; ``max_age`` (ms) must be among them."""
        ...

    def row(self, plan: CarePlan) -> tuple[float, ...]:
        """The columns' values under a plan."""
        ...

    def weigh(self, snapshots: Snapshots) -> Levels:
        """[n, k]: how much each signal counts against the patient; 0 where it does not."""
        ...

    def calm(self, snapshots: Snapshots, weights: Levels) -> Bools:
        """[n]: opens nothing, whatever came before."""
        ...

    def scan(self, snapshots: Snapshots, weights: Levels) -> Marks: ...

    def evidence(self, snapshots: Snapshots, weights: Levels, row: int) -> dict[str, Any]:
        """JSON values that explain what one snapshot changed."""
        ...


class PatientWatch:
    """What was weighed against a patient keeps counting until it is freshly measured again: a signal that grew too
    old, or whose newest value came late, may leave a level where it is but never lowers it.
    """

    def __init__(self, detector: PatientDetector, ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self._newest, self._known = Newest(detector.signals), Known()
        self._planned = 0
        self._width = len(detector.signals)
        self._burden: Bools = np.zeros((0, WIDTH), bool)
        self._stale: Bools = np.zeros((0, WIDTH), bool)
        self._raised: Ints = np.zeros(0, np.int64)
        self._plan: Floats = np.zeros((len(detector.columns), 0))

    def use(self, now: int) -> None:  # noqa: ARG002
        """Look the plan of every patient up again."""
        self._planned = 0
        self.grow()

    def grow(self) -> None:
        """Look up the plans of patients that are new in the table."""
        patients = self._newest.grow(self._ward.series, self._ward.rings.size)
        known, self._planned = self._planned, patients
        if known == patients:
            return
        rows = [self._row(self._ward.plan(patient)) for patient in self._ward.series.patients[known:patients]]
        self._plan = room(self._plan, patients, 0.0)
        self._plan[:, known:patients] = np.array(rows).T
        self._burden, self._stale = (
            table(self._burden, patients, blank=False),
            table(self._stale, patients, blank=False),
        )
        self._room(patients)

    def _room(self, patients: int) -> None:
        self._known.grow(patients)
        self._raised = room(self._raised, patients, NEVER)

    def recall(self, alert: Alert) -> None:
        code = self._ward.series.patient_code(alert.key.patient)
        self._room(code + 1)
        if alert.holds:
            self._known.put(code, int(alert.severity), alert.onset)
            self._raised[code] = alert.onset

    def warm(self, history: Arrivals, now: int) -> list[Finding]:
        """Take history in; judge each patient as of the newest reading, if that is recent."""
        moments = self._newest.moments(history)
        if moments is None:
            return []
        weights = self._weigh(moments)
        judged = moments.last & (moments.at > now - RECENT) & moments.fresh.any(axis=1)
        return self._findings(moments, *weights, np.flatnonzero(judged))

    def scan(self, arrivals: Arrivals | None, intake: Intake, now: int) -> list[Finding]:  # noqa: ARG002
        moments = None if arrivals is None else self._newest.moments(arrivals)
        if moments is None:
            return []
        return self._findings(moments, *self._weigh(moments), np.flatnonzero(moments.judged))

    def sweep(self, now: int) -> list[Finding]:  # noqa: ARG002  (ageing lowers no level, and nothing else passes)
        return []

    def _weigh(self, moments: Moments) -> tuple[Snapshots, Levels, Bools]:
        """Snapshots and weights of the moments, and which signals are owed a fresh reading before a level falls."""
        snapshots = self._snapshots(moments)
        weights = self._detector.weigh(snapshots)
        burden, stale = self._burden[moments.patient], self._stale[moments.patient]
        burden[:, : self._width] = np.where(moments.fresh[:, : self._width], weights > 0, burden[:, : self._width])
        stale = np.where(moments.measured, ~moments.fresh, stale)
        burden, stale = moments.through(burden, moments.fresh), moments.through(stale, moments.measured)
        owed = burden[:, : self._width] & (stale[:, : self._width] | np.isnan(snapshots.value))
        self._newest.keep(moments)
        patient = moments.patient[moments.last]
        self._burden[patient], self._stale[patient] = burden[moments.last], stale[moments.last]
        return snapshots, weights, owed

    def _snapshots(self, moments: Moments) -> Snapshots:
        columns = self._plan[:, moments.patient]
        plan = dict(zip(self._detector.columns, columns, strict=True))
        time = moments.time[:, : self._width]
        at = np.maximum(moments.at, time.max(axis=1))
        age = at[:, None] - time
        value = np.where(age > plan["max_age"][:, None], np.nan, moments.value[:, : self._width])
        return Snapshots(at, value, age, plan)

    def _findings(
        self, moments: Moments, snapshots: Snapshots, weights: Levels, owed: Bools, rows: Index
    ) -> list[Finding]:
        told = self._known.level[moments.patient] > 0
        suspect = told | ~self._detector.calm(snapshots, weights)
        if not moments.first.all():
            suspect = np.isin(moments.patient, moments.patient[suspect])
        rows = rows[suspect[rows]]
        if not len(rows):
            return []
        patient, snapshots, weights = moments.patient[rows], snapshots.take(rows), weights[rows]
        marks = self._detector.scan(snapshots, weights)
        since = self._last_raised(patient, snapshots.at, marks) - snapshots.plan["max_age"].astype(np.int64)
        owing = (owed[rows] & (snapshots.at[:, None] - snapshots.age >= since[:, None])).any(axis=1)
        marks.ceiling[owing] = HIGHEST
        edges = self._known.apply(patient, np.arange(len(rows)), np.arange(len(rows)), marks)
        changes = zip(edges.sample.tolist(), edges.after.tolist(), edges.onset.tolist(), strict=True)
        return [self._finding(int(patient[change[0]]), snapshots, weights, change) for change in changes]

    def _last_raised(self, patient: Index, at: Ints, marks: Marks) -> Ints:
        """When each patient last stood at a level by the values of that moment: only what counted then is owed."""
        first = np.ones(len(patient), bool)
        first[1:] = patient[1:] != patient[:-1]
        source = np.maximum.accumulate(np.where((marks.floor > 0) | first, np.arange(len(patient)), 0))
        raised = np.where(marks.floor[source] > 0, at[source], self._raised[patient])
        self._raised[patient] = raised
        return raised

    def _finding(self, patient: int, snapshots: Snapshots, weights: Levels, change: tuple[int, int, int]) -> Finding:
        row, level, onset = change
        key = FindingKey(self._detector.rules[0], self._ward.series.patients[patient])
        evidence = self._detector.evidence(snapshots, weights, row)
        return Finding(key, Kind.PHYSIOLOGICAL, Severity(level), int(snapshots.at[row]), onset, evidence)

    def _row(self, plan: CarePlan) -> tuple[float, ...]:
        return self._ward.tuned(self._detector, plan).row(plan)
