"""Answers beyond yes: on my way, checked, call for help, later."""

import pytest

from alerts.errors import AlertOverError, BadAnswerError
from tests.alerts.house import NO_INTAKE, NOON, PULSE, a_desk, found, told
from vitals.alert import AlertState
from vitals.finding import FindingKey, Severity
from vitals.times import HOUR, MINUTE


def test_on_the_way_is_not_there_yet():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found()], NOON)
    taken = desk.on_my_way(ledger.live()[0].id, "ana", NOON)
    assert (taken.state, taken.acknowledged_by) == (AlertState.ACKNOWLEDGED, "ana")
    assert told(desk.tick(NOON + 15 * MINUTE - 1)) == []
    assert told(desk.tick(NOON + 15 * MINUTE)) == ["ana"]


def test_a_snooze_lasts_exactly_what_it_says():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found()], NOON)
    desk.acknowledge(ledger.live()[0].id, "ana", NOON)
    desk.snooze(ledger.live()[0].id, "ana", NOON + 7 * MINUTE, NOON, "washing")
    assert told(desk.tick(NOON + 7 * MINUTE - 1)) == []
    assert told(desk.tick(NOON + 7 * MINUTE)) == ["ana"]
    assert [t.cause for t in ledger.transitions.values()] == ["found", "acknowledged", "snoozed", "follow_up"]


@pytest.mark.parametrize(
    ("severity", "wait"), [(Severity.HIGH, 16 * MINUTE), (Severity.MEDIUM, 3 * HOUR), (Severity.LOW, 0)]
)
def test_none_is_put_off_for_longer_than_it_may_wait(severity: Severity, wait: int):
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found(severity)], NOON)
    with pytest.raises(BadAnswerError, match=f"it is {severity.word}: put it off by at most"):
        desk.snooze(ledger.live()[0].id, "ana", NOON + wait, NOON)
    assert ledger.live()[0].state is AlertState.OPEN


def test_what_joins_a_snoozed_alert_and_is_dangerous_is_told_and_what_clears_is_over():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found(Severity.MEDIUM)], NOON)
    desk.snooze(ledger.live()[0].id, "ana", NOON + HOUR, NOON)
    assert told(desk.record(NO_INTAKE, [found(Severity.MEDIUM, key=PULSE)], NOON + MINUTE)) == ["ana"]
    clear = [found(Severity.CLEAR, key=key, time=NOON + 2 * MINUTE) for key in (PULSE, ledger.live()[0].key)]
    desk.record(NO_INTAKE, clear, NOON + 2 * MINUTE)
    assert ledger.live() == []


def test_a_call_for_help_reaches_the_next_rung_at_once_whoever_has_the_alert():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found()], NOON)
    (alert,) = ledger.live()
    desk.tick(NOON + 3 * MINUTE)
    desk.acknowledge(alert.id, "ana", NOON + 4 * MINUTE)
    assert desk.call_for_help(alert.id, "ana", NOON + 5 * MINUTE).state is AlertState.ESCALATED
    notice = list(ledger.deliveries.values())[-1]
    assert (notice.recipient, "asks for help" in notice.body) == ("noor", True)
    assert told(desk.tick(NOON + 10 * MINUTE)) == ["olga"]
    desk.close(alert.id, "noor", "helped", NOON + 11 * MINUTE)
    with pytest.raises(AlertOverError):
        desk.call_for_help(alert.id, "ana", NOON + 12 * MINUTE)


def test_nobody_is_help_to_themselves():
    desk, ledger = a_desk()  # the second rung of the usual policy is of assistants, too, and ana is the only one
    desk.record(NO_INTAKE, [found()], NOON)
    (alert,) = ledger.live()
    desk.call_for_help(alert.id, "ana", NOON + MINUTE)
    assert [notice.recipient for notice in list(ledger.deliveries.values())[1:]] == ["noor"]
    desk.call_for_help(alert.id, "noor", NOON + 2 * MINUTE)
    desk.call_for_help(alert.id, "olga", NOON + 3 * MINUTE)
    assert [notice.recipient for notice in list(ledger.deliveries.values())[2:]] == ["olga", "noor"]


def test_a_low_alert_has_no_rung_above_and_help_comes_all_the_same():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found(Severity.LOW)], NOON)
    desk.call_for_help(ledger.live()[0].id, "ana", NOON + MINUTE)
    notice = list(ledger.deliveries.values())[-1]
    assert (notice.recipient, notice.due, notice.title.split(":")[0]) == ("noor", NOON + MINUTE, "Act now")


@pytest.mark.parametrize("outcome", ["fine", "artefact"])
def test_checked_ends_what_can_wait_and_keeps_an_eye_on_what_is_dangerous_and_still_holds(outcome: str):
    desk, ledger = a_desk()
    other = FindingKey("event.medication_missed", "p1", device="box")
    desk.record(NO_INTAKE, [found(), found(Severity.LOW, key=other)], NOON)
    spo2, missed = sorted(ledger.live(), key=lambda a: -a.severity)
    assert desk.checked(missed.id, "ana", outcome, NOON).state is AlertState.CLOSED
    assert desk.checked(spo2.id, "ana", outcome, NOON).state is AlertState.ACKNOWLEDGED
    assert ledger.transitions[spo2.id, 2].evidence == {"outcome": outcome}
    assert told(desk.tick(NOON + 30 * MINUTE)) == ["ana"]
    with pytest.raises(BadAnswerError, match="fine, artefact"):
        desk.checked(spo2.id, "ana", "perhaps", NOON)
