"""Pauses: nobody is told while the patient is away; who comes home early is not left alone until the planned day."""

from alerts.desk import Desk
from alerts.drill import RULE
from tests.alerts.house import ANA, NO_INTAKE, NOON, OPS, a_desk, agency, found, patient, person, told
from tests.alerts.memory_ledger import MemoryLedger
from vitals.agency import Agency
from vitals.clock import ManualClock
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import QuietHours, Role
from vitals.plan import CarePlan, Pause
from vitals.times import DAY, HOUR, MINUTE, iso


def away(until: int) -> Agency:
    pause = Pause(start=iso(NOON - DAY), end=iso(until), reason="hospital")
    return agency(ANA, OPS, patients=(patient(plan=CarePlan(pauses=(pause,))),))


HOME = agency(ANA, OPS)


def test_what_still_holds_is_told_the_moment_a_pause_ends():
    desk, _ = a_desk(away(NOON + HOUR + 1))
    assert told(desk.record(NO_INTAKE, [found(Severity.HIGH)], NOON)) == []
    heard = {at: told(desk.tick(at)) for at in range(NOON, NOON + HOUR, MINUTE)}
    assert not any(heard.values())
    assert told(desk.tick(NOON + HOUR + 1)) == ["ana"]


def test_a_pause_that_is_taken_out_of_the_plan_holds_nothing_back_any_more():
    desk, ledger = a_desk(away(NOON + 7 * DAY))
    desk.record(NO_INTAKE, [found(Severity.HIGH)], NOON)
    desk.use(HOME)
    heard = [who for minute in range(6) for who in told(desk.tick(NOON + minute * MINUTE))]
    assert heard == ["ana"], "within five minutes, once"
    assert len(ledger.transitions) == 2, "waiting fills no history"


def test_nor_a_follow_up():
    desk, ledger = a_desk(HOME)
    desk.record(NO_INTAKE, [found(Severity.MEDIUM)], NOON)
    (alert,) = ledger.live()
    desk.acknowledge(alert.id, "ana", NOON)
    desk.use(away(NOON + 7 * DAY))
    assert told(desk.tick(NOON + 30 * MINUTE)) == []
    desk.use(HOME)
    assert told(desk.tick(NOON + 35 * MINUTE)) == ["ana"]


def test_a_pause_that_is_prolonged_goes_on_holding_back():
    desk, _ = a_desk(away(NOON + HOUR))
    desk.record(NO_INTAKE, [found(Severity.HIGH)], NOON)
    desk.use(away(NOON + DAY))
    assert told(desk.tick(NOON + 2 * HOUR)) == []


def test_a_notice_that_waits_is_withheld_while_the_patient_is_away_and_told_as_the_pause_ends():
    asleep = person("ana", Role.CNA, quiet=QuietHours(start="11:00", end="12:30"))
    clock = ManualClock(NOON)
    ledger = MemoryLedger(agency(asleep, OPS))
    desk = Desk(ledger, clock)
    (notice,) = desk.record(NO_INTAKE, [found(Severity.MEDIUM)], NOON).deliveries
    gone = away(NOON + HOUR)
    desk.use(agency(asleep, OPS).model_copy(update={"patients": gone.patients}))
    clock.set(notice.due)
    assert desk.renew(notice) is None
    assert [line.cause for line in ledger.transitions.values()] == ["found", "paused"]
    assert not any(told(desk.tick(at)) for at in range(clock.now(), NOON + HOUR, MINUTE))
    assert told(desk.tick(NOON + HOUR)) == ["ana"]


def test_whoever_calls_for_help_is_heard_in_spite_of_a_pause():
    """Somebody is with the patient, whatever the plan says."""
    desk, ledger = a_desk(away(NOON + DAY))
    desk.record(NO_INTAKE, [found(Severity.HIGH)], NOON)
    (alert,) = ledger.live()
    desk.call_for_help(alert.id, "ana", NOON + MINUTE)
    (notice,) = ledger.deliveries.values()
    assert notice.recipient == "olga"
    assert desk.renew(notice) == notice


def test_neither_a_silence_nor_a_pause_holds_a_drill_back():
    desk, _ = a_desk(away(NOON + DAY))
    desk.silencing.set("p1", until=NOON + HOUR, reason="physiotherapy", by="ana", now=NOON)
    drill = found(key=FindingKey(RULE, "p1", device="drill"), kind=Kind.TECHNICAL, caregiver="olga")
    (notice,) = desk.record(NO_INTAKE, [drill], NOON).deliveries
    assert desk.renew(notice) == notice
