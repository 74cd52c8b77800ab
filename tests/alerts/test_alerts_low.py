"""What is LOW waits for the next handover, by name in its history; what asks for a measurement now does not."""

from typing import Any

import pytest

from tests.alerts.house import ANA, NO_INTAKE, NOON, NOOR, OPS, PULSE, TECH, a_desk, agency, found, patient, told
from vitals.alert import AlertState
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import Role
from vitals.plan import CarePlan, EscalationPolicy, Pause, Step
from vitals.times import HOUR, MINUTE

TREND = FindingKey("trend.rising", "p1", "weight")
LOW, MEDIUM = Severity.LOW, Severity.MEDIUM


def low(key: FindingKey = TREND, minute: int = 0, **evidence: Any) -> Any:
    time = NOON + minute * MINUTE
    return found(LOW, key=key, time=time, onset=time, **evidence)


@pytest.mark.parametrize("kind", Kind)
def test_nobody_is_told_at_once_and_the_history_says_why(kind: Kind) -> None:
    desk, ledger = a_desk()
    recorded = desk.record(NO_INTAKE, [found(LOW, key=TREND, kind=kind)], NOON)
    assert (told(recorded), [line.note for line in recorded.transitions]) == ([], ["digest"])
    assert [alert.state for alert in ledger.live()] == [AlertState.OPEN]
    assert desk.tick(NOON + 3 * HOUR).deliveries == ()


@pytest.mark.parametrize(
    ("key", "evidence"),
    [
        (FindingKey("limit.high", "p1", "systolic_bp"), {"ask": "repeat"}),
        (FindingKey("event.medication_missed", "p1"), {}),
    ],
)
def test_who_is_asked_to_measure_again_or_missed_a_medicine_is_told_at_once(
    key: FindingKey, evidence: dict[str, Any]
) -> None:
    desk, _ = a_desk()
    assert told(desk.record(NO_INTAKE, [low(key, **evidence)], NOON)) == ["ana"]


def test_a_policy_may_send_it_at_once_to_whom_it_names() -> None:
    policy = EscalationPolicy(low_at_once=True, low=(Step(after=0, roles=(Role.NURSE,)),))
    desk, _ = a_desk(agency(ANA, NOOR, OPS, TECH, policy=policy))
    assert told(desk.record(NO_INTAKE, [low()], NOON)) == ["noor"]


def test_what_grows_worse_is_told() -> None:
    desk, _ = a_desk()
    desk.record(NO_INTAKE, [low()], NOON)
    worse = found(MEDIUM, key=TREND, time=NOON + MINUTE, onset=NOON)
    assert told(desk.record(NO_INTAKE, [worse], NOON + MINUTE)) == ["ana"]


def test_a_measurement_that_is_asked_for_is_told_though_it_joins_what_waits() -> None:
    desk, _ = a_desk()
    desk.record(NO_INTAKE, [low(PULSE)], NOON)
    asks = low(FindingKey("limit.high", "p1", "systolic_bp"), 1, ask="repeat")
    assert told(desk.record(NO_INTAKE, [asks], NOON + MINUTE)) == ["ana"]


def test_who_answers_it_is_not_told_again_at_once_but_when_it_is_not_over() -> None:
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [low(PULSE)], NOON)
    (alert,) = ledger.live()
    assert desk.acknowledge(alert.id, "ana", NOON + MINUTE).state is AlertState.ACKNOWLEDGED
    assert told(desk.tick(NOON + 31 * MINUTE)) == ["ana"]


def test_whoever_calls_for_help_gets_it() -> None:
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [low()], NOON)
    desk.call_for_help(ledger.live()[0].id, "ana", NOON + MINUTE)
    assert {notice.recipient for notice in ledger.deliveries.values()} == {"noor"}


def test_what_eases_during_a_pause_waits_and_the_history_says_so() -> None:
    pause = Pause(start="2026-11-18T11:00Z", end="2026-11-18T14:00Z")
    desk, ledger = a_desk(agency(ANA, OPS, patients=(patient(plan=CarePlan(pauses=(pause,))),)))
    desk.record(NO_INTAKE, [found(MEDIUM, key=PULSE)], NOON)
    desk.record(NO_INTAKE, [found(LOW, key=PULSE, time=NOON + MINUTE, onset=NOON - MINUTE)], NOON + MINUTE)
    assert desk.tick(NOON + 2 * HOUR).deliveries == ()
    assert [line.cause for line in ledger.transitions.values()] == ["found", "milder", "digest"]
    assert desk.tick(NOON + 3 * HOUR).transitions == ()
