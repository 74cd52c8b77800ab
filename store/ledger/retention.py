"""Letting go of what is old: rejects, and notices that are long done. Alerts and their history are kept."""

from sqlalchemy import BindParameter, Connection, Select, Table, bindparam, delete, select, text

from store.ledger.schema_alerts import LIVE, alerts
from store.ledger.schema_deliveries import attempts, deliveries
from store.ledger.schema_devices import rejects

LOT = 5_000
"""Rows a transaction, so that pruning never keeps an alert waiting."""

_OF_LIVE = select(alerts.c.id).where(text(LIVE))
_BEFORE: BindParameter[int] = bindparam("before")
OLD: dict[Table, Select[*tuple[object, ...]]] = {
    rejects: select(rejects.c.id).where(rejects.c.received < _BEFORE),
    deliveries: select(deliveries.c.key).where(
        deliveries.c.created < _BEFORE,
        deliveries.c.state.in_(["sent", "dead"]),
        deliveries.c.alert.not_in(_OF_LIVE),
    ),
    attempts: select(attempts.c.id).where(
        attempts.c.time < _BEFORE,
        attempts.c.delivery.not_in(select(deliveries.c.key)),
    ),
}
"""What may go, by table: deliveries of live alerts stay, for their keys keep a notice from being queued twice."""


def prune_lot(connection: Connection, table: Table, before: int) -> int:
    """Remove up to a lot of old rows; returns how many."""
    identity = next(iter(table.primary_key))
    return connection.execute(delete(table).where(identity.in_(OLD[table].limit(LOT))), {"before": before}).rowcount
