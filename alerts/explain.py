"""Who would be told of an alert, step by step, why, and why the others are not; by the rules that the desk goes by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from alerts import presence
from alerts.duty import Why
from alerts.escalation import next_step, steps_of
from alerts.reach import hears, reachable, stand_ins
from alerts.roster import Judged, Roster
from alerts.suppress import Reason, can_wait, paused_until, verdict
from vitals.alert import Alert, AlertState
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import Caregiver, Role
from vitals.silence import Silence
from vitals.times import iso


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody is on duty for a patient, and why (not); ``until`` in ms UTC, None where no end is known."""

    caregiver: Caregiver
    on: bool
    why: Why
    until: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What one rung means for one person: ``reason`` says why not, or why not at once; empty: told at once."""

    caregiver: str
    reason: str = ""
    due: int | None = None


@dataclass(frozen=True, slots=True)
class StepView:
    """One rung, from 1: when it is told if nobody answers (None: skipped), and what it means for each person."""

    step: int
    roles: tuple[Role, ...]
    at: int | None
    told: tuple[Told, ...]
    others: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Who would be told of an alert of ``severity`` about ``patient`` at ``at`` (ms UTC)."""

    patient: str
    at: int
    severity: Severity
    paused_until: int | None
    standings: tuple[Standing, ...]
    steps: tuple[StepView, ...]
    stand_ins: tuple[str, ...]
    silences: tuple[Silence, ...] = ()
    taken: tuple[Alert, ...] = ()
    """Alerts that somebody has taken on or put off until later than ``at``."""


def who(
    roster: Roster,
    patient_id: str,
    at: int,
    severity: Severity = Severity.HIGH,
    *,
    silences: Iterable[Silence] = (),
    live: Iterable[Alert] = (),
) -> Answer:
    """The whole answer for an alert that opens at ``at`` (ms UTC) and that nobody acknowledges."""
    steps = _steps(roster, patient_id, at, severity)
    nobody = not any(step.told for step in steps)
    return Answer(
        *(patient_id, at, severity, paused_until(roster.patients[patient_id].plan, at)),
        standings=standings(roster, patient_id, at),
        steps=steps,
        stand_ins=tuple(person.id for person in stand_ins(roster, severity)) if nobody else (),
        silences=tuple(it for it in silences if it.patient == patient_id and it.holds(at)),
        taken=tuple(it for it in live if it.key.patient == patient_id and (it.follow_up_at or 0) > at),
    )


def standings(roster: Roster, patient_id: str, now: int) -> tuple[Standing, ...]:
    """Everybody of the agency: on duty for the patient at ``now`` or not, and why."""
    judged = roster.judge(patient_id, now)
    return tuple(_standing(roster, judged, patient_id, person, now) for person in roster.agency.caregivers)


def _standing(roster: Roster, judged: Judged, patient_id: str, person: Caregiver, now: int) -> Standing:
    duty = judged.duties.get(person.id)
    clocked = roster.presences.of(patient_id).get(person.id, ())
    if duty:
        return Standing(person, True, duty.why, duty.until, duty.note)
    if person.id in judged.off:
        why, note = judged.off[person.id]
        return Standing(person, False, why, note=note)
    covers = [cover for cover in roster.covers.of(patient_id) if cover.caregiver.id == person.id]
    note = presence.forgotten(clocked, now, roster.presences.limit)
    assigned = roster.covers.assigned(patient_id, person.id, now)
    if assigned is None and not covers:
        return Standing(person, False, Why.NOT_ASSIGNED, note=note)
    if assigned is False:
        return Standing(person, False, Why.NOT_ASSIGNED_NOW, note=note)
    coming = min((at for cover in covers if (at := cover.next_start(now)) is not None), default=None)
    following = "" if coming is None else f"the next begins {iso(coming)}"
    return Standing(person, False, Why.NO_SHIFT_NOW, note="; ".join(filter(None, (note, following))))


def _steps(roster: Roster, patient_id: str, at: int, severity: Severity) -> tuple[StepView, ...]:
    key = FindingKey("limit.high", patient_id)
    alert = Alert("-", key, Kind.PHYSIOLOGICAL, severity, AlertState.OPEN, at, at, at)
    alert = replace(alert, policy=roster.policy(patient_id))
    looked = _climb(roster, alert, at)
    rungs = enumerate(steps_of(alert), start=1)
    return tuple(_view(roster, alert, (step, *looked.get(step, (at, False))), rung.roles) for step, rung in rungs)


def _climb(roster: Roster, alert: Alert, at: int) -> dict[int, tuple[int, bool]]:
    """When each rung's turn comes, and whether it is told: as the desk climbs, skipping at once what reaches nobody."""
    looked: dict[int, tuple[int, bool]] = {}
    now: int | None = at
    while now is not None and alert.step < len(steps_of(alert)):
        recipients = partial(_recipients, roster, alert, now)
        rung = next_step(alert, recipients, now)
        told = any(recipients(steps_of(alert)[rung.step - 1].roles))
        looked |= {step: (now, told and step == rung.step) for step in range(alert.step + 1, rung.step + 1)}
        alert, now = replace(alert, step=rung.step), rung.next_at
    return looked


def _recipients(roster: Roster, alert: Alert, now: int, roles: Sequence[Role]) -> tuple[Caregiver, ...]:
    return reachable(roster, alert.key.patient, roles, alert.severity, now)


def _view(roster: Roster, alert: Alert, looked: tuple[int, int, bool], roles: tuple[Role, ...]) -> StepView:
    step, now, is_told = looked
    people = _recipients(roster, alert, now, roles)
    waits = can_wait(alert)
    told = tuple(Told(p.id, Reason.DIGEST.value) if waits else _told(p, alert.severity, now) for p in people)
    reached = {t.caregiver for t in told}
    others = tuple(
        Told(s.caregiver.id, "no_channel_at_this_severity" if s.on else s.why.value)
        for s in standings(roster, alert.key.patient, now)
        if s.caregiver.role in roles and s.caregiver.id not in reached
    )
    return StepView(step, roles, now if is_told else None, told, others)


def _told(person: Caregiver, severity: Severity, now: int) -> Told:
    """At once over any channel; else when the first that waits may go."""
    rulings = [verdict(person, channel, severity, now) for channel in person.channels]
    dues = [ruling.due for ruling in rulings if ruling.due is not None]
    if hears(person, severity) and dues and min(dues) > now:
        return Told(person.id, Reason.QUIET_HOURS.value, min(dues))
    return Told(person.id, "", min(dues, default=now))
