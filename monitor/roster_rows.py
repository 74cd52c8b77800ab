"""Answers about the roster for machines: plain values, times in ISO 8601 UTC, reasons by their stable names."""

from typing import Any

from alerts.coverage import Gap, Stretch
from alerts.explain import Answer, StepView, Told
from alerts.roster import OnDuty
from vitals.alert import Alert
from vitals.silence import Silence
from vitals.times import HOUR, iso


def stretch_row(stretch: Stretch) -> dict[str, Any]:
    """Who is on duty in a stretch of time."""
    return {
        "patient": stretch.patient,
        "start": iso(stretch.start),
        "end": iso(stretch.end),
        "people": [_on_duty(duty) for duty in stretch.people],
    }


def gap_row(gap: Gap) -> dict[str, Any]:
    """Hours that are not covered.

    >>> from alerts.coverage import Lack
    >>> gap_row(Gap("p1", 0, 1_800_000, Lack.NOBODY))["hours"]
    0.5
    """
    hours = round((gap.end - gap.start) / HOUR, 3)
    return {"patient": gap.patient, "start": iso(gap.start), "end": iso(gap.end), "hours": hours, "lack": gap.lack}


def answer_row(answer: Answer) -> dict[str, Any]:
    """Who would be told at each step, why, and why others are not."""
    return {
        "patient": answer.patient,
        "at": iso(answer.at),
        "severity": answer.severity.word,
        "paused_until": _iso(answer.paused_until),
        "silences": [_silence(silence) for silence in answer.silences],
        "taken": [_taken(alert) for alert in answer.taken],
        "steps": [_step(step) for step in answer.steps],
        "stand_ins": list(answer.stand_ins),
        "people": [
            {
                "caregiver": s.caregiver.id,
                "role": s.caregiver.role,
                "on_duty": s.on,
                "why": s.why,
                "until": _iso(s.until),
                "note": s.note,
            }
            for s in answer.standings
        ],
    }


def _silence(silence: Silence) -> dict[str, Any]:
    of = {"rule": silence.rule, "signal": silence.signal, "reason": silence.reason, "by": silence.by}
    return {"silence": silence.id, "until": iso(silence.end), **of}


def _taken(alert: Alert) -> dict[str, Any]:
    """What somebody has taken on or put off: nobody hears of it before its time."""
    about = {"rule": alert.key.rule, "signal": alert.key.signal, "severity": alert.severity.word}
    return {"alert": alert.id, **about, "by": alert.acknowledged_by, "told_again_at": _iso(alert.follow_up_at)}


def _step(step: StepView) -> dict[str, Any]:
    roles = [role.value for role in step.roles]
    told, others = ([_told(t) for t in people] for people in (step.told, step.others))
    return {"step": step.step, "roles": roles, "at": _iso(step.at), "told": told, "others": others}


def _told(told: Told) -> dict[str, Any]:
    return {"caregiver": told.caregiver, "reason": told.reason, "due": _iso(told.due)}


def _on_duty(duty: OnDuty) -> dict[str, Any]:
    who = duty.caregiver
    row = {"caregiver": who.id, "role": who.role, "until": _iso(duty.until), "why": duty.why, "note": duty.note}
    return dict(row)


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)
