"""Every revision, one step back and forth again with data in every table: what an older version knows survives."""

from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from store.ledger import SqlLedger, migrate, open_ledger
from store.ledger.engine import open_engine, parsed
from store.ledger.schema import metadata
from tests.ledger.ledger_samples import agency, alert, delivery, transition
from vitals.intake import DeviceStatus, Reject, RejectReason
from vitals.presence import clocked


def fill(ledger: SqlLedger) -> None:
    ledger.import_agency(agency(), now=1)
    with ledger.write() as tx:
        tx.put_alerts([alert(1), alert(2)])
        tx.add_transitions([transition(alert(1)), transition(alert(2))])
        tx.add_deliveries([delivery(alert(1)), delivery(alert(2), "ben")])
        tx.add_rejects([Reject(7, "t", b"\x00", RejectReason.MALFORMED, "field 'time'", "p1", "d1")])
        tx.put_statuses([DeviceStatus("p1", "d1", 5, 6, online=True)])
        tx.add_events([clocked("p1", "ana", 5)])


def told(ledger: SqlLedger) -> dict[str, list[str]]:
    return {
        "alerts": sorted(a.id for a in ledger.alerts()),
        "transitions": sorted(f"{t.alert}/{t.seq}" for t in ledger.transitions()),
        "deliveries": sorted(d.key for d in ledger.deliveries()),
        "rejects": [r.detail for r in ledger.rejects()],
        "devices": [d.device for d in ledger.devices()],
    }


def test_each_revision_gives_back_what_it_knows(url: str):
    with open_ledger(url) as ledger:
        fill(ledger)
        before = told(ledger)
    engine = open_engine(parsed(url))
    with engine.connect() as connection:
        scripts = ScriptDirectory.from_config(migrate.config(connection))
        revisions = [script.revision for script in scripts.walk_revisions()]
    for revision in revisions[1:]:
        with engine.begin() as connection:
            migrate.downgrade(connection, revision)
        with engine.begin() as connection:
            migrate.upgrade(connection)
        assert set(metadata.tables) <= set(inspect(engine).get_table_names())
        with open_ledger(url) as ledger:
            assert told(ledger) == before, revision
            fill_again(ledger)
    engine.dispose()


def fill_again(ledger: SqlLedger) -> None:
    """What an older version had no table for is there again; the rest changes nothing."""
    ledger.import_agency(agency(), now=2)
    with ledger.write() as tx:
        tx.add_events([clocked("p1", "ana", 5)])
    assert len(ledger.events(0)) == 1
    assert ledger.agency() == agency()
