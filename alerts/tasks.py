"""What a notice asks of each role: at length, and in the few words that a text message with a link has room for.

Personal support workers, HMAs, CNAs and live-in caregivers measure, report and follow the plan; a therapist pauses the
session; the nurse assesses; the operations manager makes sure that somebody takes it on; device support checks
equipment. No task names a condition: the same words stand on lock screens.
"""

from collections.abc import Mapping
from typing import Final

from alerts.language import mark
from alerts.tasks_technical import Hands, Task, technical
from vitals.alert import Alert
from vitals.finding import Kind, Severity
from vitals.people import Role

HANDS: Final[Mapping[Role, Hands]] = {
    **dict.fromkeys((Role.PSW, Role.HMA, Role.CNA, Role.LIVE_IN), Hands.BESIDE),
    Role.THERAPIST: Hands.SESSION,
    Role.NURSE: Hands.NURSE,
    Role.DEVICE_SUPPORT: Hands.EQUIPMENT,
    Role.OPERATIONS_MANAGER: Hands.OFFICE,
}
"""What each role is to an alert."""
SLOW: Final = ("trend", "baseline_shift", "glucose_pattern", "night_desaturation")
"""Rules about what changes over days: one more measurement says nothing."""

_OFFICE: Final = Task(mark("Make sure that somebody takes this on."), mark("Make sure it is taken on."))
_REPEAT: Final = {
    True: Task(
        mark("Repeat the measurement now, after a few minutes of rest: one reading alone does not say enough."),
        mark("Repeat it after a rest."),
    ),
    False: Task(
        mark("Have the measurement repeated now: one reading alone does not say enough."), mark("Have it repeated.")
    ),
}
"""A value given once (a cuff, a scale), for whoever is beside the patient and for whoever is not."""
_VISIT: Final = {
    (Severity.HIGH, Hands.BESIDE): mark("Go to the patient now, measure again and report to the nurse."),
    (Severity.MEDIUM, Hands.BESIDE): mark("See the patient soon, measure again and report to the nurse."),
    (Severity.HIGH, Hands.SESSION): mark("Pause the session, let the patient rest, measure again and tell the nurse."),
    (Severity.MEDIUM, Hands.SESSION): mark("Pause the session, measure again and tell the nurse before you go on."),
    (Severity.HIGH, Hands.NURSE): mark("Go to the patient now or call, assess, and decide what is to be done."),
    (Severity.MEDIUM, Hands.NURSE): mark("See the patient soon or call, assess, and decide what is to be done."),
    (Severity.HIGH, Hands.EQUIPMENT): mark("Have somebody go to the patient now, and tell the nurse."),
    (Severity.MEDIUM, Hands.EQUIPMENT): mark("Have somebody see the patient soon, and tell the nurse."),
    (Severity.LOW, Hands.BESIDE): mark("Measure again at your next visit and report it."),
    (Severity.LOW, Hands.SESSION): mark("Measure before the next session and tell the nurse."),
    (Severity.LOW, Hands.NURSE): mark("Review it at your next visit."),
    (Severity.LOW, Hands.EQUIPMENT): mark("Tell the nurse."),
}
_VISIT_SHORT: Final = {
    Hands.BESIDE: mark("Go, measure, tell the nurse."),
    Hands.SESSION: mark("Pause, measure, tell the nurse."),
    Hands.NURSE: mark("Go or call, assess, decide."),
    Hands.EQUIPMENT: mark("Send somebody, tell the nurse."),
}
_LATER_SHORT: Final = {
    Hands.BESIDE: mark("Measure and report it."),
    Hands.SESSION: mark("Measure, tell the nurse."),
    Hands.NURSE: mark("Review it."),
    Hands.EQUIPMENT: mark("Tell the nurse."),
}
_SLOW: Final = Task(mark("Report it to the nurse at your next visit."), mark("Report it to the nurse."))
_HAPPENED: Final = {
    (Severity.HIGH, Hands.BESIDE): mark("Go to the patient now, help, and report to the nurse."),
    (Severity.HIGH, Hands.SESSION): mark("Pause the session, go to the patient now, help, and tell the nurse."),
}
_HAPPENED_SHORT: Final = mark("Go, help, tell the nurse.")
_ASK: Final = {
    Hands.BESIDE: Task(mark("Ask the patient, and report to the nurse."), mark("Ask, and tell the nurse.")),
    Hands.SESSION: Task(mark("Ask the patient, and report to the nurse."), mark("Ask, and tell the nurse.")),
    Hands.NURSE: Task(mark("Find out what happened, and decide what is to be done."), mark("Find out and decide.")),
    Hands.EQUIPMENT: Task(mark("Tell the nurse."), mark("Tell the nurse.")),
}
"""A missed medication, whenever it is told."""


def task(alert: Alert, role: Role) -> Task:
    """What is this role's to do; nobody but a nurse is asked to assess.

    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey
    >>> key = FindingKey("limit.low", "p1", "spo2")
    >>> alert = Alert("A", key, Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN, 0, 0, 0)
    >>> print(task(alert, Role.CNA).whole)
    Go to the patient now, measure again and report to the nurse.
    >>> task(alert, Role.NURSE).short
    'Go or call, assess, decide.'
    """
    hands = HANDS[role]
    if hands is Hands.OFFICE:
        return _OFFICE
    if alert.kind is Kind.TECHNICAL:
        return technical(alert, hands)
    if alert.key.rule == "event.medication_missed":
        return _ASK[hands]
    if asks_repeat(alert):
        return _REPEAT[hands in (Hands.BESIDE, Hands.SESSION)]
    return _seen(alert, hands)


def follows_plan(role: Role) -> bool:
    """Whether what this role does is what the care plan orders."""
    return HANDS[role] in (Hands.BESIDE, Hands.SESSION)


def asks_repeat(alert: Alert) -> bool:
    """A value given once (a cuff) is confirmed by a second reading before it pages as dangerous."""
    return alert.severity is Severity.LOW and alert.evidence.get("ask") == "repeat"


def _seen(alert: Alert, hands: Hands) -> Task:
    """The patient is to be seen: now, soon, or at the next visit."""
    rule, severity = alert.key.rule, max(alert.severity, Severity.LOW)
    if rule.startswith("event.") and (Severity.HIGH, hands) in _HAPPENED:
        return Task(_HAPPENED[Severity.HIGH, hands], _HAPPENED_SHORT)
    if severity is not Severity.LOW:
        return Task(_VISIT[severity, hands], _VISIT_SHORT[hands])
    if rule.split(".")[0] in SLOW and hands in (Hands.BESIDE, Hands.SESSION):
        return _SLOW
    return Task(_VISIT[severity, hands], _LATER_SHORT[hands])
