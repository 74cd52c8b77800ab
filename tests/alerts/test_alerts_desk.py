"""Findings in, alerts and notices out; the same again changes nothing."""

import pytest

from alerts.desk import Desk
from tests.alerts.house import (
    ANA,
    GLUCOSE,
    NO_INTAKE,
    NOON,
    NOOR,
    OPS,
    a_desk,
    agency,
    found,
    told,
)
from vitals.alert import AlertState
from vitals.batch import Batch
from vitals.clock import ManualClock
from vitals.finding import FindingKey, Severity
from vitals.intake import DeviceStatus, Intake, Reject, RejectReason
from vitals.times import DAY, HOUR, MINUTE, SECOND


def test_a_high_finding_opens_one_alert_and_tells_the_assistant_on_duty():
    desk, ledger = a_desk()
    recorded = desk.record(NO_INTAKE, [found()], NOON)
    assert told(recorded) == ["ana"]
    assert [line.cause for line in recorded.transitions] == ["found"]
    (alert,) = ledger.live()
    assert (alert.state, alert.severity, alert.step, alert.next_step_at) == (
        AlertState.OPEN,
        Severity.HIGH,
        1,
        NOON + 3 * MINUTE,
    )
    assert ledger.writes == 1


def test_nothing_to_write_is_no_transaction():
    desk, ledger = a_desk()
    assert desk.record(NO_INTAKE, [], NOON) == desk.tick(NOON)
    assert ledger.writes == 0


def test_rejects_and_statuses_are_written_even_without_findings():
    desk, ledger = a_desk()
    reject = Reject(NOON, "t", b"x", RejectReason.MALFORMED, "payload is no JSON: send an object")
    status = DeviceStatus("p1", "d1", NOON, NOON, online=True)
    desk.record(Intake(Batch.empty(), statuses=(status,), rejects=(reject,)), [], NOON)
    assert (ledger.rejects, ledger.statuses, ledger.writes) == ([reject], [status], 1)


def test_the_same_findings_again_change_nothing_even_after_a_restart():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found()], NOON)
    again = Desk(ledger, ManualClock(NOON + MINUTE))
    for it in (desk, again):
        recorded = it.record(NO_INTAKE, [found()], NOON + MINUTE)
        assert (recorded.transitions, recorded.deliveries) == ((), ())
    assert len(ledger.alerts) == len(ledger.deliveries) == 1


def test_a_replayed_finding_does_not_reopen_what_has_resolved():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found()], NOON)
    desk.record(NO_INTAKE, [found(Severity.CLEAR, time=NOON + MINUTE)], NOON + MINUTE)
    for it in (desk, Desk(ledger, ManualClock(NOON + HOUR))):
        assert it.record(NO_INTAKE, [found()], NOON + 2 * MINUTE).transitions == ()
    assert ledger.live() == []


def test_found_and_cleared_in_one_call_ends_resolved():
    desk, ledger = a_desk()
    recorded = desk.record(NO_INTAKE, [found(), found(Severity.CLEAR, time=NOON + SECOND), found()], NOON + SECOND)
    assert [t.state for t in recorded.transitions] == [AlertState.OPEN, AlertState.RESOLVED]
    assert ledger.live() == []


def test_worse_is_told_from_the_first_step_of_the_higher_severity_and_milder_is_not_told():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found(Severity.MEDIUM)], NOON)
    worse = desk.record(NO_INTAKE, [found(time=NOON + MINUTE, onset=NOON - MINUTE)], NOON + MINUTE)
    assert told(worse) == ["ana"]
    assert worse.alerts[0].next_step_at == NOON + 4 * MINUTE
    milder = desk.record(NO_INTAKE, [found(Severity.LOW, time=NOON + 2 * MINUTE)], NOON + 2 * MINUTE)
    assert (told(milder), milder.alerts[0].severity, milder.alerts[0].next_step_at) == ([], Severity.LOW, None)
    assert len(ledger.alerts) == 1


def test_whatever_a_device_says_in_an_event_is_taken():
    desk, ledger = a_desk()
    sos = FindingKey("event.sos", "p1", device="button")
    odd = {"latest": "yesterday", "seen": None, "value": [], "medication": "x" * 9_000, "ask": {}, "held": 3}
    desk.record(NO_INTAKE, [found(key=sos, latched=True, **odd)], NOON)
    desk.acknowledge(ledger.live()[0].id, "ana", NOON)
    again = found(key=sos, latched=True, time=NOON + HOUR, onset=NOON + HOUR, **odd)
    assert told(desk.record(NO_INTAKE, [again], NOON + HOUR)) == ["ana"]
    assert len(ledger.deliveries) == 2


def test_old_news_opens_an_alert_and_pages_nobody():
    desk, ledger = a_desk()
    recorded = desk.record(NO_INTAKE, [found(time=NOON - 2 * HOUR)], NOON)
    assert (told(recorded), recorded.transitions[0].note) == ([], "late")
    assert len(ledger.live()) == 1
    assert not desk.tick(NOON + DAY).deliveries


def test_old_news_does_not_disturb_an_alert_that_stands():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found(Severity.MEDIUM)], NOON)
    desk.record(NO_INTAKE, [found(time=NOON - 2 * HOUR)], NOON)
    assert (ledger.live()[0].severity, ledger.live()[0].next_step_at) == (Severity.MEDIUM, NOON + 15 * MINUTE)


def test_latency_is_counted_from_the_reading_that_triggered():
    desk, _ = a_desk()
    batch = Batch.of([0, 0], [NOON - 5, NOON], [84, 84], [NOON + 1, NOON + 7])
    assert desk.record(Intake(batch), [found()], NOON + 9).deliveries[0].triggered == NOON + 7


def test_a_storm_is_written_with_one_statement_of_a_kind():
    desk, ledger = a_desk()
    later = NOON + HOUR
    storm = [found(key=FindingKey("limit.low", f"q{n}", "spo2"), time=later, onset=later) for n in range(500)]
    assert len(desk.record(NO_INTAKE, storm, later).alerts) == 500
    assert ledger.last_calls == ["open_alerts", "add_transitions", "add_deliveries"]


def test_an_alert_that_another_desk_opened_is_found_out_as_it_is_written():
    ours, ledger = a_desk()
    theirs = Desk(ledger, ManualClock(NOON), agency(ANA, NOOR, OPS))
    theirs.record(NO_INTAKE, [found(Severity.MEDIUM)], NOON)
    recorded = ours.record(NO_INTAKE, [found(key=GLUCOSE), found(Severity.HIGH, time=NOON + SECOND)], NOON + SECOND)
    assert [line.cause for line in recorded.transitions] == ["found", "worsened"]
    assert len(ledger.live()) == 2
    assert ours.record(NO_INTAKE, [found(Severity.HIGH, time=NOON + SECOND)], NOON + SECOND).transitions == ()


def test_a_ledger_that_is_down_is_the_callers_to_retry_and_nothing_is_half_written():
    desk, ledger = a_desk()
    ledger.down = True
    with pytest.raises(ConnectionError):
        desk.record(NO_INTAKE, [found()], NOON)
    ledger.down = False
    assert told(desk.record(NO_INTAKE, [found()], NOON)) == ["ana"]
