"""Who is told, when, and who is not."""

from tests.alerts.house import (
    ANA,
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
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import QuietHours, Role
from vitals.plan import CarePlan, Pause
from vitals.times import HOUR, MINUTE, parse_time


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
    assert told(desk.record(NO_INTAKE, [found(Severity.LOW, ask="repeat")], NOON)) == []
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


def test_everyone_answers_to_their_role():
    assert {p.role for p in (ANA, NOOR, OPS, TECH)} == {
        Role.CNA,
        Role.NURSE,
        Role.OPERATIONS_MANAGER,
        Role.DEVICE_SUPPORT,
    }
