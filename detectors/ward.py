"""What all detectors of a bank share: the series, their newest samples and hours, and whose care plan says what."""

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np

from detectors.columns import Index, Ints
from detectors.hours import Hours
from detectors.parameters import Named, tuned
from detectors.plan_rows import Plans
from detectors.rings import Rings
from detectors.rounds import Pace
from detectors.sessions import LONGEST, Sessions
from detectors.sorting import Sorting
from detectors.zones import Zones
from vitals.agency import Agency, Patient
from vitals.plan import CarePlan
from vitals.series import SeriesTable

_D = TypeVar("_D", bound=Named)
_PLAIN = CarePlan()

Since = Mapping[tuple[str, str, str], int]
"""Since when, ms, each thing is expected: an order (patient, signal, ""), a device (patient, "", device), or anything
of a patient (patient, "", "")."""


class Ward:
    """Series table, rings, hours and care plans. A patient that the agency does not know has the default plan."""

    def __init__(self, series: SeriesTable, agency: Agency) -> None:
        self.series, self.rings = series, Rings()
        self.sorting = Sorting(self.rings)
        self.hours, self.pace = Hours(series), Pace()
        self.plans = Plans()
        """The distinct plans, for slow detectors."""
        self._zones = Zones()
        self.patients: dict[str, Patient] = {}
        self.since: Since = {}
        self.sessions = Sessions()
        self._codes: dict[str, list[int]] = {}
        self._tuned: dict[tuple[str, str], Any] = {}
        self.use(agency)

    def use(self, agency: Agency, since: Since | None = None) -> None:
        """From now on these plans hold, and what they order has been so ``since`` then, where that is known."""
        self.patients = {patient.id: patient for patient in agency.patients}
        self.since = since or {}
        self._tuned.clear()
        self.sessions.look_again()
        self.plans.clear()
        self.hours.use()

    def grow(self) -> int:
        """Make room for every series of the table; returns how many there are."""
        before, series = self.rings.size, len(self.series)
        self.rings.grow(series)
        self.sorting.grow(series)
        for code in range(before, series):  # only now: another thread may look
            self._codes.setdefault(self.series.keys[code].patient, []).append(code)
        self._grow_plans()
        self.hours.grow()
        return series

    def patient(self, patient: str) -> int:
        """The code of a patient, whose plan is then known."""
        code = self.series.patient_code(patient)
        self._grow_plans()
        return code

    def track(self, patient: str, signal: int) -> int:
        """The track of a patient's signal, made where it is new."""
        return self.hours.of(self.patient(patient), signal)

    def local(self, patients: Index, hours: Ints) -> Ints:
        """The same hours, [m, K], on the clocks of each patient's zone."""
        zones = [self.zone(code) for code in patients.tolist()]
        local = np.empty_like(hours)
        for zone in sorted(set(zones)):
            rows = [i for i, its in enumerate(zones) if its == zone]
            local[rows] = self._zones.local(zone, hours[rows])
        return local

    def zone(self, patient: int) -> str:
        """The zone of a patient's code; UTC where the agency does not say."""
        found = self.patients.get(self.series.patients[patient])
        return "UTC" if found is None else found.timezone

    def _grow_plans(self) -> None:
        names = self.series.patients
        self.plans.grow(len(names), lambda code: self.plan(names[code]))

    def codes(self, patient: str) -> list[int]:
        """The series of a patient."""
        return list(self._codes.get(patient, ()))

    def plan(self, patient: str) -> CarePlan:
        """The care plan of a patient."""
        found = self.patients.get(patient)
        return _PLAIN if found is None else found.plan

    def in_session(self, patient: str, at: int) -> bool:
        """Whether a therapy session of the patient is on at ``at`` (ms UTC): exertion is expected then."""
        return self.sessions.on(patient, at, self._longest(patient))

    def turn(self, now: int) -> frozenset[str]:
        """The patients whose therapy session has begun or ended since the last call."""
        return self.sessions.turn(now, self._longest)

    def in_force(self, patient: str) -> CarePlan:
        """The care plan as it is now: with the wider limits of a therapy session while one is on."""
        plan = self.plan(patient)
        return plan.in_session() if patient in self.sessions.running else plan

    def _longest(self, patient: str) -> int:
        session = self.plan(patient).session
        return LONGEST if session is None else session.longest

    def tuned(self, detector: _D, plan: CarePlan) -> _D:
        """The detector with the parameters that this plan gives it."""
        changes = plan.parameters.get(detector.name)
        if not changes:
            return detector
        key = (detector.name, repr(sorted(changes.items())))
        if key not in self._tuned:
            self._tuned[key] = tuned(detector, changes)
        found: _D = self._tuned[key]
        return found
