"""What became of notices: every try is kept, and moves its delivery on."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Executable, bindparam, case, func, literal_column, null, or_, text, update

from store.ledger import prepared
from store.ledger.columns import mend
from store.ledger.schema_deliveries import HELD, WAITING, deliveries
from store.ledger.statements import add_attempt
from vitals.alert import UNTRIED

_c = deliveries.c


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
