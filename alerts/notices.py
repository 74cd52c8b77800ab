"""Turning an alert that must be told now into notices: which rung, which people, which channels, which words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import structlog

from alerts.drill import is_drill, rung_for, waits_until
from alerts.escalation import Rung, next_step, steps_of
from alerts.identity import delivery_key
from alerts.links import Links
from alerts.reach import reachable, stand_ins
from alerts.roster import Roster
from alerts.silences import NONE, Silences
from alerts.suppress import Reason, Verdict, can_wait, looked_at, paused_until, verdict
from alerts.wording import Wording
from vitals.agency import Patient
from vitals.alert import Alert, Delivery, DeliveryState
from vitals.finding import Severity
from vitals.people import Caregiver, Channel, Role
from vitals.times import MINUTE

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen for one alert now: the rung it reaches, whom that tells, and when it is looked at again.

    ``held`` says who is not told at once and why, by ``person/channel``; ``reason`` is set when nobody is told.
    """

    step: int
    next_at: int | None
    people: tuple[Caregiver, ...] = ()
    nobody: bool = False
    reason: Reason = Reason.NONE
    held: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who will send what is due at once, and until when nobody else may (ms)."""

    worker: str = ""
    length: int = MINUTE


def plan(
    alert: Alert,
    roster: Roster,
    now: int,
    *,
    may_wait: bool = False,
    silences: Silences = NONE,
    asker: str = "",
) -> Plan:
    """Whom to tell about an alert at ``now`` (ms UTC).

    While the patient's plan is paused, or the alert silenced, nobody is told; it comes back when that ends.
    ``may_wait``: what is no matter of hours is left to the next handover. ``asker``: who calls for help: no pause keeps
    that back, and they are none to themselves, so a rung that reaches nobody else is skipped.
    """
    if is_drill(alert.key):
        return Plan(1, waits_until(alert), rung_for(alert, roster))
    if may_wait and can_wait(alert):
        return Plan(len(steps_of(alert)), None, reason=Reason.DIGEST)
    patient = patient_of(roster, alert.key.patient)
    pause = None if asker else paused_until(patient.plan, now)
    if pause is not None:
        return Plan(alert.step, looked_at(pause, now), reason=Reason.PAUSED)
    silent = silences.until(alert, now)
    if silent is not None:
        return Plan(alert.step, silent, reason=Reason.SILENCED)

    def recipients(roles: Sequence[Role]) -> tuple[Caregiver, ...]:
        people = reachable(roster, alert.key.patient, roles, alert.severity, now)
        return tuple(person for person in people if person.id != asker)

    rung = next_step(alert, recipients, now)
    return _somebody(alert, roster, rung, now) if rung.nobody else Plan(rung.step, rung.next_at, rung.people)


def deliveries(
    alert: Alert,
    told: Plan,
    roster: Roster,
    now: int,
    *,
    why: str,
    triggered: int,
    lease: Lease,
    links: Links | None = None,
    aware: Collection[str] = (),
) -> list[Delivery]:
    """The notices of a plan. What may go at once is leased to our own outbox; what must wait is pending.

    Each person's hold their own link, from ``links``; without it the alert's code stands alone. ``aware`` are those who
    know of the alert already.
    ``told.held`` gains what is deferred or never goes over a channel, and why.
    """
    said = Wording(alert, patient_of(roster, alert.key.patient), now, why, links, aware)
    found = []
    for person in told.people:
        for channel in person.channels:
            ruling = _ruling(alert, told, person, channel, now)
            if ruling.reason:
                told.held[f"{person.id}/{channel.name}"] = ruling.reason.value
            if ruling.due is not None:
                words = said.to(person, channel)
                key = delivery_key(alert.id, alert.seq, told.step, person.id, channel.name)
                notice = Delivery(
                    *(key, alert.id, alert.seq, person.id, channel.name, ruling.due, now),
                    severity=alert.severity,
                    title=words.title,
                    body=words.body,
                    triggered=triggered,
                )
                found.append(_leased(notice, lease, now))
    return found


def renewed(
    delivery: Delivery,
    alert: Alert,
    roster: Roster,
    now: int,
    *,
    why: str = "",
    links: Links | None = None,
    aware: Collection[str] = (),
) -> Delivery:
    """A notice in the words of today: what waited may have become milder meanwhile, or be about more."""
    person = roster.caregivers.get(delivery.recipient)
    channel = next((c for c in person.channels if c.name == delivery.channel), None) if person else None
    if person is None or channel is None:
        return delivery
    said = Wording(alert, patient_of(roster, alert.key.patient), now, why, links, aware).to(person, channel)
    return replace(delivery, severity=alert.severity, title=said.title, body=said.body)


def patient_of(roster: Roster, patient_id: str) -> Patient:
    """The patient, or a stand-in for one that the agency file no longer knows: its alerts are told all the same."""
    known = roster.patients.get(patient_id)
    return known or Patient.model_construct(id=patient_id, name=patient_id, timezone="UTC")


def _ruling(alert: Alert, told: Plan, person: Caregiver, channel: Channel, now: int) -> Verdict:
    """Who is told in everybody's stead is not spared by quiet hours, unless it can wait for the next visit."""
    if is_drill(alert.key):
        return Verdict(now)
    ruling = verdict(person, channel, alert.severity, now)
    if told.nobody and alert.severity > Severity.LOW and ruling.reason is Reason.QUIET_HOURS:
        ruling = Verdict(now)
    if channel.after and ruling.due is not None and ruling.due < now + channel.after:
        return Verdict(now + channel.after, Reason.SECOND_WAY)
    return ruling


def _leased(notice: Delivery, lease: Lease, now: int) -> Delivery:
    """What may go at once is ours to send, so that no second transaction is needed before."""
    if not lease.worker or notice.due > now:
        return notice
    return replace(notice, state=DeliveryState.LEASED, lease_until=now + lease.length, leased_by=lease.worker)


def _somebody(alert: Alert, roster: Roster, rung: Rung, now: int) -> Plan:
    """Nobody on duty at all: the operations manager, else every nurse, else anyone; and the log cries out."""
    people = stand_ins(roster, alert.severity)
    if people:
        log.error("nobody_on_duty", patient=alert.key.patient, alert=alert.id, told=[p.id for p in people])
        return Plan(rung.step, rung.next_at, people, nobody=True)
    log.error("nobody_to_tell", patient=alert.key.patient, alert=alert.id, severity=alert.severity.word)
    again = now + int(alert.policy.get("repeat_every", 10 * MINUTE))
    return Plan(alert.step, rung.next_at or again, nobody=True)
