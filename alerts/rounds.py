"""What telling an alert writes on the docket: its entry, the rung it reaches, and the notices."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Self

from alerts.docket import Docket
from alerts.drill import is_drill
from alerts.drill_end import end_drill
from alerts.entries import Change, entry
from alerts.episode import marked
from alerts.escalation import has_next, steps_of
from alerts.events import Escalate, FollowUp
from alerts.lifecycle import transition
from alerts.links import Links
from alerts.notices import Lease, Plan, deliveries, patient_of, plan, renewed
from alerts.oldness import LATE, is_old
from alerts.roster import Roster
from alerts.silences import NONE, Silences
from alerts.suppress import Reason, looked_at, paused_until
from alerts.wording import COMPARING
from vitals.alert import Alert, AlertState, Delivery, Transition
from vitals.finding import Finding, Kind, Severity
from vitals.silence import Silence

_TELLING = frozenset({"found", "worsened", "again", "new_reason", "follow_up"})
"""Causes after which people are told, as soon as the alert's next step is due."""
_ASKED_FOR = frozenset({"follow_up"})
"""Somebody has taken it on, or has put it off until now: it is told, even if it could wait for a handover."""
_NOBODY = "nobody_on_duty"
_LAST = 2
"""After these rungs of a high alert come those who decide: nurse and manager, as policies usually have them."""
_EASING = frozenset({"milder", "eased"})


