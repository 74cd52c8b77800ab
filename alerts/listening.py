"""What people say of an alert: each answer is one durable transaction, and is about that alert alone."""

import threading
from abc import ABC, abstractmethod

from alerts.answers import Answer, answer, answering, checked, named, on_my_way, snoozed
from alerts.docket import Docket, Recorded
from alerts.events import Acknowledge, CallForHelp, Close
from alerts.ports import Ledger, LedgerTx
from alerts.roster import Roster
from alerts.rounds import Rounds
from alerts.saying import hear
from alerts.silencing import Silencing
from vitals.alert import Alert
from vitals.intake import PatientEvent


class Listening(ABC):
    """The part of the desk that listens; what it needs of the rest stands below."""

    roster: Roster
    silencing: Silencing
    _ledger: Ledger
    _lock: threading.RLock

    @abstractmethod
    def _rounds(self, docket: Docket, tx: LedgerTx | None = None) -> Rounds:
        """Who is to be told of what goes on the docket."""

    @abstractmethod
    def _publish(self, docket: Docket, now: int) -> Recorded:
        """After the commit: hand over what is due."""

    def acknowledge(self, alert_id: str, by: str, now: int, note: str = "", *, seen: int | None = None) -> Alert:
        """Somebody takes it on: no more rungs, but it is told again after the policy's follow-up time.

        They answer what was told, or, where ``seen`` is the alert's newest line (``Alert.seq``), all that stands before
        their eyes. Raises UnknownAlertError, AlreadyAcknowledgedError or AlertOverError, each with what to do.
        """
        named("by", by, "say who acknowledges, by the caregiver's id")
        return self._answer(alert_id, lambda _: Acknowledge(by, note, seen), now, f"acknowledged by {by}")

    def on_my_way(self, alert_id: str, by: str, now: int, note: str = "") -> Alert:
        """As acknowledged, and told again soon if it still holds."""
        named("by", by, "say who is on the way, by the caregiver's id")
        return self._answer(alert_id, on_my_way(by, now, note), now, f"{by} is on the way")

    def snooze(self, alert_id: str, by: str, until: int, now: int, note: str = "") -> Alert:
        """Nobody is told until ``until`` (ms UTC), and then, if it still holds, at once; BadAnswerError if too long."""
        named("by", by, "say who puts it off, by the caregiver's id")
        return self._answer(alert_id, snoozed(by, until, now, note), now, f"put off by {by}")

    def checked(self, alert_id: str, by: str, outcome: str, now: int, note: str = "") -> Alert:
        """Somebody has looked: ``fine`` or ``artefact``."""
        named("by", by, "say who has looked, by the caregiver's id")
        return self._answer(alert_id, checked(by, outcome, note), now, f"checked by {by}: {outcome}")

    def call_for_help(self, alert_id: str, by: str, now: int, note: str = "") -> Alert:
        """The next rung is told now, whoever has the alert."""
        named("by", by, "say who needs help, by the caregiver's id")
        self.silencing.lift_for(alert_id, by, now)
        return self._answer(alert_id, lambda _: CallForHelp(by, note), now, f"{by} calls for help")

    def close(self, alert_id: str, by: str, outcome: str, now: int, note: str = "") -> Alert:
        """Somebody declares it dealt with. Raises UnknownAlertError or AlertOverError."""
        named("by", by, "say who closes the alert, by the caregiver's id")
        named("outcome", outcome, "say how it ended, for example helped, referred or false_alarm")
        return self._answer(alert_id, lambda _: Close(by, outcome, note), now, f"closed by {by}")

    def hear(self, event: PatientEvent, now: int) -> bool:
        """Somebody answers from a device at home; False when it is no answer that counts."""
        with self._ledger.write() as tx:
            named = str(event.detail.get("alert", ""))
            known = tx.alert(named)
        return hear(self, lambda _: known, frozenset(self.roster.caregivers), event, now)

    def _answer(self, alert_id: str, said: Answer, now: int, why: str) -> Alert:
        docket = answering(why, alert_id)
        with self._lock, self._ledger.write() as tx:
            alert = answer(tx, self._rounds(docket, tx), alert_id, said, now)
            if docket.alerts:
                docket.write(tx, now)
        self._publish(docket, now)
        return alert
