"""The last look at a notice before it leaves: whether it is still wanted, and in which words."""

from alerts.drill import is_drill, waits_until
from alerts.links import Links
from alerts.memory import Memory
from alerts.notices import renewed
from alerts.ports import Ledger
from alerts.roster import Roster
from alerts.wanted import still_wanted
from vitals.alert import Alert, AlertState, Delivery
from vitals.clock import Clock
from vitals.times import SECOND


class Renewal:
    """What was only just committed here is judged from memory; anything older from the ledger."""

    def __init__(self, ledger: Ledger, clock: Clock, memory: Memory) -> None:
        self._ledger, self._clock, self._memory = ledger, clock, memory
        self._fresh = round(SECOND * getattr(clock, "speed", 1.0))

    def renew(self, delivery: Delivery, roster: Roster, links: Links | None = None) -> Delivery | None:
        """The notice as it is to be sent now, or None when nobody waits for it: answered, over, or told as worse.

        A notice of no alert (a handover) is wanted for a while, in the words in which it was written.
        """
        now = self._clock.now()
        if not delivery.alert:
            return delivery if still_wanted(delivery, now) else None
        alert = self._alert(delivery, now)
        if alert is None or alert.state not in (AlertState.OPEN, AlertState.ESCALATED):
            return None
        if alert.severity > delivery.severity or (is_drill(alert.key) and now > waits_until(alert)):
            return None
        deferred = delivery.attempts == 0 and delivery.due > delivery.created
        changed = deferred or alert.severity < delivery.severity
        return renewed(delivery, alert, roster, now, links=links) if changed else delivery

    def _alert(self, delivery: Delivery, now: int) -> Alert | None:
        fresh = delivery.attempts == 0 and now - delivery.created < self._fresh
        alert = self._memory.standing.get(delivery.alert) if fresh else None
        if alert is None:
            with self._ledger.write() as tx:
                alert = tx.alert(delivery.alert)
        return alert
