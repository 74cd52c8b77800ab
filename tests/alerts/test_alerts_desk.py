import pytest

from alerts.desk import Desk
from alerts.errors import AlertOverError, AlreadyAcknowledgedError, BadAnswerError, UnknownAlertError
from tests.alerts.house import (
    ANA,
    GLUCOSE,
    NIGHT,
    NO_INTAKE,
    NOON,
    NOOR,
    OPS,
    PULSE,
    SPO2,
    TECH,
    a_desk,
    agency,
    found,
    patient,
    person,
    shift_of,
    told,
)
from vitals.alert import AlertState, DeliveryState
from vitals.batch import Batch
from vitals.clock import ManualClock
from vitals.finding import FindingKey, Kind, Severity
from vitals.intake import DeviceStatus, Intake, Reject, RejectReason
from vitals.people import QuietHours, Role
from vitals.plan import CarePlan, Pause
from vitals.times import DAY, HOUR, MINUTE, SECOND, parse_time


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


def test_unanswered_it_climbs_in_elapsed_minutes_and_the_last_step_of_a_high_one_repeats():
    desk, _ = a_desk()
    desk.record(NO_INTAKE, [found()], NOON)
    climbed = {m: told(desk.tick(NOON + m * MINUTE)) for m in range(32)}
    assert {m: who for m, who in climbed.items() if who} == {
        3: ["ana"],
        5: ["noor"],
        10: ["olga"],
        20: ["olga"],
        30: ["olga"],
    }


def test_a_low_one_is_told_once():
    desk, _ = a_desk()
    desk.record(NO_INTAKE, [found(Severity.LOW)], NOON)
    assert not any(told(desk.tick(NOON + m * MINUTE)) for m in range(0, 600, 5))


def test_a_technical_alert_takes_its_own_route():
    desk, _ = a_desk()
    silent = found(Severity.MEDIUM, key=FindingKey("gap.device", "p1", device="d1"), kind=Kind.TECHNICAL)
    assert told(desk.record(NO_INTAKE, [silent], NOON)) == ["ana", "tom"]


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


def test_whatever_a_device_says_in_an_event_is_taken():
    desk, ledger = a_desk()
    sos = FindingKey("event.sos", "p1", device="button")
    odd = {"latest": "yesterday", "seen": None, "value": [], "medication": "x" * 9_000, "ask": {}, "held": 3}
    desk.record(NO_INTAKE, [found(key=sos, latched=True, **odd)], NOON)
    desk.acknowledge(ledger.live()[0].id, "ana", NOON)
    again = found(key=sos, latched=True, time=NOON + HOUR, onset=NOON + HOUR, **odd)
    assert told(desk.record(NO_INTAKE, [again], NOON + HOUR)) == ["ana"]
    assert len(ledger.deliveries) == 2


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


def test_nobody_on_a_step_skips_it_at_once():
    desk, _ = a_desk(agency(NOOR, OPS))
    recorded = desk.record(NO_INTAKE, [found()], NOON)
    assert told(recorded) == ["noor"]
    assert told(desk.tick(NOON + 5 * MINUTE)) == ["olga"]


def test_nobody_at_all_is_the_operations_managers_even_at_night():
    sleeper = person("olga", Role.OPERATIONS_MANAGER, quiet=QuietHours(start="22:00", end="07:00"))
    off = agency(sleeper, shifts=(shift_of("olga", "09:00", "17:00"),))
    desk, ledger = a_desk(off, NIGHT)
    recorded = desk.record(NO_INTAKE, [found(Severity.MEDIUM, time=NIGHT)], NIGHT)
    assert told(recorded) == ["olga"]
    assert recorded.deliveries[0].due == NIGHT
    assert "Nobody on duty" in recorded.deliveries[0].body
    assert recorded.transitions[0].note == "nobody_on_duty"
    assert ledger.live()[0].state is AlertState.OPEN


def test_without_an_operations_manager_every_nurse_and_then_anyone_is_told():
    nights = (shift_of("noor", "22:00", "06:00"), shift_of("ana", "22:00", "06:00"))
    desk, _ = a_desk(agency(NOOR, ANA, shifts=nights))
    assert told(desk.record(NO_INTAKE, [found()], NOON)) == ["noor"]
    desk, _ = a_desk(agency(ANA, shifts=nights[1:]))
    assert told(desk.record(NO_INTAKE, [found()], NOON)) == ["ana"]


def test_with_nobody_who_has_a_channel_it_keeps_looking():
    desk, ledger = a_desk(agency())
    assert told(desk.record(NO_INTAKE, [found(Severity.LOW)], NOON)) == []
    desk.use(agency(ANA))
    assert told(desk.tick(NOON + 10 * MINUTE)) == ["ana"]
    assert ledger.live()[0].step == 1


def test_an_unknown_patient_is_told_all_the_same():
    desk, _ = a_desk()
    assert told(desk.record(NO_INTAKE, [found(key=FindingKey("limit.low", "who", "spo2"))], NOON)) == ["noor"]


def test_what_is_held_back_by_quiet_hours_is_due_when_they_end():
    ana = person("ana", Role.CNA, quiet=QuietHours(start="22:00", end="07:00"))
    desk, _ = a_desk(agency(ana, OPS), NIGHT)
    recorded = desk.record(NO_INTAKE, [found(Severity.MEDIUM, time=NIGHT)], NIGHT)
    (notice,) = recorded.deliveries
    assert (notice.state, notice.due) == (DeliveryState.PENDING, parse_time("2026-11-18T07:00:00Z"))
    assert recorded.transitions[0].evidence["held"] == {"ana/phone": "quiet_hours"}
    assert told(desk.record(NO_INTAKE, [found(key=PULSE, time=NIGHT)], NIGHT)) == ["ana"]


def test_a_paused_plan_tells_nobody_until_the_pause_ends_and_then_what_still_holds():
    pause = Pause(start="2026-11-18T00:00Z", end="2026-11-18T13:00Z", reason="hospital")
    house = agency(ANA, OPS, patients=(patient(plan=CarePlan(pauses=(pause,))),))
    desk, _ = a_desk(house)
    recorded = desk.record(NO_INTAKE, [found(), found(key=PULSE)], NOON)
    assert (told(recorded), recorded.transitions[0].note) == ([], "paused")
    desk.record(NO_INTAKE, [found(Severity.CLEAR, key=PULSE, time=NOON + MINUTE)], NOON + MINUTE)
    assert not desk.tick(NOON + 59 * MINUTE).deliveries
    ended = desk.tick(NOON + HOUR)
    assert told(ended) == ["ana"]
    assert ended.alerts[0].key == SPO2
    assert ended.alerts[0].state is AlertState.OPEN


def test_a_channel_is_spared_what_is_below_its_severity():
    ana = person("ana", Role.CNA, min_severity=Severity.HIGH)
    desk, _ = a_desk(agency(ana, NOOR, OPS))
    assert told(desk.record(NO_INTAKE, [found(Severity.MEDIUM)], NOON)) == ["noor"]
    assert told(desk.record(NO_INTAKE, [found(key=PULSE)], NOON)) == ["ana"]


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


def test_everyone_answers_to_their_role():
    assert {p.role for p in (ANA, NOOR, OPS, TECH)} == {
        Role.CNA,
        Role.NURSE,
        Role.OPERATIONS_MANAGER,
        Role.DEVICE_SUPPORT,
    }
