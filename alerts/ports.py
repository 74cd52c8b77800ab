"""What the desk asks of the ledger.

SQLAlchemy's answer lives in store/ledger; mypy proves the match in monitor/app.py.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from vitals.agency import Agency
from vitals.alert import Alert, Delivery, Transition
from vitals.finding import FindingKey
from vitals.intake import DeviceStatus, PatientEvent, Reject
from vitals.silence import Silence


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one try to hand a delivery over; ``retry_at`` None gives up (or is done)."""

    key: str
    time: int
    ok: bool
    result: str
    retry_at: int | None = None


class LedgerTx(Protocol):
    """One transaction: everything in it is committed together and durably, or not at all."""

    def live_alerts(self, keys: Iterable[FindingKey]) -> dict[FindingKey, Alert]:
        """The live alerts that hold a condition of those keys, by key."""
        ...

    def live_episodes(self, slots: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Alert]:
        """The live alerts of those patients and episodes, by (patient, episode)."""
        ...

    def alert(self, name: str) -> Alert | None:
        """The alert of that id, or the one in which a condition of that name (alerts.identity) was a reason."""
        ...

    def aware(self, alert_id: str) -> Collection[str]:
        """Who knows of that alert: everybody to whom a channel has handed a notice of it, and whoever answered it."""
        ...

    def open_alerts(self, alerts: Sequence[Alert]) -> bool:
        """Insert new alerts with their reasons. False when the name of one is known, a condition has a live alert, or
        a patient one of the same episode: then undo the transaction.
        """
        ...

    def put_alerts(self, alerts: Sequence[Alert]) -> None:
        """Insert, or replace what has the same id; their reasons as well."""
        ...

    def add_transitions(self, transitions: Sequence[Transition]) -> None:
        """Append; (alert, seq) that is already there is left as it is."""
        ...

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Queue; a key that is already there is left as it is."""
        ...

    def cancel_deliveries(self, alert_id: str, now: int, why: str) -> int:
        """Give up what is still pending for an alert; returns how many."""
        ...

    def add_rejects(self, rejects: Sequence[Reject]) -> None: ...
    def put_statuses(self, statuses: Sequence[DeviceStatus]) -> None:
        """Keep each device's newest status; an older one changes nothing."""
        ...

    def add_events(self, events: Sequence[PatientEvent]) -> None:
        """Keep clock events and sessions; what is there already, and any other event, is left."""
        ...

    def silences(self, now: int) -> list[Silence]:
        """Those that were to end after ``now``, also when they were lifted."""
        ...

    def add_silence(self, silence: Silence) -> None: ...
    def lift_silence(self, silence: Silence, by: str, now: int) -> None: ...


class Ledger(Protocol):
    """Durable truth about alerts, people and plans. Safe to use from several threads and, on PostgreSQL, processes."""

    def write(self) -> AbstractContextManager[LedgerTx]: ...
    def live(self) -> list[Alert]: ...
    def resolved(self, since: int) -> list[Alert]:
        """Alerts that have resolved since then (ms): what comes back soon continues them."""
        ...

    def due(self, now: int) -> list[Alert]:
        """Live alerts whose next step or follow-up time has come."""
        ...

    def agency(self) -> Agency | None: ...
    def events(self, since: int) -> list[PatientEvent]:
        """Clock events and sessions of ``since`` (ms, by their own time) and later."""
        ...

    def silences(self, now: int) -> list[Silence]:
        """As in a transaction, in a fixed order."""
        ...

    def agency_version(self) -> int:
        """Grows with each import, so that a running service notices."""
        ...

    def lease(self, worker: str, now: int, until: int, limit: int) -> list[Delivery]:
        """Take deliveries that are due, or whose lease ran out, most severe and oldest first.

        No two callers get the same.
        """
        ...

    def forsaken(self, now: int) -> int:
        """Give back what workers hold that are certainly no more; returns how many. To be asked each second or so."""
        ...

    def next_due(self) -> int | None:
        """When the next pending or leased delivery wants attention, ms; None when the queue is empty."""
        ...

    def mark(self, attempts: Sequence[Attempt]) -> None:
        """Record attempts: sent, waiting for another try, or dead."""
        ...
