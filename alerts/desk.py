"""The desk: findings in, the right people told, every step one durable transaction. Answers: alerts/listening.py."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from alerts.docket import NOTHING, Docket, KnownError, Recorded, put_intake
from alerts.judge import Judge, placed
from alerts.listening import Listening
from alerts.memory import Memory
from alerts.notices import Lease
from alerts.oldness import LATE
from alerts.ports import Ledger, LedgerTx
from alerts.presence import FORGOTTEN, Presences
from alerts.renewal import Renewal
from alerts.roster import Roster
from alerts.rounds import Rounds
from alerts.silencing import Silencing
from alerts.standing import Placed, Standing
from vitals.agency import Agency
from vitals.alert import Delivery
from vitals.clock import Clock
from vitals.finding import Finding
from vitals.intake import Intake
from vitals.times import DAY, MINUTE

if TYPE_CHECKING:
    from alerts.links import Links


class Outlet(Protocol):
    """The outbox as the desk sees it."""

    @property
    def lease(self) -> Lease: ...
    def push(self, deliveries: Sequence[Delivery]) -> None: ...
    def wake(self) -> None: ...


class Desk(Listening):
    """Decides by pure functions, commits once, then hands what is due to the outbox.

    ``late``: a finding about readings older than this is kept but nobody is told of it (ms; alerts/oldness.py). Safe
    to use from several threads. Without an outbox, notices are left pending in the ledger for whoever sends them.
    """

    def __init__(self, ledger: Ledger, clock: Clock, agency: Agency | None = None, *, late: int = LATE) -> None:
        self._ledger, self._clock, self._late = ledger, clock, late
        self._lock = threading.RLock()
        self._outbox: Outlet | None = None
        self._memory = Memory(clock.now(), ledger.resolved(clock.now() - DAY))
        self._taken_up = clock.now() - MINUTE
        self._renewal = Renewal(ledger, clock, self._memory)
        self.heard: Callable[[Recorded], None] | None = None
        """Called with everything that has been committed."""
        presences = Presences(ledger.events(clock.now() - FORGOTTEN))
        self.roster = Roster(agency or ledger.agency() or Agency(id="unnamed"), presences)
        self.roster.warm(clock.now())
        self.links: Links | None = None
        """Makes each person's own link to the alert; None: notices hold the alert's code."""
        self.silencing = Silencing(ledger, clock, self._memory, self._lock, self._publish)

    def use(self, agency: Agency) -> None:
        """Another agency file is in force from now on; open alerts keep the policy they opened with."""
        roster = Roster(agency, self.roster.presences)
        roster.warm(self._clock.now())
        with self._lock:
            self.roster = roster

    def take_up(self, now: int) -> None:
        """Learn what other processes have committed: silences, and what has resolved, for that may come back soon."""
        with self._lock:
            self._memory.keep(self._ledger.resolved(self._taken_up), now)
        self._taken_up = now - MINUTE
        self.silencing.take_up(now)

    def connect(self, outbox: Outlet) -> None:
        """Notices due at once are leased to this outbox and pushed to it as soon as they are committed."""
        self._outbox = outbox

    def record(self, intake: Intake, findings: Sequence[Finding], now: int) -> Recorded:
        """Commit what came in and what was found in one transaction; the same again changes nothing."""
        if not findings and not intake.rejects and not intake.statuses and not intake.events:
            return NOTHING
        self.roster.learn(intake.events)
        with self._lock:
            known = placed(findings, now, self._late)
            docket = self._opened_by(intake, known, now) or self._judged(intake, known, now)
        return self._publish(docket, now)

    def tick(self, now: int) -> Recorded:
        """Climb what nobody answered, and tell again what was acknowledged and is not over."""
        due = self._ledger.due(now)
        if not due:
            return NOTHING
        docket = Docket()
        with self._lock, self._ledger.write() as tx:
            standing = tx.live_alerts([alert.key for alert in due]).values()
            rounds = self._rounds(docket, tx).heeding(tx.silences(now))
            for alert in standing:
                rounds.climb(alert, now)
            docket.write(tx, now)
        return self._publish(docket, now)

    def renew(self, delivery: Delivery) -> Delivery | None:
        """The notice as it is to be sent now, or None when nobody waits for it: answered, over, or told as worse."""
        silent = self.silencing.withheld(delivery, self._clock.now(), self.roster.pausable)
        return None if silent else self._renewal.renew(delivery, self.roster, self.links)

    def still_wanted(self, delivery: Delivery) -> bool:
        """Whether the alert is live and unanswered."""
        return self.renew(delivery) is not None

    def address(self, delivery: Delivery) -> str | None:
        """The (secret) URL of a notice's channel; None when the agency file no longer has it."""
        person = self.roster.caregivers.get(delivery.recipient)
        found = [c.url for c in person.channels if c.name == delivery.channel] if person else []
        return found[0].get_secret_value() if found else None

    def _opened_by(self, intake: Intake, findings: Placed, now: int) -> Docket | None:
        """The usual case, decided before the transaction and written without a look: every finding is something new.

        None when one is not; what we do not know of (another process's alert) the ledger's unique indexes tell.
        """
        if not findings or not self._memory.all_new(findings, now):
            return None
        docket = Docket()
        Judge(Standing(self._memory), self._rounds(docket), intake, now).judge(findings)
        try:
            with self._ledger.write() as tx:
                put_intake(tx, intake)
                docket.open(tx)
        except KnownError:
            return None
        return docket

    def _judged(self, intake: Intake, findings: Placed, now: int) -> Docket:
        """Findings beside the alerts that stand already, as the ledger has them."""
        docket = Docket()
        with self._ledger.write() as tx:
            put_intake(tx, intake)
            if findings:
                Judge(Standing(self._memory, tx, findings), self._rounds(docket, tx), intake, now).judge(findings)
            docket.write(tx, now)
        return docket

    def _rounds(self, docket: Docket, tx: LedgerTx | None = None) -> Rounds:
        lease = Lease() if self._outbox is None else self._outbox.lease
        rounds = Rounds(docket, self.roster, lease, self._late, self.links, self.silencing.known)
        return rounds if tx is None else replace(rounds, aware=tx.aware)

    def _publish(self, docket: Docket, now: int) -> Recorded:
        """After the commit: remember how alerts stand, and hand over what is due."""
        self._memory.keep(docket.alerts.values(), now)
        done = docket.recorded()
        if self._outbox is not None and done.deliveries:
            ours = [delivery for delivery in done.deliveries if delivery.leased_by]
            self._outbox.push(ours)
            if len(ours) < len(done.deliveries):
                self._outbox.wake()
        if self.heard is not None and done.transitions:
            self.heard(done)
        return done
