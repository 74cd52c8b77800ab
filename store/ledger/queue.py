"""The queue of notices: taken by one worker each, marked with what became of them."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import (
    Connection,
    Executable,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    update,
)

from store.ledger import prepared
from store.ledger.columns import mend
from store.ledger.rows import DELIVERIES, delivery_of
from store.ledger.schema_deliveries import HELD, WAITING, deliveries
from store.ledger.statements import add_attempt
from vitals.alert import UNTRIED, Delivery
from vitals.finding import Severity


class Attempt(Protocol):
    """What became of one try to hand a delivery over, as the one who tried tells it."""

    @property
    def key(self) -> str: ...
    @property
    def time(self) -> int: ...
    @property
    def ok(self) -> bool: ...
    @property
    def result(self) -> str: ...
    @property
    def retry_at(self) -> int | None: ...


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

_SENT = (
    update(deliveries)
    .where(_c.key == bindparam("of"))
    .values(
        state=literal_column("'sent'"),
        sent_at=func.coalesce(_c.sent_at, bindparam("at")),
        result=bindparam("said"),
        attempts=_c.attempts + literal_column("1"),
        lease_until=null(),
        leased_by=literal_column("''"),
    )
)
"""Without constants to bind: the driver takes it as it is."""
_FAILED = (
    update(deliveries)
    .where(_c.key == bindparam("of"), or_(text(WAITING), text(HELD)))
    .values(
        state=case((bindparam("again").is_(None), "dead"), else_="pending"),
        due=func.coalesce(bindparam("again"), _c.due),
        result=bindparam("said"),
        attempts=_c.attempts + bindparam("counts"),
        lease_until=None,
        leased_by="",
    )
)
"""Only what still waits: a notice that another worker got through, or that was cancelled, is not queued again."""

_NEXT = select(
    select(func.min(_c.due)).where(text(WAITING)).scalar_subquery(),
    select(func.min(_c.lease_until)).where(text(HELD)).scalar_subquery(),
)
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
    return list(connection.scalars(select(_c.leased_by).where(text(HELD)).distinct()))


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


def mark(connection: Connection, tried: Sequence[Attempt]) -> None:
    """Keep every try and move its delivery on; in the order of keys, so that two markers never wait in a ring."""
    ordered = sorted(tried, key=lambda attempt: attempt.key)
    rows = [{"delivery": mend(a.key), "time": a.time, "ok": a.ok, "result": mend(a.result)} for a in ordered]
    prepared.run(connection, add_attempt, rows)
    if all(attempt.ok for attempt in ordered):
        prepared.run(connection, _sent, list(map(_success, ordered)))
        return
    for attempt in ordered:
        if attempt.ok:
            prepared.run(connection, _sent, [_success(attempt)])
        else:
            counts = int(attempt.result not in UNTRIED)
            failure = {"of": attempt.key, "said": attempt.result, "again": attempt.retry_at, "counts": counts}
            connection.execute(_FAILED, failure)


def _sent(_dialect: str) -> Executable:
    return _SENT


def _success(attempt: Attempt) -> dict[str, Any]:
    return {"of": mend(attempt.key), "said": mend(attempt.result), "at": attempt.time}
