"""The agency in the ledger: imported whole, read back equal, its secrets unseen."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from store.ledger import Change, SqlLedger, open_ledger
from tests.ledger.ledger_samples import agency, alert
from tests.ledger.ledger_strategies import agencies, alerts
from vitals.agency import Agency
from vitals.alert import Alert, AlertState
from vitals.intake import DeviceStatus
from vitals.people import Assignment

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_there_is_none_before_the_first_import(ledger: SqlLedger):
    assert ledger.agency() is None
    assert ledger.agency_version() == 0


def test_it_is_read_back_as_it_was_imported(ledger: SqlLedger):
    report = ledger.import_agency(agency(), now=1)
    assert ledger.agency() == agency()
    assert ledger.agency_version() == report.version == 1
    assert report.parts["patients"] == Change(2, 0, 0)
    assert (report.added, report.changed, report.removed) == (6, 0, 0)


@FEW
@given(imported=agencies())
def test_any_agency_is_read_back_equal(ledger: SqlLedger, imported: Agency):
    ledger.import_agency(imported, now=1)
    assert ledger.agency() == imported


@FEW
@given(written=alerts)
def test_any_alert_is_read_back_equal(ledger: SqlLedger, written: Alert):
    with ledger.write() as tx:
        tx.put_alerts([written])
    assert ledger.alert(written.id) == written
    with ledger.write() as tx:  # its key is free for the next example
        tx.put_alerts([replace(written, state=AlertState.RESOLVED)])


def test_an_import_says_what_changed_and_grows_the_version(ledger: SqlLedger):
    ledger.import_agency(agency(), now=1)
    old = agency()
    new = old.model_copy(
        update={
            "patients": (old.patients[0].model_copy(update={"name": "Renamed"}),),
            "assignments": (),
            "policies": {**old.policies, "swift": old.policies["calm"]},
        }
    )
    report = ledger.import_agency(new, now=2)
    assert report.parts == {
        "patients": Change(0, 1, 1),
        "caregivers": Change(0, 0, 0),
        "assignments": Change(0, 0, 1),
        "shifts": Change(0, 0, 0),
        "overrides": Change(0, 0, 0),
        "policies": Change(1, 0, 0),
    }
    assert ledger.agency() == new
    assert ledger.import_agency(new, now=3).version == ledger.agency_version() == 3


def test_alerts_and_statuses_stay_when_their_patient_leaves(ledger: SqlLedger):
    ledger.import_agency(agency(), now=1)
    status = DeviceStatus("p1", "d1", 1, 1, online=True)
    with ledger.write() as tx:
        tx.put_alerts([alert(1)])
        tx.put_statuses([status])
    ledger.import_agency(Agency(id="north"), now=2)
    assert ledger.live() == [alert(1)]
    assert ledger.devices() == [status]


def test_an_import_that_fails_changes_nothing(ledger: SqlLedger):
    ledger.import_agency(agency(), now=1)
    stranger = Assignment(patient="nobody", caregiver="ana")
    broken = agency().model_copy(update={"id": "south", "assignments": (stranger,)})
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        ledger.import_agency(broken, now=2)
    assert ledger.agency() == agency()
    assert ledger.agency_version() == 1


def test_another_opening_sees_what_was_imported(ledger: SqlLedger, url: str):
    ledger.import_agency(agency(), now=1)
    with open_ledger(url, migrate=False) as other:
        assert other.agency() == agency()
        assert other.agency_version() == 1


def test_no_channel_address_shows_in_a_fault_or_a_name(ledger: SqlLedger):
    ledger.import_agency(agency(), now=1)
    ana = agency().caregivers[0]
    broken = agency().model_copy(update={"caregivers": (ana, ana)})
    with pytest.raises(Exception, match=r"(?i)unique") as caught:
        ledger.import_agency(broken, now=2)
    assert "secret-topic" not in f"{caught.value!r} {caught.value.__cause__} {ledger!r}"
