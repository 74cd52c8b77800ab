"""Silences as the desk keeps them: set, lifted, taken up from other processes, and heeded by notices that wait."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Final

from alerts.answers import named
from alerts.docket import Docket
from alerts.drill import is_drill
from alerts.entries import entry
from alerts.errors import BadAnswerError, UnknownSilenceError
from alerts.identity import alert_id
from alerts.memory import Memory
from alerts.ports import Ledger
from alerts.silences import NONE, Silences
from alerts.suppress import Reason, looked_at, paused_until
from vitals.alert import Alert, AlertState, Delivery
from vitals.clock import Clock
from vitals.finding import FindingKey
from vitals.plan import CarePlan
from vitals.signals import BY_NAME
from vitals.silence import Silence
from vitals.times import DAY, iso, show_duration

LONGEST: Final = DAY
"""A silence ends after a day at the latest, whoever forgets it."""
NEVER_SILENT: Final = ("event.sos", "event.fall")
_UNANSWERED = (AlertState.OPEN, AlertState.ESCALATED)
_NO_PLANS: Final[Mapping[str, CarePlan]] = {}


class Silencing:
    """Keeps ``known``, the silences as this process last saw them; what is decided of an alert that waits is decided by
    those in the transaction itself. ``turn`` is the desk's lock, ``publish`` what it does after a commit.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        memory: Memory,
        turn: AbstractContextManager[Any],
        publish: Callable[[Docket, int], Any],
    ) -> None:
        self._ledger, self._memory, self._turn, self._publish = ledger, memory, turn, publish
        self._seen: list[Silence] = []
        self.known = NONE
        self.take_up(clock.now())

    def set(
        self, patient: str, *, until: int, reason: str, by: str, now: int, rule: str = "", signal: str = ""
    ) -> Silence:
        """From ``now`` until ``until`` (ms UTC), a day at most. BadAnswerError says what will not do."""
        named("by", by, "say who sets it, by the caregiver's id")
        named("reason", reason, "say why nobody is to be told, for example physiotherapy")
        if not now < until <= now + LONGEST:
            remedy = f"a silence ends later than now, and {show_duration(LONGEST)} from now at the latest"
            raise BadAnswerError("end", remedy, f"{iso(until)} will not do")
        if signal and signal not in BY_NAME:
            raise BadAnswerError("signal", f"one of {', '.join(BY_NAME)}", f"{signal!r} is no signal")
        if rule in NEVER_SILENT:
            raise BadAnswerError("rule", "answer the alert itself, or close it", f"{rule!r} is never silent")
        name = alert_id(FindingKey(f"silence/{rule}", patient, signal, by), now)
        silence = Silence(name, patient, now, until, reason, by, rule, signal)
        with self._ledger.write() as tx:
            tx.add_silence(silence)
        self.take_up(now)
        return silence

    def lift(self, name: str, by: str, now: int) -> Silence:
        """End one early: what it held back and still holds is told at once. UnknownSilenceError when none of that name
        is in force.
        """
        named("by", by, "say who ends it, by the caregiver's id")
        with self._ledger.write() as tx:
            found = next((it for it in tx.silences(now) if it.id == name and it.holds(now)), None)
            if found is None:
                raise UnknownSilenceError(name)
            tx.lift_silence(found, by, now)
        self.take_up(now)
        return replace(found, lifted=now, lifted_by=by)

    def lift_for(self, name: str, by: str, now: int) -> None:
        """Whoever is with the patient calls for help: nothing that is about this alert stays silent."""
        with self._ledger.write() as tx:
            alert = tx.alert(name)
            reasons = alert.reasons if alert and alert.state.live else ()
            for silence in tx.silences(now) if reasons else ():
                if silence.holds(now) and any(silence.names(reason.key) for reason in reasons):
                    tx.lift_silence(silence, by, now)
        self.take_up(now)

    def take_up(self, now: int) -> None:
        """Learn what any process has set or lifted, and free what waits for a silence that was lifted."""
        found = self._ledger.silences(now)
        if found == self._seen:
            return
        lifted = {it.patient for it in found if it.lifted is not None and it not in self._seen}
        self.known = Silences(found)
        if lifted:
            self._free(lifted, now)
        self._seen = found

    def withheld(self, notice: Delivery, now: int, plans: Mapping[str, CarePlan] = _NO_PLANS) -> bool:
        """Whether a notice that was written before is silent now, or its patient's plan paused. If so, its alert is
        told anew as that ends. A call for help is never withheld, nor a drill. ``plans``: those that have pauses.

        Most patients have neither, and their notices do not wait for us.
        """
        alert = self._memory.standing.get(notice.alert)
        if not notice.alert or notice.urgent or (alert is not None and not self._quiet(alert.key.patient, now, plans)):
            return False
        if alert is None and not self._seen and not plans:
            return False
        docket = Docket()
        with self._turn, self._ledger.write() as tx:
            stands = tx.alert(notice.alert)
            if stands is None or stands.state not in _UNANSWERED or is_drill(stands.key):
                return False
            until, why = _until(stands, now, Silences(tx.silences(now)), plans)
            if until is None:
                return False
            if stands.step or stands.next_step_at is None or stands.next_step_at > until:
                waiting = replace(stands, step=0, next_step_at=until)
                docket.enter(*entry(waiting, now, why.value, evidence={"until": until}), [])
                docket.write(tx, now)
        self._publish(docket, now)
        return True

    def _quiet(self, patient: str, now: int, plans: Mapping[str, CarePlan]) -> bool:
        plan = plans.get(patient)
        return bool(self.known.of(patient)) or (plan is not None and paused_until(plan, now) is not None)

    def _free(self, patients: Collection[str], now: int) -> None:
        live = [alert for alert in self._ledger.live() if alert.key.patient in patients]
        if not any(self.known.freed(alert, now) is not alert for alert in live):
            return
        docket = Docket()
        with self._turn, self._ledger.write() as tx:
            standing = {it.id: it for it in tx.live_alerts([alert.key for alert in live]).values()}
            silences = Silences(tx.silences(now))
            for alert in standing.values():
                freed = silences.freed(alert, now)
                if freed is not alert:
                    docket.keep(freed)
            docket.write(tx, now)
        self._publish(docket, now)


def _until(alert: Alert, now: int, silences: Silences, plans: Mapping[str, CarePlan]) -> tuple[int | None, Reason]:
    """When what keeps an alert back now is looked at again, and what that is."""
    plan = plans.get(alert.key.patient)
    pause = None if plan is None else paused_until(plan, now)
    if pause is not None:
        return looked_at(pause, now), Reason.PAUSED
    return silences.until(alert, now, every=True), Reason.SILENCED
