"""The migrations add up to the tables, go both ways, and are needed only once."""

import threading
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from store.ledger import SqlLedger, migrate, open_ledger
from store.ledger.engine import open_engine, parsed
from store.ledger.schema import metadata
from tests.ledger.ledger_samples import agency, alert, delivery, leased, transition
from vitals.errors import ConfigError


@pytest.fixture
def engine(url: str):
    opened = open_engine(parsed(url))
    yield opened
    opened.dispose()


def at(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        migrate.upgrade(connection, revision)


def test_the_migrations_make_the_tables_of_the_code(engine: Engine):
    at(engine, "head")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_every_index_of_the_code_is_there(engine: Engine):
    at(engine, "head")
    there = {(table, index["name"]) for table in metadata.tables for index in inspect(engine).get_indexes(table)}
    assert {(t.name, index.name) for t in metadata.tables.values() for index in t.indexes} <= there


def test_down_and_up_again_keeps_what_the_older_version_knows(engine: Engine, url: str):
    with open_ledger(url) as ledger:
        ledger.import_agency(agency(), now=1)
        with ledger.write() as tx:
            tx.put_alerts([alert()])
            tx.add_transitions([transition(alert())])
    with engine.begin() as connection:
        migrate.downgrade(connection, "0001")
    with open_ledger(url) as ledger:
        assert ledger.live() == [alert()]
        assert ledger.transitions() == [transition(alert())]
        assert ledger.agency() is None
        ledger.import_agency(agency(), now=1)
    with engine.begin() as connection:
        migrate.downgrade(connection, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    with open_ledger(url) as ledger:
        assert ledger.live() == []


def test_orders_of_before_there_was_a_table_for_them_count_from_the_last_import(engine: Engine, url: str):
    imported = agency()
    with open_ledger(url) as ledger:
        ledger.import_agency(imported, now=1)
        ledger.import_agency(imported, now=2)
        with ledger.write() as tx:
            tx.put_alerts([alert()])
    with engine.begin() as connection:
        migrate.downgrade(connection, "0002")
    assert "orders" not in inspect(engine).get_table_names()
    with open_ledger(url) as ledger:
        assert (ledger.live(), ledger.agency()) == ([alert()], imported)
        since = ledger.ordered_since()
        assert since[("p2", "weight", "")] == since[("p2", "", "oximeter-1")] == 2
        assert ("p2", "", "") not in since
        ledger.import_agency(imported, now=3)
        assert ledger.ordered_since() == {("p2", "weight", ""): 2, ("p2", "", "oximeter-1"): 2}


def test_the_queue_goes_back_and_forth_whole_but_for_what_was_called_for(engine: Engine, url: str):
    waiting, held = delivery(alert(), urgent=True), leased(alert(2))
    with open_ledger(url) as ledger, ledger.write() as tx:
        tx.add_deliveries([waiting, held])
    with engine.begin() as connection:
        migrate.downgrade(connection, "0009")
    assert "urgent" not in {column["name"] for column in inspect(engine).get_columns("deliveries")}
    with open_ledger(url) as ledger:
        assert {d.key: d for d in ledger.deliveries()} == {held.key: held, waiting.key: replace(waiting, urgent=False)}
        assert len(ledger.lease("w", 9_000, 60_000, 9)) == 2


def test_a_database_of_a_newer_version_is_refused(engine: Engine, url: str):
    at(engine, "head")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for upgrade in (True, False):
        with pytest.raises(ConfigError, match=r"'9999', which this version does not know.*newer homevigil"):
            open_ledger(url, migrate=upgrade)


def test_an_older_database_is_left_alone_unless_asked(engine: Engine, url: str):
    at(engine, "0001")
    with pytest.raises(ConfigError, match="older version"):
        open_ledger(url, migrate=False)
    assert "agency" not in inspect(engine).get_table_names()


def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine, url: str):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE rejects (id INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        open_ledger(url)
    assert set(inspect(engine).get_table_names()) == {"rejects"}


def test_two_that_open_a_new_database_at_once_both_succeed(url: str):
    opened: list[SqlLedger] = []
    threads = [threading.Thread(target=lambda: opened.append(open_ledger(url))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [ledger.live() for ledger in opened] == [[], [], []]
    for ledger in opened:
        ledger.close()
