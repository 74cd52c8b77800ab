"""A restart in the middle, with every detector at work: told alerts and the store are all that is left."""

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.base import Detector
from detectors.registry import DEFAULT
from detectors.scan import Bank
from monitor.convert import BY_NAME as BY_NAME_CSV
from monitor.longcsv import LongCsv
from tests.detectors.kit import T0, Past, live
from vitals.agency import Agency, Patient
from vitals.batch import Batch
from vitals.finding import Finding, FindingKey
from vitals.intake import Intake
from vitals.plan import CarePlan, Ordered
from vitals.series import SeriesTable
from vitals.signals import BY_NAME
from vitals.times import DAY, HOUR, MINUTE

SWEEP = 3 * HOUR
LATER = 5 * MINUTE
SLOW = {rule for d in DEFAULT if hasattr(d, "every") for rule in d.rules}
Weeks = tuple[SeriesTable, Agency, list[Batch]]
Changes = dict[FindingKey, list[tuple[int, int, int]]]


class Life:
    """Batches go by, with sweeps between them; the bank may be lost before any of them."""

    def __init__(self, series: SeriesTable, people: Agency, detectors: tuple[Detector, ...] = DEFAULT) -> None:
        self._series, self._people = series, people
        self._past, self.found = Past(series), list[Finding]()
        self._detectors = detectors
        self._bank = Bank(series, people, detectors=detectors)
        self._swept = 0

    def until(self, now: int) -> None:
        first = self._swept + SWEEP if self._swept else now
        for at in range(first // SWEEP * SWEEP + LATER, now + 1, SWEEP):
            self.found += self._bank.sweep(at, whole=True)
            self._swept = at

    def restart(self, now: int) -> None:
        self._bank = Bank(self._series, self._people, detectors=self._detectors)
        self._bank.warm(self._past, live(self.found), now, {(p.id, "", ""): T0 for p in self._people.patients})

    def feed(self, batch: Batch) -> None:
        now = int(batch.time[-1])
        intake = self._bank.assess(Intake(batch), now)
        self.found += self._bank.scan(intake, now)
        self._past.append(intake.batch)

    def told(self) -> Changes:
        changes: Changes = {}
        for f in self.found:
            if f.key.rule in SLOW:
                changes.setdefault(f.key, []).append((int(f.severity), f.time, f.onset))
        return changes


def lived(weeks: Weeks, lost_at: set[int], detectors: tuple[Detector, ...] = DEFAULT) -> Life:
    series, people, batches = weeks
    life = Life(series, people, detectors)
    for i, batch in enumerate(batches):
        life.until(int(batch.time[0]))
        if i in lost_at:
            life.restart(int(batch.time[0]))
        life.feed(batch)
    end = int(batches[-1].time[-1])
    life.until(end)
    life.found += life._bank.conclude(end)
    return life


def home(days: int, seed: int, step_at: float, size: float) -> Weeks:
    """Two people measured some times a day for weeks, with a shift, a trend and bad nights after ``step_at``."""
    rng, series = np.random.default_rng(seed), SeriesTable()
    usual = {
        "heart_rate": (70, 2.0),
        "systolic_bp": (130, 4),
        "weight": (80, 0.2),
        "spo2": (96, 0.6),
        "glucose": (120, 9),
    }
    batches = []
    for day in range(days):
        for hour in (2, 4, 8, 13, 20):
            rows = []
            for patient in ("p1", "p2"):
                ill = size * (day >= step_at * days) * (patient == "p1")
                for signal, (level, spread) in usual.items():
                    worse = -ill if signal in {"spo2", "glucose"} else ill
                    value = level + spread * (rng.normal() + worse * (1 + (day - step_at * days) / 5))
                    rows.append((series.code(patient, "hub", BY_NAME[signal].code), round(float(value), 1)))
            at = T0 + day * DAY + hour * HOUR + int(rng.integers(0, 50)) * MINUTE
            codes, values = zip(*rows, strict=True)
            batches.append(Batch.of(codes, [at] * len(rows), values, [at] * len(rows)))
    plan = CarePlan(ordered=(Ordered(signal="heart_rate", every=DAY),))
    people = tuple(Patient(id=i, name="-", timezone="Europe/Berlin", plan=plan) for i in ("p1", "p2"))
    return series, Agency(id="a", patients=people), batches


@settings(max_examples=3)
@given(
    st.integers(0, 9),
    st.sampled_from([0.4, 0.6]),
    st.sampled_from([0.0, 3.0, 6.0]),
    st.sets(st.integers(1, 99), min_size=1, max_size=4),
)
def test_slow_detectors_find_the_same_with_restarts_and_without(seed: int, at: float, size: float, lost_at: set[int]):
    weeks = home(20, seed, at, size)
    assert lived(weeks, lost_at).told() == lived(weeks, set()).told()


def test_the_weeks_above_hold_something_to_find():
    assert {key.rule for key in lived(home(20, 1, 0.6, 6.0), set()).told()} >= {"trend.rising", "baseline_shift.high"}


def recorded(folder: Path, csv_path: Path, patients: int, days: int) -> Weeks:
    """The first weeks of the homes of a recording."""
    BY_NAME_CSV["tihm"].convert(folder, csv_path)
    series = SeriesTable()
    with LongCsv(csv_path) as csv:
        batches = [b for b in csv.batches(series, MINUTE) if b.time[0] < csv.first + days * DAY]
        ids = csv.patients()[:patients]
    people = tuple(Patient(id=i, name="-", timezone="Europe/London") for i in ids)
    chosen = np.array([series.patients.index(i) for i in ids if i in series.patients])
    batches = [b.take(np.isin(series.patient_codes()[b.series], chosen)) for b in batches]
    return series, Agency(id="a", patients=people), [b for b in batches if len(b)]


def test_on_recorded_homes_too(recordings: Path, tmp_path: Path):
    weeks = recorded(recordings, tmp_path / "tihm.csv", patients=14, days=50)
    slow = tuple(d for d in DEFAULT if hasattr(d, "every"))
    many = len(weeks[2])
    whole = lived(weeks, set(), slow).told()
    assert whole
    assert lived(weeks, {many // 5, many // 3, many // 2, many // 2 + 1, many - 3}, slow).told() == whole
