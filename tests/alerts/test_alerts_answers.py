"""What people answer, and what their answers do."""

import pytest

from alerts.errors import AlertOverError, AlreadyAcknowledgedError, BadAnswerError, UnknownAlertError
from tests.alerts.house import (
    GLUCOSE,
    NO_INTAKE,
    NOON,
    SPO2,
    a_desk,
    found,
    told,
)
from vitals.alert import AlertState
from vitals.finding import FindingKey, Severity
from vitals.times import HOUR, MINUTE, SECOND


def test_acknowledging_stops_the_climb_of_that_alert_and_of_no_other():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found(), found(key=GLUCOSE)], NOON)
    spo2, glucose = sorted(ledger.live(), key=lambda a: a.key != SPO2)
    desk.acknowledge(spo2.id, "ana", NOON + MINUTE)
    climbed = desk.tick(NOON + 3 * MINUTE)
    assert {d.alert for d in climbed.deliveries} == {glucose.id}
    assert ledger.alerts[glucose.id].state is AlertState.ESCALATED


def test_acknowledged_and_forgotten_it_is_told_again_after_the_follow_up_time():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found()], NOON)
    (alert,) = ledger.live()
    desk.acknowledge(alert.id, "ana", NOON + MINUTE, "on my way")
    assert not desk.tick(NOON + 30 * MINUTE).deliveries
    again = desk.tick(NOON + 31 * MINUTE)
    assert (told(again), again.transitions[0].cause) == (["ana"], "follow_up")
    assert told(desk.tick(NOON + 34 * MINUTE)) == ["ana"]


def test_an_acknowledged_alert_that_worsens_is_told_again():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found(Severity.MEDIUM)], NOON)
    desk.acknowledge(ledger.live()[0].id, "ana", NOON)
    assert told(desk.record(NO_INTAKE, [found(time=NOON + MINUTE)], NOON + MINUTE)) == ["ana"]


def test_a_clear_reading_resolves_an_acknowledged_alert_but_not_a_latched_one():
    desk, ledger = a_desk()
    sos = FindingKey("event.sos", "p1", device="button")
    desk.record(NO_INTAKE, [found(), found(key=sos, latched=True)], NOON)
    for alert in ledger.live():
        desk.acknowledge(alert.id, "ana", NOON)
    clears = [found(Severity.CLEAR, time=NOON + MINUTE), found(Severity.CLEAR, key=sos, time=NOON + MINUTE)]
    desk.record(NO_INTAKE, clears, NOON + MINUTE)
    (latched,) = ledger.live()
    assert (latched.key, latched.holds) == (sos, False)
    assert desk.close(latched.id, "noor", "helped", NOON + HOUR).state is AlertState.CLOSED


def test_a_second_press_of_an_answered_help_button_is_told_and_a_burst_of_presses_is_told_once():
    desk, ledger = a_desk()
    sos = FindingKey("event.sos", "p1", device="button")
    presses = [found(key=sos, latched=True, time=NOON + n * SECOND, onset=NOON + n * SECOND) for n in range(5)]
    assert told(desk.record(NO_INTAKE, presses, NOON + 5 * SECOND)) == ["ana"]
    desk.acknowledge(ledger.live()[0].id, "ana", NOON + MINUTE)
    second = found(key=sos, latched=True, time=NOON + HOUR, onset=NOON + HOUR)
    assert told(desk.record(NO_INTAKE, [second], NOON + HOUR)) == ["ana"]
    assert told(desk.record(NO_INTAKE, [second], NOON + HOUR)) == []


def test_answers_that_cannot_be_say_what_to_do():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found()], NOON)
    (alert,) = ledger.live()
    with pytest.raises(UnknownAlertError, match="alerts list"):
        desk.acknowledge("NOSUCH", "ana", NOON)
    with pytest.raises(BadAnswerError, match="by is empty"):
        desk.acknowledge(alert.id, " ", NOON)
    with pytest.raises(BadAnswerError, match="outcome is empty"):
        desk.close(alert.id, "ana", "", NOON)
    desk.acknowledge(alert.id, "ana", NOON)
    with pytest.raises(AlreadyAcknowledgedError, match="already acknowledged by 'ana'"):
        desk.acknowledge(alert.id, "noor", NOON)
    desk.close(alert.id, "ana", "helped", NOON)
    for answer in (lambda: desk.acknowledge(alert.id, "ana", NOON), lambda: desk.close(alert.id, "a", "b", NOON)):
        with pytest.raises(AlertOverError, match="nothing is left to do"):
            answer()


def test_a_closed_alert_whose_condition_grows_worse_speaks_again():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found(Severity.MEDIUM)], NOON)
    desk.close(ledger.live()[0].id, "ana", "measured again", NOON)
    worse = found(Severity.HIGH, time=NOON + HOUR, onset=NOON - MINUTE)
    assert told(desk.record(NO_INTAKE, [worse], NOON + HOUR)) == ["ana"]
