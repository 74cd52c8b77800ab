"""Clock events and sessions: kept once, seen by another process; overrides and exceptions of shifts; back and forth."""

from dataclasses import replace

from sqlalchemy import inspect

from store.ledger import SqlLedger, migrate, open_ledger
from store.ledger.engine import open_engine, parsed
from tests.ledger.ledger_samples import agency, alert
from vitals.agency import Agency
from vitals.intake import EventType, PatientEvent
from vitals.overrides import Override
from vitals.people import Shift
from vitals.presence import clocked

CAME = clocked("p1", "ana", 5_000, device="pad")
BEGAN = PatientEvent("p1", "pad", 6_000, 6_500, EventType.SESSION_START, stale=True)


def put(ledger: SqlLedger, *events: PatientEvent) -> None:
    with ledger.write() as tx:
        tx.add_events(events)


def with_exceptions() -> Agency:
    base = agency()
    who, other = base.caregivers[0].id, "stand-in"
    days = Shift(
        caregiver=who, rule="", start="08:00", end="16:00", timezone="UTC", rdates=("2026-01-01",), extra_days=1
    )
    nights = Shift(caregiver=who, start="22:00", end="06:00", timezone="UTC", exdates=("2026-01-02", "2026-01-03"))
    change = Override(action="replace", caregiver=who, by=other, day="2026-01-01", reason="é", entered_by="olga")
    people = (*base.caregivers, base.caregivers[0].model_copy(update={"id": other}))
    return base.model_copy(update={"shifts": (days, nights), "overrides": (change, change), "caregivers": people})


def test_events_are_kept_once_and_read_back_by_their_own_time(ledger: SqlLedger):
    put(ledger, BEGAN, CAME)
    put(ledger, replace(CAME, received=9_000), replace(BEGAN, device="other"))
    assert [ledger.events(since) for since in (0, 6_000, 6_001)] == [[CAME, BEGAN], [BEGAN], []]


def test_only_what_counts_on_is_kept_whatever_its_words(ledger: SqlLedger):
    nameless = PatientEvent("p1", "pad", 1, 1, EventType.CLOCK_IN, {"caregiver": 7})
    put(ledger, nameless, PatientEvent("p1", "pad", 1, 1, EventType.FALL))
    put(ledger)
    assert ledger.events(0) == []
    put(ledger, clocked("p\0", "a\0\ud800", 1))
    assert [event.patient for event in ledger.events(0)] == ["p\\x00"]


def test_another_process_sees_what_is_new(ledger: SqlLedger, url: str):
    put(ledger, CAME)
    with open_ledger(url, migrate=False) as other:
        events, mark = other.new_events(None)
        assert events == []
        assert other.new_events(mark) == ([], mark)
        put(ledger, BEGAN)
        events, later = other.new_events(mark)
        assert BEGAN in events
        assert later > mark
        assert other.new_events(later) == ([], later)


def test_overrides_and_exceptions_are_read_back_as_they_were_imported_and_events_outlive_it(ledger: SqlLedger):
    put(ledger, CAME)
    report = ledger.import_agency(with_exceptions(), now=1)
    assert ledger.agency() == with_exceptions()
    assert report.parts["overrides"].added == 2
    assert ledger.events(0) == [CAME]


def test_a_migration_back_and_forth_keeps_what_the_older_version_knows(url: str):
    """An older version has no word for a shift on single days; the rest of the agency is as it was."""
    with open_ledger(url) as ledger:
        ledger.import_agency(with_exceptions(), now=1)
        put(ledger, CAME)
        with ledger.write() as tx:
            tx.put_alerts([alert()])
    engine = open_engine(parsed(url))
    with engine.begin() as connection:
        migrate.downgrade(connection, "0003")
    assert not {"overrides", "patient_events"} & set(inspect(engine).get_table_names())
    engine.dispose()
    with open_ledger(url) as ledger:
        back = ledger.agency()
        assert back is not None
        assert [shift.rule for shift in back.shifts] == ["FREQ=DAILY"]
        assert (back.shifts[0].exdates, back.overrides, ledger.events(0)) == ((), (), [])
        assert back.patients == with_exceptions().patients
        assert [a.id for a in ledger.live()] == [alert().id]
        ledger.import_agency(with_exceptions(), now=2)
        put(ledger, CAME)
        assert (ledger.agency(), ledger.events(0)) == (with_exceptions(), [CAME])
