"""The queue of notices: each is taken by one worker at a time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    text,
    update,
)

from store.ledger.rows import DELIVERIES, delivery_of
from store.ledger.schema_deliveries import HELD, SENT, WAITING, deliveries
from vitals.alert import Delivery
from vitals.finding import Severity

_c = deliveries.c
_DUE = or_(
    and_(text(WAITING), _c.due <= bindparam("now")),
    and_(text(HELD), _c.lease_until <= bindparam("now")),
)
ANY_DUE = select(literal(1)).where(_DUE).limit(1)
_WAITS_AGAIN: dict[str, Any] = {
    "state": "pending",
    "due": case((_c.due > bindparam("now"), bindparam("now")), else_=_c.due),
    "lease_until": None,
    "leased_by": "",
}
"""Whoever held it had found it due, perhaps by a clock before ours; it keeps its place in the queue."""
_RAN_OUT = (
    select(_c.key)
    .where(text(HELD), _c.lease_until <= bindparam("now"))
    .with_for_update(skip_locked=True)
    .cte("ran_out")
)
_RETURN = update(deliveries).where(_c.key == _RAN_OUT.c.key).values(**_WAITS_AGAIN)
_PICKED = (
    select(_c.key)
    .where(text(WAITING), _c.severity == bindparam("severe"), _c.due <= bindparam("now"))
    .order_by(_c.due, _c.created, _c.key)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("picked")
)
"""Of one severity, in the order of the index: however long the queue is, no more is read than is taken."""
_LEASE = (
    update(deliveries)
    .where(_c.key == _PICKED.c.key)
    .values(state="leased", lease_until=bindparam("until"), leased_by=bindparam("worker"))
    .returning(*DELIVERIES.selected_columns)
)
"""On SQLite the transaction itself keeps others out; PostgreSQL skips what another worker is taking."""

_NEXT = select(
    select(func.min(_c.due)).where(text(WAITING)).scalar_subquery(),
    select(func.min(_c.lease_until)).where(text(HELD)).scalar_subquery(),
)
_HOLDERS = select(_c.leased_by).where(text(HELD)).distinct()
_OLDEST = select(
    select(func.min(_c.due)).where(text(WAITING)).scalar_subquery(),
    select(func.min(_c.due)).where(text(HELD)).scalar_subquery(),
)


def any_due(connection: Connection, now: int) -> bool:
    """Whether there is anything to lease; a look that keeps no writer waiting."""
    return connection.execute(ANY_DUE, {"now": now}).first() is not None


def lease(connection: Connection, worker: str, now: int, until: int, limit: int) -> list[Delivery]:
    """Take up to ``limit`` deliveries that are due or whose lease ran out, most severe and oldest first."""
    connection.execute(_RETURN, {"now": now})
    taken: list[Delivery] = []
    for severity in sorted(Severity, reverse=True):
        if len(taken) < limit:
            wanted = {"severe": int(severity), "most": limit - len(taken)}
            rows = connection.execute(_LEASE, {"worker": worker, "now": now, "until": until, **wanted})
            taken += sorted(map(delivery_of, rows), key=lambda d: (d.due, d.created, d.key))
    return taken


def holders(connection: Connection) -> list[str]:
    """The workers that hold leases."""
    return list(connection.scalars(_HOLDERS))


def release(connection: Connection, workers: Sequence[str], now: int) -> int:
    """Give back at once what workers that are no more still hold; returns how many."""
    given = update(deliveries).where(text(HELD), _c.leased_by.in_(workers)).values(**_WAITS_AGAIN)
    return connection.execute(given, {"now": now}).rowcount


def hasten(connection: Connection, keys: Sequence[str], now: int) -> int:
    """Make untried pending deliveries of those keys due at ``now``; returns how many were to come later."""
    later = (_c.key.in_(keys), text(WAITING), _c.attempts == 0, _c.due > now)
    return connection.execute(update(deliveries).where(*later).values(due=now)).rowcount


def next_due(connection: Connection) -> int | None:
    """The earliest time at which a delivery wants attention, ms."""
    return _earliest(connection, _NEXT)


def waiting_since(connection: Connection) -> int | None:
    """When the oldest delivery that has not left was to go, ms, whoever holds it; later than now for one that is to
    go then.
    """
    return _earliest(connection, _OLDEST)


def _earliest(connection: Connection, query: Select[*tuple[Any, ...]]) -> int | None:
    return min((time for time in connection.execute(query).one() if time is not None), default=None)


def sent_to(connection: Connection, recipient: str, channel: str, since: int) -> list[Delivery]:
    """What a person has got over a channel at ``since`` or later, oldest first."""
    query = DELIVERIES.where(text(SENT), _c.recipient == recipient, _c.channel == channel, _c.sent_at >= since)
    return [delivery_of(row) for row in connection.execute(query.order_by(_c.sent_at))]
