"""Where conditions that share an alert are found: by their name for ever, and by their key while they hold."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from store.ledger import prepared, statements
from store.ledger.columns import mend
from vitals.alert import Alert
from vitals.identity import alert_id


def rows_of(alert: Alert) -> list[dict[str, Any]]:
    """A row for each reason; none of an alert whose only one is that which it is called by.

    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> key = FindingKey("limit.low", "p1", "spo2")
    >>> rows_of(Alert(alert_id(key, 0), key, Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN, 0, 0, 0, episode="x"))
    []
    """
    if not alert.episode:
        return []
    reasons = alert.reasons
    if len(reasons) == 1 and alert_id(alert.key, alert.onset) == alert.id:
        return []
    return [
        {
            "name": alert_id(reason.key, reason.since),
            "alert": alert.id,
            "rule": mend(reason.key.rule),
            "patient": mend(reason.key.patient),
            "signal": reason.key.signal,
            "device": mend(reason.key.device),
            "holds": reason.holds and alert.state.live,
        }
        for reason in reasons
    ]


def add(connection: Connection, alerts: Sequence[Alert]) -> bool:
    """Insert those of alerts that have just been inserted; False when one is known, or holds elsewhere."""
    rows = _all(alerts)
    return prepared.run(connection, statements.open_reason, rows) == len(rows) if rows else True


def put(connection: Connection, alerts: Sequence[Alert]) -> None:
    """Write them as they are now; what held and is not among them any more holds no longer."""
    rows = _all(alerts)
    if rows:
        named = [{"alert": name} for name in dict.fromkeys(row["alert"] for row in rows)]
        prepared.run(connection, statements.end_reasons, named)
        prepared.run(connection, statements.put_reason, rows)


def _all(alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    return [row for alert in alerts for row in rows_of(alert)]
