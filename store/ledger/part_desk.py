"""The ledger as the desk needs it: its transactions, and the alerts that want something of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from store.ledger import history, statements
from store.ledger.part import Part
from store.ledger.transaction import SqlTx
from vitals.alert import Alert
from vitals.times import DAY

_ANSWERED = 90 * DAY
"""What was closed longer ago is told again by a service that starts while it still holds."""


class DeskPart(Part):
    """What is written, and what is live."""

    @contextmanager
    def write(self) -> Iterator[SqlTx]:
        """One transaction: committed durably as the block ends, or, when it raises, as if it had never been."""
        with self._database.transaction() as connection:
            yield SqlTx(connection)

    def live(self) -> list[Alert]:
        """Every alert that is not over."""
        return self._database.read(lambda c: history.by_id(c.execute(statements.LIVE_ALERTS)))

    def due(self, now: int) -> list[Alert]:
        """Live alerts whose next step or follow-up time has come."""
        return self._database.read(lambda c: history.by_id(c.execute(statements.DUE_STEPS, {"now": now})))

    def holding(self, now: int) -> list[Alert]:
        """What people know of: alerts of the last quarter that were closed while they held and hold still, in the order
        in which they last changed, then every live one.
        """
        since = {"since": now - _ANSWERED}
        closed = self._database.read(lambda c: history.by_id(c.execute(statements.CLOSED_BUT_HOLDING, since)))
        return [*sorted(closed, key=lambda alert: alert.updated), *self.live()]

    def resolved(self, since: int) -> list[Alert]:
        """Alerts that have resolved at ``since`` (ms) or later."""
        return self._database.read(lambda c: history.by_id(c.execute(statements.RESOLVED_SINCE, {"since": since})))
