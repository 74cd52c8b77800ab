"""Where alerts, readings and plans come from: files of a replay, or a running installation's ledger and store."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from monitor.agency_file import default_agency, load_agency
from monitor.evaluation.alertlines import parsed
from monitor.evaluation.observed import observed_in
from monitor.longcsv import LongCsv
from monitor.parts import the_agency, the_ledger, the_readings
from monitor.settings import Settings
from monitor.tuning.burden import Told, told_of
from monitor.tuning.trial import Readings
from store.ledger import SqlLedger
from vitals.agency import Agency
from vitals.batch import Batch
from vitals.errors import BadDataError, UnavailableError
from vitals.series import SeriesTable
from vitals.times import DAY, iso


class Source(Protocol):
    """What tuning needs to know."""

    @property
    def told(self) -> list[Told]: ...
    @property
    def observed(self) -> Mapping[str, tuple[int, int]]:
        """From when to when, ms, each patient's readings were seen."""
        ...

    @property
    def agency(self) -> Agency: ...
    def readings(self, patient: str) -> Readings | None:
        """The patient's readings, None where they cannot be had."""
        ...


@dataclass(frozen=True, slots=True)
class Files:
    """A replay's alerts and the long CSV that was replayed."""

    told: list[Told]
    observed: Mapping[str, tuple[int, int]]
    agency: Agency
    csv: LongCsv

    @classmethod
    def of(cls, alerts: Path, csv: LongCsv, agency: Path | None) -> "Files":
        """Read the alerts; BadDataError when they are of patients that have no reading."""
        seen = observed_in(csv)
        observed = dict(zip(seen.names, zip(seen.first.tolist(), seen.last.tolist(), strict=True), strict=True))
        told = told_of(parsed(alerts))
        stranger = next((each.patient for each in told if each.patient not in observed), None)
        if stranger is not None:
            raise BadDataError(f"{alerts}: patient {stranger!r} has no reading in {csv.path}: name what was replayed")
        people = load_agency(agency) if agency else default_agency(seen.names)
        return cls(told, observed, people, csv)

    def readings(self, patient: str) -> Readings | None:
        query = "SELECT device, code, stamp, number FROM reading WHERE patient = ? ORDER BY stamp, line"
        columns = self.csv.select(query, patient).fetchnumpy()
        table = SeriesTable()
        names = zip(columns["device"].tolist(), columns["code"].tolist(), strict=True)
        codes = [table.code(patient, device, int(code)) for device, code in names]
        return Readings.of(table, Batch.of(codes, columns["stamp"], columns["number"], columns["stamp"]))


@dataclass(frozen=True, slots=True)
class Installation:
    """Ledger and store of an installation, from ``since`` to ``now`` ms. ``store`` is None while another holds it."""

    told: list[Told]
    observed: Mapping[str, tuple[int, int]]
    agency: Agency
    store: Any
    since: int
    now: int

    def readings(self, patient: str) -> Readings | None:
        if self.store is None:
            return None
        table: SeriesTable = self.store.series
        mine = [code for code, key in enumerate(table.keys) if key.patient == patient]
        return Readings.of(table, self.store.window(self.since, self.now, mine)) if mine else None


@contextmanager
def installation(settings: Settings, since: int, now: int) -> Iterator[Installation]:
    """The installation of these settings. Its store may be in use by the service: then there are no trials.

    BadDataError when there is neither a reading nor an alert to weigh.
    """
    with the_ledger(settings) as ledger:
        agency, told = the_agency(ledger), _told(ledger, since)
    try:
        store = the_readings(settings)
    except UnavailableError:
        whole = {patient.id: (since, now) for patient in agency.patients}
        yield Installation(told, _days(whole, told, since), agency, None, since, now)
        return
    try:
        yield Installation(told, _days(_observed(store, since, now), told, since), agency, store, since, now)
    finally:
        store.close()


def _told(ledger: SqlLedger, since: int) -> list[Told]:
    alerts = {alert.id: alert for alert in ledger.alerts(None, None, None)}
    lines = (
        {
            "time": step.time, "patient": alerts[step.alert].key.patient, "alert": step.alert,
            "rule": alerts[step.alert].key.rule, "signal": alerts[step.alert].key.signal,
            "kind": alerts[step.alert].kind.value, "severity": int(step.severity), "evidence": step.evidence,
        }
        for step in ledger.transitions(None, since)
        if step.alert in alerts
    )  # fmt: skip
    return [each for each in told_of(lines) if each.opened >= since]


def _days(observed: dict[str, tuple[int, int]], told: list[Told], since: int) -> dict[str, tuple[int, int]]:
    """Who was told of without a reading (a device that says nothing) is counted from first alert to last."""
    alone: dict[str, tuple[int, int]] = {}
    for each in told:
        if each.patient not in observed:
            alone[each.patient] = alone.get(each.patient, (each.opened, 0))[0], each.opened
    if not (observed or alone):
        remedy = "import patients and let the service run, name an earlier --since, or give --alerts and --readings"
        raise BadDataError(f"no reading and no alert since {iso(since)}: there is nothing to weigh ({remedy})")
    return observed | alone


def _observed(store: Any, since: int, now: int) -> dict[str, tuple[int, int]]:
    """By days with readings."""
    days = store.aggregate(since, now, DAY)
    patient = store.series.patient_codes()[days.series]
    found: dict[str, tuple[int, int]] = {}
    for code in np.unique(patient).tolist():
        times = days.time[patient == code]
        first, last = max(int(times.min()), since), min(int(times.max()) + DAY, now)
        found[store.series.patients[code]] = (first, last)
    return found
