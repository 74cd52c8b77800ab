"""Alerts that have reached nobody: every try to tell of them has failed so far."""

from sqlalchemy import Connection, and_, exists, func, literal_column, select, text

from store.ledger.schema_alerts import LIVE, alerts, transitions
from store.ledger.schema_deliveries import attempts, deliveries
from vitals.alert import UNTRIED

_SENT = deliveries.alias()
_REACHED = exists().where(_SENT.c.alert == alerts.c.id, _SENT.c.seq >= deliveries.c.seq, _SENT.c.state == "sent")
_ANSWERED = exists().where(
    transitions.c.alert == alerts.c.id, transitions.c.seq >= deliveries.c.seq, transitions.c.state == "acknowledged"
)
"""Somebody has known of it since, by whatever way."""
_LIVE_FIRST = alerts.c.id.concat(literal_column("''"))
"""No index has this: SQLite, left to itself, would begin with every try there ever was."""
_TRIED = and_(deliveries.c.alert == _LIVE_FIRST, deliveries.c.attempts > 0, deliveries.c.state != "sent")
_REFUSED = and_(attempts.c.delivery == deliveries.c.key, attempts.c.result.not_in(UNTRIED))
"""What waits since its phone has rung often enough, or is silenced, was refused by nobody."""
_FIRST_TRY = select(func.min(attempts.c.time)).where(_REFUSED).scalar_subquery()
UNTOLD = (
    select(func.min(_FIRST_TRY))
    .select_from(alerts.join(deliveries, _TRIED))
    .where(text(f"alerts.{LIVE}"), alerts.c.state != "acknowledged", ~_REACHED, ~_ANSWERED)
)
"""Of live alerts that nobody has answered; a notice sent later than the failed one has reached somebody."""


def since(connection: Connection) -> int | None:
    """When the first try failed, ms, of an alert that has reached nobody since; None when each has reached somebody."""
    found: int | None = connection.scalar(UNTOLD)
    return found
