"""Homes join one at a time, while the service runs."""

from detectors.scan import Bank
from vitals.agency import Agency, Patient
from vitals.batch import Batch
from vitals.intake import Intake
from vitals.series import SeriesTable

SIGNS = ((0, 72.0), (1, 84.0), (2, 15.0), (3, 36.7), (4, 124.0), (5, 78.0))


def test_patients_who_join_one_after_the_other_are_each_watched():
    ids = [f"p{n}" for n in range(40)]
    table = SeriesTable()
    bank = Bank(table, Agency(id="a", patients=tuple(Patient(id=i, name="-", timezone="UTC") for i in ids)))
    found: dict[str, set[str]] = {}
    for joined in range(1, len(ids) + 1):
        for minute in range(2):
            now = (joined * 2 + minute) * 60_000
            codes = [table.code(i, "hub", s) for i in ids[:joined] for s, _ in SIGNS]
            values = [v for _ in ids[:joined] for _, v in SIGNS]
            batch = Batch.of(codes, [now] * len(codes), values, [now] * len(codes))
            for finding in bank.scan(Intake(batch), now):
                found.setdefault(finding.key.patient, set()).add(finding.key.rule)
    assert all(found[i] == {"limit.low", "early_warning"} for i in ids), found
    assert all(bank.of_patient(i)["spo2"].value == 84.0 for i in ids)