@dataclass(frozen=True, slots=True)
class Rounds:
    """Tells by one roster into one docket; ``late`` (ms) and ``links`` as the desk has them.

    ``aware`` says who knows of an alert already (LedgerTx.aware); it is asked only where the words depend on it.
    """

    docket: Docket
    roster: Roster
    lease: Lease
    late: int = LATE
    links: Links | None = None
    silences: Silences = NONE
    aware: Callable[[str], Collection[str]] = lambda _: ()

    def heeding(self, silences: Iterable[Silence]) -> Self:
        """The same, by these silences."""
        return replace(self, silences=Silences(silences))

    def enter(self, before: Alert | None, change: Change, finding: Finding, now: int, triggered: int) -> Alert | None:
        """Put a finding's change on the docket; returns the alert as it stands then.

        Old news opens an alert that everybody can see and nobody is paged about; it never disturbs one that stands.
        """
        alert, line = change
        if line.cause in _TELLING and is_old(finding, now, self.late):
            if line.cause != "found":
                return before
            alert = replace(alert, next_step_at=None)
            self.docket.enter(alert, replace(line, note=Reason.LATE.value), [])
        elif line.cause in _TELLING and alert.next_step_at is not None and alert.next_step_at <= now:
            alert = self.tell(change, now, triggered)
        else:
            spent = line.cause in _EASING and not has_next(alert)
            alert = replace(alert, next_step_at=None) if spent else self.silences.freed(alert, now)
            self.docket.enter(alert, line, [])
        return alert

    def tell(self, change: Change, now: int, triggered: int, *, urgent: bool = False) -> Alert:
        """Tell whom the alert's next rung names, and give up what still waits to be told of it.

        ``urgent``: somebody calls for help. As if it were high, to others than who calls, and where its own rungs are
        spent, to those who come last for a high one.
        """
        alert, line = change
        asked = urgent or line.cause in _ASKED_FOR
        told = plan(
            _urgent(alert) if urgent else alert,
            self.roster,
            now,
            may_wait=not asked,
            silences=NONE if asked else self.silences,
            asker=line.actor if urgent else "",
        )
        alert = replace(marked(alert, now) if told.people else alert, step=told.step, next_step_at=told.next_at)
        why = "nobody" if told.nobody else line.cause
        loud = replace(alert, severity=Severity.HIGH) if urgent else alert
        notices = self._notices(loud, told, now, why, triggered)
        notices = [replace(notice, severity=alert.severity, urgent=True) for notice in notices] if urgent else notices
        held = {"held": told.held} if told.held else {}
        note = told.reason.value or (_NOBODY if told.nobody else line.note)
        self.docket.enter(alert, replace(line, note=note, evidence={**line.evidence, **held}), notices)
        if line.cause != "found":
            self.docket.stale_words[alert.id] = line.cause
        return alert

    def catch_up(self, now: int) -> None:
        """Let notices of this docket say what has joined their alert since they were written."""
        behind = [d for d in self.docket.deliveries if self.docket.alerts[d.alert].seq > d.seq]
        if not behind:
            return
        whys = {(line.alert, line.seq): _why(line) for line in self.docket.transitions}
        for alert in [self.docket.alerts[name] for name in dict.fromkeys(d.alert for d in behind)]:
            if alert.state is AlertState.OPEN:
                self.docket.keep(marked(alert, now))
        for i, notice in enumerate(self.docket.deliveries):
            alert = self.docket.alerts[notice.alert]
            if alert.seq > notice.seq and alert.severity == notice.severity and alert.state is AlertState.OPEN:
                why = whys[notice.alert, notice.seq]
                self.docket.deliveries[i] = renewed(
                    notice, alert, self.roster, now, why=why, links=self.links, aware=self._aware(alert, why)
                )

    def climb(self, alert: Alert, now: int) -> None:
        """Do for a live alert what its times ask for by ``now`` (ms UTC)."""
        if is_drill(alert.key):
            end_drill(alert, self.docket, now)
        elif alert.follow_up_at is not None and alert.follow_up_at <= now:
            self._follow_up(alert, now)
        elif alert.next_step_at is not None and alert.next_step_at <= now:
            self._next_rung(alert, now)

    def _follow_up(self, alert: Alert, now: int) -> None:
        pause = paused_until(patient_of(self.roster, alert.key.patient).plan, now)
        silent = self.silences.until(alert, now, every=True)
        if pause is None and silent is not None:
            self._silenced(replace(alert, follow_up_at=silent), silent, now)
            return
        if pause is not None:
            self.docket.keep(replace(alert, follow_up_at=looked_at(pause, now)))
            return
        change = transition(alert, FollowUp(), now)
        if change:
            self.tell(change, now, now)
        else:
            self.docket.keep(replace(alert, follow_up_at=None))

    def _silenced(self, alert: Alert, until: int, now: int) -> None:
        """It waits, and its history says why."""
        self.docket.enter(*entry(alert, now, Reason.SILENCED.value, evidence={"until": until}), [])

    def _next_rung(self, alert: Alert, now: int) -> None:
        told = plan(alert, self.roster, now, may_wait=alert.told_at is None, silences=self.silences)
        if told.reason is Reason.SILENCED and told.next_at is not None:
            self._silenced(replace(alert, next_step_at=told.next_at), told.next_at, now)
            return
        if told.reason is Reason.DIGEST:
            change = transition(alert, Escalate(told.step, None, Reason.DIGEST.value), now)
            self.docket.enter(*change, []) if change else self.docket.keep(alert)
            return
        if not told.people:
            self.docket.keep(replace(alert, step=told.step, next_step_at=told.next_at))
            return
        cause = "told" if alert.step == 0 else "escalated" if told.step > alert.step else "repeated"
        change = transition(alert, Escalate(told.step, told.next_at, cause), now)
        if change:
            risen, line = change
            risen = marked(risen, now)
            why = "nobody" if told.nobody else cause
            notices = self._notices(risen, told, now, why, now)
            said = {"told": [p.id for p in told.people], **({"held": told.held} if told.held else {})}
            self.docket.enter(risen, replace(line, evidence=said), notices)

    def _notices(self, alert: Alert, told: Plan, now: int, why: str, triggered: int) -> list[Delivery]:
        lease, links, aware = self.lease, self.links, self._aware(alert, why)
        return deliveries(
            *(alert, told, self.roster, now), why=why, triggered=triggered, lease=lease, links=links, aware=aware
        )

    def _aware(self, alert: Alert, why: str) -> Collection[str]:
        """Who knows of it already; whoever answers in this very transaction does."""
        if why not in COMPARING:
            return ()
        return {*self.aware(alert.id), *(line.actor for line in self.docket.transitions if line.alert == alert.id)}


def _why(line: Transition) -> str:
    return "nobody" if line.note == _NOBODY else line.cause


def _urgent(alert: Alert) -> Alert:
    """The alert as whoever calls for help sees it."""
    if alert.step < len(steps_of(alert)):
        return alert
    return replace(alert, severity=Severity.HIGH, kind=Kind.PHYSIOLOGICAL, step=_LAST)
