"""The ledger: durable truth about alerts, people and plans, in SQLite or PostgreSQL."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Self

from sqlalchemy import Connection, Table

from store.ledger import (
    audit,
    event_rows,
    history,
    importing,
    order_rows,
    queue,
    retention,
    roster_rows,
    silence_rows,
    statements,
    untold,
)
from store.ledger.audit import Act
from store.ledger.database import Database
from store.ledger.transaction import SqlTx
from vitals.agency import Agency
from vitals.alert import Alert, AlertState, Delivery, DeliveryState, Transition
from vitals.intake import DeviceStatus, PatientEvent, Reject, RejectReason
from vitals.silence import Silence


def open_ledger(url: str, *, migrate: bool = True, durable: bool = True) -> "SqlLedger":
    """Open the ledger at ``sqlite:///path``, ``sqlite://`` (a temporary one) or ``postgresql://user@host/name``.

    ``migrate`` brings its tables up to date. ``durable=False`` gives up safety against a power cut (not against
    a crash of the program) for speed: for replay.

    Raises ConfigError for an address or tables that will not do, UnavailableError where nothing answers.

    >>> with open_ledger("sqlite://") as ledger:
    ...     ledger.agency_version(), ledger.live(), ledger.counts()["alerts"]["open"]
    (0, [], 0)
    """
    return SqlLedger(url, migrate=migrate, durable=durable)


class SqlLedger:
    """Safe to use from several threads, and from several processes. Answers every fault of the database with a
    HomevigilError; the same object works again when the database is back.
    """

    def __init__(self, url: str, *, migrate: bool = True, durable: bool = True) -> None:
        self._database = Database(url, upgrade=migrate, durable=durable)
        self.address = self._database.address
        """Where it is, without password."""

    def __repr__(self) -> str:
        return f"SqlLedger({self.address})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Give connections back; a temporary ledger is gone."""
        self._database.close()

    # the desk

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

    def resolved(self, since: int) -> list[Alert]:
        """Alerts that have resolved at ``since`` (ms) or later."""
        return self._database.read(lambda c: history.by_id(c.execute(statements.RESOLVED_SINCE, {"since": since})))

    def agency(self) -> Agency | None:
        """The agency, equal to what was imported; None before the first import."""
        return self._database.snapshot(roster_rows.read)

    def agency_version(self) -> int:
        """How many imports there have been."""
        return self._database.read(importing.version_of)

    def ordered_since(self) -> dict[order_rows.About, int]:
        """Since when, ms, each thing is expected that the plans order: (patient, signal, "") an ordered measurement,
        (patient, "", device) a streaming device, (patient, "", "") any sign of the patient.

        >>> from vitals.agency import Agency
        >>> plan = {"ordered": [{"signal": "weight", "every": "1d"}]}
        >>> patient = {"id": "p1", "name": "-", "timezone": "UTC", "plan": plan}
        >>> with open_ledger("sqlite://") as ledger:
        ...     report = ledger.import_agency(Agency.model_validate({"id": "a", "patients": [patient]}), now=1_000)
        ...     ledger.ordered_since()
        {('p1', 'weight', ''): 1000}
        """
        return self._database.read(order_rows.read)

    def events(self, since: int) -> list[PatientEvent]:
        """Clock events and sessions of ``since`` (ms, by their own time) and later."""
        return self._database.read(lambda c: event_rows.read_events(c, since))

    def new_events(self, mark: int | None) -> tuple[list[PatientEvent], int]:
        """Those that were written since ``mark`` (None: from now on), a few known ones again; and the next mark."""
        return self._database.read(lambda c: event_rows.read_new(c, mark))

    def silences(self, now: int) -> list[Silence]:
        """Those that were to end after ``now`` (ms), also when they were lifted; in a fixed order."""
        return self._database.read(lambda c: silence_rows.read(c, now))

    # the outbox

    def lease(self, worker: str, now: int, until: int, limit: int) -> list[Delivery]:
        """Take what is due, or whose lease ran out, most severe and oldest first; no two callers get the same."""
        if not self._database.read(lambda c: queue.any_due(c, now)):
            return []
        return self._database.write(lambda c: queue.lease(c, worker, now, until, limit))

    def holders(self) -> list[str]:
        """The workers that hold leases."""
        return self._database.read(queue.holders)

    def release(self, worker: str, now: int) -> int:
        """Give back at once what a worker that is no more still holds; returns how many."""
        return self._database.write(lambda c: queue.release(c, [worker], now))

    def hasten(self, keys: Iterable[str], now: int) -> int:
        """Make what waits untried under these keys due at ``now``; returns how many."""
        return self._database.write(lambda c: queue.hasten(c, list(keys), now))

    def next_due(self) -> int | None:
        """When the next pending or leased delivery wants attention, ms; None when nothing waits."""
        return self._database.read(queue.next_due)

    def waiting_since(self) -> int | None:
        """When the oldest notice that has not left was to go, ms, whoever holds it; None when nothing waits."""
        return self._database.read(queue.waiting_since)

    def untold_since(self) -> int | None:
        """When the first try failed, ms, to tell of a live alert that has reached nobody; None when there is none."""
        return self._database.read(untold.since)

    def mark(self, attempts: Sequence[queue.Attempt]) -> None:
        """Record tries, in one transaction: sent, waiting for another try at ``retry_at``, or dead."""
        if attempts:
            self._database.write(lambda c: queue.mark(c, attempts))

    # people

    def import_agency(self, agency: Agency, now: int, by: str = "import") -> importing.ImportReport:
        """Replace the agency, whole or not at all, and write down what changed; alerts stay, also those of a patient
        who leaves.
        """
        return self._database.write(lambda c: _imported(c, agency, now, by))

    def alerts(
        self,
        state: AlertState | Collection[AlertState] | None = None,
        patient: str | None = None,
        limit: int | None = 1_000,
        since: int | None = None,
    ) -> list[Alert]:
        """Alerts that opened at ``since`` (ms) or later, newest first; of one state, of several, or all."""
        states = (state,) if isinstance(state, AlertState) else state
        return self._database.read(lambda c: history.read_alerts(c, states, patient, limit, since))

    def alert(self, alert_id: str) -> Alert | None:
        """One alert as it stands."""
        return self._database.read(lambda c: history.read_alert(c, alert_id))

    def transitions(
        self, alert_id: str | None = None, since: int | None = None, limit: int | None = None
    ) -> list[Transition]:
        """The history of one alert or of all, in the order it happened."""
        return self._database.read(lambda c: history.read_transitions(c, alert_id, since, limit))

    def deliveries(
        self, alert_id: str | None = None, state: DeliveryState | None = None, limit: int | None = 1_000
    ) -> list[Delivery]:
        """Notices, newest first."""
        return self._database.read(lambda c: history.read_deliveries(c, alert_id, state, limit))

    def attempts(self, key: str | None = None, limit: int | None = 1_000) -> list[history.Tried]:
        """Tries of one delivery or of all, newest first."""
        return self._database.read(lambda c: history.read_attempts(c, key, limit))

    def rejects(
        self, limit: int | None = 1_000, since: int | None = None, reason: RejectReason | None = None
    ) -> list[Reject]:
        """What was refused, newest first."""
        return self._database.read(lambda c: history.read_rejects(c, limit, since, reason))

    def devices(self) -> list[DeviceStatus]:
        """Each device's newest status."""
        return self._database.read(history.read_devices)

    def counts(self) -> dict[str, dict[str, int]]:
        """``{"alerts": by state, "deliveries": by state, "rejects": by reason}``."""
        return self._database.snapshot(history.read_counts)

    def prune(self, before: int, now: int) -> dict[str, int]:
        """Remove rejects and finished deliveries (of alerts that are over) with their tries from before ``before``.

        Returns how many rows went, by table; that it was done is written down first. Alerts and transitions stay.
        """
        act = Act(now, "system", audit.RETENTION, "ledger", {"before": before})
        self._database.write(lambda c: audit.note(c, act))
        return {table.name: self._prune(table, before) for table in retention.OLD}

    # the audit trail

    def note(self, act: Act) -> None:
        """Write down a look, or a change of plan or roster."""
        self._database.write(lambda c: audit.note(c, act))

    def acts(self, limit: int | None = 1_000) -> list[Act]:
        """Looks and changes, newest first."""
        return self._database.read(lambda c: audit.read_acts(c, limit))

    def seal(self) -> int:
        """Seal a lot of what is not sealed yet; returns how many rows. Call again while it returns any."""
        return self._database.write(audit.seal) if self._database.read(audit.any_unsealed) else 0

    def verify(self, head: str = "") -> audit.Verified:
        """Whether the audit trail is whole; ``head`` is one that was noted elsewhere and must be in it."""
        return self._database.snapshot(lambda c: audit.verify(c, head))

    def _prune(self, table: Table, before: int) -> int:
        lots = iter(lambda: self._database.write(lambda c: retention.prune_lot(c, table, before)), 0)
        return sum(lots)


def _imported(connection: Connection, agency: Agency, now: int, by: str) -> importing.ImportReport:
    report = importing.import_agency(connection, agency, now)
    parts = {name: change._asdict() for name, change in report.parts.items() if any(change)}
    detail = {
        "version": report.version,
        "sha256": sha256(agency.model_dump_json().encode()).hexdigest(),
        "changes": parts,
    }
    audit.note(connection, Act(now, by, "import", agency.id, detail))
    return report
