"""One transaction of the desk: everything in it is committed together and durably, or not at all."""

import zlib
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import Connection

from store.ledger import prepared, reason_rows, silence_rows, statements
from store.ledger.rows import alert_of, alert_row, delivery_row, event_row, reject_row, status_row, transition_row
from vitals.alert import Alert, Delivery, Transition
from vitals.finding import FindingKey
from vitals.intake import DeviceStatus, PatientEvent, Reject
from vitals.presence import worth_keeping
from vitals.silence import Silence

_SPACE = 0x56495441 << 32
"""Our part of PostgreSQL's advisory locks, which all programs on a database share."""
_LOT = 5_000
"""Patients a query, far below what either database takes."""


def holding(alert: Alert) -> list[FindingKey]:
    """The keys of the conditions that an alert holds."""
    return [reason.key for reason in alert.reasons if reason.holds]


def _makes_room(alert: Alert) -> bool:
    """Whether another may have its key or its episode: it is over, or nothing joins it any more."""
    return not alert.state.live or "/" in alert.episode


class SqlTx:
    """What the desk may do inside ``SqlLedger.write()``; of no use after it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name
        self._live: dict[str, list[Alert]] = {}

    def live_alerts(self, keys: Iterable[FindingKey]) -> dict[FindingKey, Alert]:
        """The live alerts that hold those conditions; on PostgreSQL nobody else judges the patients until we commit."""
        wanted = set(keys)
        found = self._live_of({key.patient for key in wanted})
        return {key: alert for alert in found for key in wanted.intersection((alert.key, *holding(alert)))}

    def live_episodes(self, slots: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Alert]:
        """The live alerts of those patients and episodes; turns are taken as above."""
        wanted = set(slots)
        found = self._live_of({patient for patient, _ in wanted})
        return {slot: alert for alert in found if (slot := (alert.key.patient, alert.episode)) in wanted}

    def _live_of(self, patients: AbstractSet[str]) -> list[Alert]:
        """Every live alert of those patients, read once a transaction: a few each, and cheaper than asking by key."""
        unread = sorted(patients - self._live.keys())
        if unread:
            self._take_turns(unread)
            self._live.update({patient: [] for patient in unread})
        for i in range(0, len(unread), _LOT):
            lot = {"patients": unread[i : i + _LOT]}
            for alert in map(alert_of, self._connection.execute(statements.LIVE_OF_PATIENTS, lot)):
                self._live.setdefault(alert.key.patient, []).append(alert)
        return [alert for patient in patients for alert in self._live[patient]]

    def _take_turns(self, patients: Iterable[str]) -> None:
        if self._dialect != "postgresql":
            return
        numbers = sorted({_SPACE | zlib.crc32(patient.encode()) for patient in patients})
        self._connection.execute(statements.TAKE_TURNS, {"numbers": numbers})

    def alert(self, name: str) -> Alert | None:
        """The alert of that id, or with a condition of that name, held for this transaction; None if there is none."""
        row = self._connection.execute(statements.ALERT, {"name": name}).first()
        return None if row is None else alert_of(row)

    def aware(self, alert_id: str) -> frozenset[str]:
        """To whom a channel has handed a notice of that alert, and who has answered it."""
        return frozenset(self._connection.execute(statements.AWARE, {"alert_id": alert_id}).scalars())

    def open_alerts(self, alerts: Sequence[Alert]) -> bool:
        """Insert new alerts; False when one is there, a live one of its patient and episode, or one that holds a
        condition of it: then the transaction must be undone.
        """
        self._live.clear()
        in_order = sorted(alerts, key=lambda alert: alert.key)  # two processes that open the same wait in no ring
        rows = [alert_row(alert) for alert in in_order]
        added = prepared.run(self._connection, statements.open_alert, rows) == len(rows)
        return added and reason_rows.add(self._connection, in_order)

    def put_alerts(self, alerts: Sequence[Alert]) -> None:
        """Insert, or replace what has the same id; ConflictError for a second live alert of one key or episode."""
        self._live.clear()
        ended_first = sorted(alerts, key=_makes_room, reverse=True)  # one ends and the next opens: same key
        prepared.run(self._connection, statements.put_alert, [alert_row(alert) for alert in ended_first])
        reason_rows.put(self._connection, ended_first)

    def add_transitions(self, transitions: Sequence[Transition]) -> None:
        """Append; (alert, seq) that is already there is left as it is."""
        prepared.run(self._connection, statements.add_transition, [transition_row(t) for t in transitions])

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Queue, exactly as given; a key that is already there is left as it is."""
        prepared.run(self._connection, statements.add_delivery, [delivery_row(d) for d in deliveries])

    def cancel_deliveries(self, alert_id: str, now: int, why: str) -> int:  # noqa: ARG002  (the seam has the time)
        """Give up what is still pending for an alert; what a worker holds already is on its way. Returns how many."""
        return prepared.run(self._connection, statements.cancel, [{"alert_id": alert_id, "why": why}])

    def add_rejects(self, rejects: Sequence[Reject]) -> None:
        """Keep what was refused."""
        prepared.run(self._connection, statements.add_reject, [reject_row(reject) for reject in rejects])

    def put_statuses(self, statuses: Sequence[DeviceStatus]) -> None:
        """Keep each device's newest status; an older one changes nothing."""
        prepared.run(self._connection, statements.put_status, [status_row(status) for status in statuses])

    def add_events(self, events: Sequence[PatientEvent]) -> None:
        """Keep clock events and sessions; what is there already, and any other event, is left."""
        prepared.run(self._connection, statements.add_event, [event_row(e) for e in events if worth_keeping(e)])

    def silences(self, now: int) -> list[Silence]:
        """Those that were to end after ``now`` (ms), also when they were lifted."""
        return silence_rows.read(self._connection, now)

    def add_silence(self, silence: Silence) -> None:
        """A new one, with its act."""
        silence_rows.add(self._connection, silence)

    def lift_silence(self, silence: Silence, by: str, now: int) -> None:
        """End one early, with its act."""
        silence_rows.lift(self._connection, silence, by, now)
