"""Which rung of the escalation comes now, whom it tells, and when the next one is due.

An alert carries the policy that was in force as it opened. Rungs are told one after the other; ``after`` is counted
in elapsed time from the first, so between two rungs lies the difference of theirs. A rung on which nobody on duty
can be reached is skipped at once and its delay not waited out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from vitals.alert import Alert
from vitals.finding import Kind, Severity
from vitals.people import Caregiver, Role
from vitals.plan import EscalationPolicy

Recipients = Callable[[Sequence[Role]], tuple[Caregiver, ...]]
"""Those with one of the roles who are on duty now and can be reached at this severity."""


@dataclass(frozen=True, slots=True)
class Rung:
    """What is to be done now: tell ``people`` as rung ``step`` (from 1); come back at ``next_at`` (None: never).

    ``skipped`` rungs had nobody. ``nobody`` says that no rung had anyone, so the caller must find somebody at all.
    """

    step: int
    people: tuple[Caregiver, ...]
    next_at: int | None
    skipped: int = 0
    nobody: bool = False


@lru_cache(maxsize=256)
def frozen(policy: EscalationPolicy) -> dict[str, Any]:
    """The policy as plain values, times in ms, to be kept in an alert; shared, so never changed.

    >>> frozen(EscalationPolicy())["medium"][1]
    {'after': 900000, 'roles': ['live_in', 'nurse']}
    """
    plain = policy.model_dump(mode="json")
    for route in ("high", "medium", "low", "technical"):
        for written, step in zip(plain[route], getattr(policy, route), strict=True):
            written["after"] = step.after
    times = {name: getattr(policy, name) for name in ("repeat_every", "follow_up", "join_within")}
    each = {name: getattr(policy, name).model_dump() for name in ("hold_off", "again_every")}
    return {**plain, **times, **each}


class Told(NamedTuple):
    """A rung as an alert carries it: ``after`` in ms from the first."""

    after: int
    roles: tuple[Role, ...]


@lru_cache(maxsize=256)
def _roles(names: tuple[str, ...]) -> tuple[Role, ...]:
    return tuple(map(Role, names))


def steps_of(alert: Alert) -> tuple[Told, ...]:
    """The rungs of an alert: technical ones have a route of their own, whatever their severity."""
    route = "technical" if alert.kind is Kind.TECHNICAL else alert.severity.word
    written = alert.policy.get(route) or frozen(EscalationPolicy())[route]
    return tuple(Told(step["after"], _roles(tuple(step["roles"]))) for step in written)


def next_step(alert: Alert, recipients: Recipients, now: int) -> Rung:
    """The rung to tell at ``now`` (ms UTC): the first one after ``alert.step`` with somebody, else the last again.

    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey
    >>> alert = Alert("A", FindingKey("limit.low", "p1", "spo2"), Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN,
    ...               0, 0, 0)
    >>> nurse = Caregiver(id="noor", name="N.", role="nurse", timezone="Europe/London")
    >>> rung = next_step(alert, lambda roles: (nurse,) if Role.NURSE in roles else (), 0)
    >>> rung.step, rung.skipped, rung.next_at  # the two rungs of assistants are skipped; the manager 5 min later
    (3, 2, 300000)
    """
    steps = steps_of(alert)
    first = min(alert.step, len(steps) - 1)
    for i in range(first, len(steps)):
        people = recipients(steps[i].roles)
        if people:
            return Rung(i + 1, people, _next_at(alert, steps, i, now), skipped=i - first)
    return _exhausted(alert, steps, recipients, now)


def _exhausted(alert: Alert, steps: Sequence[Told], recipients: Recipients, now: int) -> Rung:
    """No rung above has anyone. A high alert goes back down to the highest that has; a milder one has been told."""
    again = _repeat_at(alert, now)
    if alert.step and again is None:
        return Rung(len(steps), (), None)
    told = (people for step in reversed(steps[: alert.step]) if (people := recipients(step.roles)))
    people = next(told, ())
    return Rung(len(steps), people, again, skipped=len(steps) - alert.step, nobody=not people)


def has_next(alert: Alert) -> bool:
    """Whether anything is left to tell: a rung, or the last one again.

    A milder alert has fewer rungs, and one that was told as high need not be told again as low.
    """
    return alert.step < len(steps_of(alert)) or alert.severity is Severity.HIGH


def _next_at(alert: Alert, steps: Sequence[Told], i: int, now: int) -> int | None:
    if i + 1 < len(steps):
        return now + max(steps[i + 1].after - steps[i].after, 0)
    return _repeat_at(alert, now)


def _repeat_at(alert: Alert, now: int) -> int | None:
    """Only a high alert repeats its last rung (IEC 60601-1-8: high repeats, medium less, low once)."""
    if alert.severity is not Severity.HIGH:
        return None
    return now + int(alert.policy.get("repeat_every", EscalationPolicy().repeat_every))
