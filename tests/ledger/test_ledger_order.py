"""However long the queue is, taking from it reads no more than it takes: by an index of its order."""

from typing import Any

import pytest
from sqlalchemy import Connection, Executable, text

from store.ledger import SqlLedger, queue
from tests.ledger.ledger_samples import alert, delivery
from vitals.finding import Severity

LOW, HIGH = Severity.LOW, Severity.HIGH
MANY, BODY = range(3_000), "And 2 more. " * 40
NOW = {"now": 20_000}
LEASE = {**NOW, "worker": "w", "until": 80_000, "severe": 3, "most": 32}
SENT_TO = text(
    "SELECT * FROM deliveries WHERE state = 'sent' AND recipient = :of AND channel = 'c' AND sent_at >= :since"
)


@pytest.mark.parametrize(
    ("statement", "values", "index"),
    [
        (queue._LEASE, LEASE, "deliveries_waiting"),
        (queue._RETURN, NOW, "deliveries_lease"),
        (SENT_TO, {"of": "ana", "since": 0}, "deliveries_sent_to"),
    ],
)
def test_each_question_is_served_by_its_index(ledger: SqlLedger, statement: Any, values: dict[str, Any], index: str):
    with ledger.write() as tx:
        tx.add_deliveries(
            [delivery(alert(n), due=n, severity=(HIGH if n % 100 == 99 else LOW), body=BODY) for n in MANY]
        )
    plan = ledger._database.write(lambda c: explained(c, statement, values))
    assert index in plan
    assert not any(word in plan for word in ("Sort", "TEMP B-TREE", "Seq Scan")), plan


def explained(connection: Connection, statement: Executable, values: dict[str, Any]) -> str:
    connection.exec_driver_sql("ANALYZE")
    compiled: Any = statement.compile(dialect=connection.dialect)
    sqlite = connection.dialect.name == "sqlite"
    given = {**compiled.params, **values}
    bound = tuple(given[name] for name in compiled.positiontup) if sqlite else given
    rows = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{compiled}", bound)
    return "\n".join(str(row[-1]) for row in rows)


def test_most_severe_first_then_oldest_however_many_of_each(ledger: SqlLedger):
    with ledger.write() as tx:
        tx.add_deliveries([delivery(alert(n), due=100 - n, severity=Severity(n % 3 + 1)) for n in range(60)])
    expected = sorted(ledger.deliveries(), key=lambda d: (-d.severity, d.due))
    taken = [d.key for _ in range(5) for d in ledger.lease("w", 1_000, 60_000, 12)]
    assert taken == [d.key for d in expected]
