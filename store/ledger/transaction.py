"""One transaction of the desk: everything in it is committed together and durably, or not at all."""

import zlib
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import Connection

from store.ledger import prepared, statements
from store.ledger.rows import alert_of, alert_row, delivery_row, event_row, reject_row, status_row, transition_row
from vitals.alert import Alert, Delivery, Transition
from vitals.finding import FindingKey
from vitals.intake import DeviceStatus, PatientEvent, Reject
from vitals.presence import worth_keeping

_SPACE = 0x56495441 << 32
"""Our part of PostgreSQL's advisory locks, which all programs on a database share."""
_LOT = 5_000
"""Keys a query, far below what either database takes."""


class SqlTx:
    """What the desk may do inside ``SqlLedger.write()``; of no use after it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def live_alerts(self, keys: Iterable[FindingKey]) -> dict[FindingKey, Alert]:
        """The live alerts of those keys; on PostgreSQL nobody else judges their patients until we commit."""
        wanted = list(set(keys))
        if self._dialect == "postgresql":
            self._take_turns({key.patient for key in wanted})
        if len(wanted) == 1:  # nearly always, and twice as fast as a list of one
            rows = list(self._connection.execute(statements.LIVE_OF_KEY, wanted[0]._asdict()))
        else:
            lots = [wanted[i : i + _LOT] for i in range(0, len(wanted), _LOT)]
            rows = [row for lot in lots for row in self._connection.execute(statements.LIVE_OF_KEYS, {"wanted": lot})]
        return {alert.key: alert for alert in map(alert_of, rows)}

    def _take_turns(self, patients: AbstractSet[str]) -> None:
        numbers = sorted({_SPACE | zlib.crc32(patient.encode()) for patient in patients})
        self._connection.execute(statements.TAKE_TURNS, {"numbers": numbers})

    def alert(self, alert_id: str) -> Alert | None:
        """The alert of that id, held for this transaction; None if there is none."""
        row = self._connection.execute(statements.ALERT, {"alert_id": alert_id}).first()
        return None if row is None else alert_of(row)

    def open_alerts(self, alerts: Sequence[Alert]) -> bool:
        """Insert new alerts; False when one is there, or a live one of its key: then the transaction must be undone."""
        in_order = sorted(alerts, key=lambda alert: alert.key)  # two processes that open the same wait in no ring
        return prepared.run(self._connection, statements.open_alert, [alert_row(a) for a in in_order]) == len(alerts)

    def put_alerts(self, alerts: Sequence[Alert]) -> None:
        """Insert, or replace what has the same id; ConflictError for a second live alert of one key."""
        ended_first = sorted(alerts, key=lambda alert: alert.state.live)  # one ends and the next opens: same key
        prepared.run(self._connection, statements.put_alert, [alert_row(alert) for alert in ended_first])

    def add_transitions(self, transitions: Sequence[Transition]) -> None:
        """Append; (alert, seq) that is already there is left as it is."""
        prepared.run(self._connection, statements.add_transition, [transition_row(t) for t in transitions])

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Queue, exactly as given; a key that is already there is left as it is."""
        prepared.run(self._connection, statements.add_delivery, [delivery_row(d) for d in deliveries])

    def cancel_deliveries(self, alert_id: str, now: int, why: str) -> int:  # noqa: ARG002  (the seam has the time)
        """Give up what is still pending for an alert; what a worker holds already is on its way. Returns how many."""
        return self._connection.execute(statements.CANCEL, {"alert_id": alert_id, "why": why}).rowcount

    def add_rejects(self, rejects: Sequence[Reject]) -> None:
        """Keep what was refused."""
        prepared.run(self._connection, statements.add_reject, [reject_row(reject) for reject in rejects])

    def put_statuses(self, statuses: Sequence[DeviceStatus]) -> None:
        """Keep each device's newest status; an older one changes nothing."""
        prepared.run(self._connection, statements.put_status, [status_row(status) for status in statuses])

    def add_events(self, events: Sequence[PatientEvent]) -> None:
        """Keep clock events and sessions; what is there already, and any other event, is left."""
        prepared.run(self._connection, statements.add_event, [event_row(e) for e in events if worth_keeping(e)])
