"""Since when things are ordered outlives imports that leave them as they are, and the program."""

from typing import Any

from store.ledger import SqlLedger, open_ledger
from tests.ledger.ledger_samples import agency
from vitals.agency import Agency

WEIGHT, OXIMETER, SIGN = ("p1", "weight", ""), ("p1", "", "oximeter"), ("p1", "", "")
DAILY = {"signal": "weight", "every": "1d", "grace": "2h"}
DEVICES = [{"id": "oximeter", "type": "oximeter"}, {"id": "scale", "type": "scale"}]


def home(*ordered: dict[str, str], devices: list[dict[str, str]] = DEVICES, **plan: Any) -> Agency:
    patient = {"id": "p1", "name": "-", "timezone": "UTC", "devices": devices, "plan": {"ordered": ordered, **plan}}
    return Agency.model_validate({"id": "a", "patients": [patient]})


def test_what_is_ordered_counts_from_its_first_import(ledger: SqlLedger):
    assert ledger.ordered_since() == {}
    ledger.import_agency(home(DAILY, silent_after="6h"), now=1)
    assert ledger.ordered_since() == {WEIGHT: 1, OXIMETER: 1, SIGN: 1}
    ledger.import_agency(home(DAILY, silent_after="6h", news2_scale=2), now=2)
    assert ledger.ordered_since() == {WEIGHT: 1, OXIMETER: 1, SIGN: 1}


def test_an_order_that_changes_counts_anew_and_the_others_do_not(ledger: SqlLedger):
    ledger.import_agency(home(DAILY), now=1)
    ledger.import_agency(home({**DAILY, "every": "12h"}, {"signal": "glucose", "every": "8h"}), now=2)
    assert ledger.ordered_since() == {WEIGHT: 2, ("p1", "glucose", ""): 2, OXIMETER: 1}
    ledger.import_agency(home({**DAILY, "every": "12h"}, devices=[{**DEVICES[0], "silent_after": "1h"}]), now=3)
    assert ledger.ordered_since() == {WEIGHT: 2, OXIMETER: 3}


def test_it_goes_with_the_order_and_with_the_patient(ledger: SqlLedger):
    ledger.import_agency(home(DAILY), now=1)
    ledger.import_agency(home(), now=2)
    assert ledger.ordered_since() == {OXIMETER: 1}
    ledger.import_agency(home(DAILY), now=3)
    assert ledger.ordered_since() == {WEIGHT: 3, OXIMETER: 1}
    ledger.import_agency(agency(patients=[], assignments=[]), now=4)
    assert ledger.ordered_since() == {}


def test_it_outlives_the_program(url: str):
    with open_ledger(url) as ledger:
        ledger.import_agency(home(DAILY), now=1)
    with open_ledger(url) as ledger:
        assert ledger.ordered_since() == {WEIGHT: 1, OXIMETER: 1}
