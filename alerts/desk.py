"""The desk: findings in, the right people told, answers taken; every step is one durable transaction."""

import threading
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from alerts.docket import NOTHING, Docket, KnownError, Recorded
from alerts.errors import BadAnswerError, UnknownAlertError
from alerts.events import Acknowledge, Close, Event, Found
from alerts.identity import alert_id
from alerts.lifecycle import transition
from alerts.notices import Lease, renewed
from alerts.ports import Ledger, LedgerTx
from alerts.presence import FORGOTTEN, Presences
from alerts.roster import Roster
from alerts.rounds import Rounds
from vitals.agency import Agency
from vitals.alert import Alert, AlertState, Delivery
from vitals.clock import Clock
from vitals.finding import Finding, FindingKey, Severity
from vitals.intake import Intake
from vitals.times import HOUR, MINUTE, SECOND

_SKEW = 10 * MINUTE
_REMEMBERED = 100_000
"""Alerts kept in mind; beyond, the ledger is asked again."""


class Outlet(Protocol):
    """The outbox as the desk sees it."""

    @property
    def lease(self) -> Lease: ...
    def push(self, deliveries: Sequence[Delivery]) -> None: ...
    def wake(self) -> None: ...


class Desk:
    """Decides by pure functions, commits once, then hands what is due to the outbox.

    ``late``: a finding about readings older than this is kept but nobody is told of it (ms). Safe to use from
    several threads. Without an outbox, notices are left pending in the ledger for whoever sends them.
    """

    def __init__(self, ledger: Ledger, clock: Clock, agency: Agency | None = None, *, late: int = HOUR) -> None:
        self._ledger, self._clock, self._late = ledger, clock, late
        self._lock = threading.RLock()
        self._outbox: Outlet | None = None
        self._started = clock.now()
        self._fresh = round(SECOND * getattr(clock, "speed", 1.0))
        self._opened: set[str] = set()
        self._standing: dict[str, Alert] = {}
        self._live: set[FindingKey] = set()
        presences = Presences(ledger.events(clock.now() - FORGOTTEN))
        self.roster = Roster(agency or ledger.agency() or Agency(id="unnamed"), presences)
        self.roster.warm(clock.now())

    def use(self, agency: Agency) -> None:
        """Another agency file is in force from now on; open alerts keep the policy they opened with."""
        roster = Roster(agency, self.roster.presences)
        roster.warm(self._clock.now())
        with self._lock:
            self.roster = roster

    def connect(self, outbox: Outlet) -> None:
        """Notices due at once are leased to this outbox and pushed to it as soon as they are committed."""
        self._outbox = outbox

    def record(self, intake: Intake, findings: Sequence[Finding], now: int) -> Recorded:
        """Commit what came in and what was found in one transaction; the same again changes nothing."""
        if not findings and not intake.rejects and not intake.statuses and not intake.events:
            return NOTHING
        self.roster.learn(intake.events)
        with self._lock:
            docket = self._opened_by(intake, findings, now) or self._judged(intake, findings, now)
        return self._publish(docket)

    def tick(self, now: int) -> Recorded:
        """Climb what nobody answered, and tell again what was acknowledged and is not over."""
        due = self._ledger.due(now)
        if not due:
            return NOTHING
        docket = Docket()
        with self._lock, self._ledger.write() as tx:
            rounds = self._rounds(docket)
            for alert in tx.live_alerts([alert.key for alert in due]).values():
                rounds.climb(alert, now)
            docket.write(tx, now)
        return self._publish(docket)

    def acknowledge(self, alert_id: str, by: str, now: int, note: str = "") -> Alert:
        """Somebody takes it on: no more rungs, but it is told again after the policy's follow-up time.

        Raises UnknownAlertError, AlreadyAcknowledgedError or AlertOverError, each with what to do.
        """
        if not by.strip():
            raise BadAnswerError("by", "say who acknowledges, by the caregiver's id")
        return self._answer(alert_id, Acknowledge(by, note), now, f"acknowledged by {by}")

    def close(self, alert_id: str, by: str, outcome: str, now: int, note: str = "") -> Alert:
        """Somebody declares it dealt with. Raises UnknownAlertError or AlertOverError."""
        if not by.strip():
            raise BadAnswerError("by", "say who closes the alert, by the caregiver's id")
        if not outcome.strip():
            raise BadAnswerError("outcome", "say how it ended, for example helped, referred or false_alarm")
        return self._answer(alert_id, Close(by, outcome, note), now, f"closed by {by}")

    def renew(self, delivery: Delivery) -> Delivery | None:
        """The notice as it is to be sent now, or None when nobody waits for it: answered, over, or told as worse.

        What was only just committed here is judged from memory; anything older from the ledger.
        """
        now = self._clock.now()
        fresh = delivery.attempts == 0 and now - delivery.created < self._fresh
        alert = self._standing.get(delivery.alert) if fresh else None
        if alert is None:
            with self._ledger.write() as tx:
                alert = tx.alert(delivery.alert)
        if alert is None or alert.state not in (AlertState.OPEN, AlertState.ESCALATED):
            return None
        if alert.severity > delivery.severity:
            return None
        deferred = delivery.attempts == 0 and delivery.due > delivery.created
        return (
            renewed(delivery, alert, self.roster, now) if deferred or alert.severity < delivery.severity else delivery
        )

    def still_wanted(self, delivery: Delivery) -> bool:
        """Whether the alert is live and unanswered."""
        return self.renew(delivery) is not None

    def address(self, delivery: Delivery) -> str | None:
        """The (secret) URL of a notice's channel; None when the agency file no longer has it."""
        person = self.roster.caregivers.get(delivery.recipient)
        found = [c.url for c in person.channels if c.name == delivery.channel] if person else []
        return found[0].get_secret_value() if found else None

    def _opened_by(self, intake: Intake, findings: Sequence[Finding], now: int) -> Docket | None:
        """The usual case, decided before the transaction and written without a look: every finding opens an alert.

        None when one does not; what we do not know of (another process's alert) the ledger's unique index tells.
        """
        if not findings or not self._all_seem_new(findings):
            return None
        docket = Docket()
        rounds = self._rounds(docket)
        for finding in findings:
            change = transition(None, Found(finding, self.roster.policy(finding.key.patient)), now)
            if change:
                rounds.enter(None, change, finding, now, _received(intake, finding, now))
        try:
            with self._ledger.write() as tx:
                _put_intake(tx, intake)
                docket.open(tx)
        except KnownError:
            return None
        return docket

    def _all_seem_new(self, findings: Sequence[Finding]) -> bool:
        keys = {f.key for f in findings if f.severity is not Severity.CLEAR}
        return len(keys) == len(findings) and self._live.isdisjoint(keys)

    def _judged(self, intake: Intake, findings: Sequence[Finding], now: int) -> Docket:
        """Findings beside the alerts that stand already, as the ledger has them."""
        docket = Docket()
        with self._ledger.write() as tx:
            _put_intake(tx, intake)
            if findings:
                self._judge(docket, tx, intake, findings, now)
            docket.write(tx, now)
        return docket

    def _judge(self, docket: Docket, tx: LedgerTx, intake: Intake, findings: Sequence[Finding], now: int) -> None:
        rounds = self._rounds(docket)
        standing: dict[FindingKey, Alert | None] = dict(tx.live_alerts({f.key for f in findings}))
        for finding in findings:
            alert = standing.get(finding.key)
            if alert is None:
                alert = self._ended(docket, tx, finding)
            change = transition(alert, Found(finding, self.roster.policy(finding.key.patient)), now)
            if change:
                standing[finding.key] = rounds.enter(alert, change, finding, now, _received(intake, finding, now))

    def _answer(self, alert_id: str, event: Event, now: int, why: str) -> Alert:
        docket = Docket(stale_words={alert_id: why})
        with self._lock, self._ledger.write() as tx:
            alert = tx.alert(alert_id)
            if alert is None:
                raise UnknownAlertError(alert_id)
            change = transition(alert, event, now)
            if change:
                docket.enter(*change, [])
                docket.write(tx, now)
        self._publish(docket)
        return docket.alerts.get(alert_id, alert)

    def _ended(self, docket: Docket, tx: LedgerTx, finding: Finding) -> Alert | None:
        """The alert that this very finding opened before, should it be over: then this is a replay, or it grew worse.

        A condition that began well after we started (device clocks differ from ours), and that we have not opened,
        cannot be in the ledger: not asked.
        """
        name = alert_id(finding.key, finding.onset)
        if name in docket.alerts:
            return docket.alerts[name]
        return tx.alert(name) if finding.onset < self._started + _SKEW or name in self._opened else None

    def _rounds(self, docket: Docket) -> Rounds:
        return Rounds(docket, self.roster, Lease() if self._outbox is None else self._outbox.lease, self._late)

    def _publish(self, docket: Docket) -> Recorded:
        """After the commit: remember how alerts stand, and hand over what is due."""
        if len(self._opened) > _REMEMBERED:
            self._started = self._clock.now()
            self._opened.clear()
            self._standing.clear()
            self._live.clear()
        for alert in docket.alerts.values():
            self._opened.add(alert.id)
            if alert.state.live:
                self._standing[alert.id] = alert
                self._live.add(alert.key)
            else:
                self._standing.pop(alert.id, None)
                self._live.discard(alert.key)
        done = docket.recorded()
        if self._outbox is not None and done.deliveries:
            ours = [delivery for delivery in done.deliveries if delivery.leased_by]
            self._outbox.push(ours)
            if len(ours) < len(done.deliveries):
                self._outbox.wake()
        return done


def _put_intake(tx: LedgerTx, intake: Intake) -> None:
    if intake.rejects:
        tx.add_rejects(intake.rejects)
    if intake.statuses:
        tx.put_statuses(intake.statuses)
    if intake.events:
        tx.add_events(intake.events)


def _received(intake: Intake, finding: Finding, now: int) -> int:
    """When the reading or event that showed the finding was received, ms UTC; from there latency is counted."""
    batch = intake.batch
    times = batch.received[batch.time == finding.time] if len(batch) else np.empty(0, np.int64)
    if times.size:
        return int(times.max())
    events = [e.received for e in intake.events if e.time == finding.time and e.patient == finding.key.patient]
    return max(events, default=now)
