"""Pauses: nobody is told while the patient is away; who comes home early is not left alone until the planned day."""

from tests.alerts.house import ANA, NO_INTAKE, NOON, OPS, a_desk, agency, found, patient, told
from vitals.agency import Agency
from vitals.finding import Severity
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
    heard = [told(desk.tick(NOON + minute * MINUTE)) for minute in range(6)]
    assert sum(heard, []) == ["ana"], "within five minutes, once"
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
