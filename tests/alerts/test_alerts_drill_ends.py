"""A drill whose process was stopped before it closed its alert is closed by the desk, and rings nobody."""

from alerts.desk import Desk
from alerts.drill import RULE
from tests.alerts.house import NO_INTAKE, NOON, USUAL, a_desk, found
from tests.alerts.memory_ledger import MemoryLedger
from vitals.alert import AlertState, Delivery
from vitals.clock import ManualClock
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.times import HOUR, SECOND

KEY = FindingKey(RULE, "p1", device="drill")
UNTIL = NOON + 30 * SECOND


def drill(time: int = NOON) -> Finding:
    more = {"caregiver": "olga", "until": time + 30 * SECOND}
    return found(Severity.LOW, key=KEY, time=time, onset=time, kind=Kind.TECHNICAL, **more)


def begun() -> tuple[Desk, MemoryLedger, Delivery]:
    desk, ledger = a_desk()
    (notice,) = desk.record(NO_INTAKE, [drill()], NOON).deliveries
    return desk, ledger, notice


def test_it_is_closed_at_the_end_of_its_time_and_nobody_is_rung():
    desk, ledger, notice = begun()
    assert not desk.tick(UNTIL - 1).transitions
    done = desk.tick(UNTIL)
    assert [(line.cause, line.actor, line.evidence) for line in done.transitions] == [
        ("closed", "drill", {"outcome": "drill"})
    ]
    assert done.deliveries == ()
    assert ledger.live() == []
    assert ledger.deliveries[notice.key].result == "the drill is over", "given up"
    (again,) = desk.record(NO_INTAKE, [drill(NOON + HOUR)], NOON + HOUR).transitions
    assert again.cause == "found", "the next one is a new one"


def test_a_service_that_starts_anew_sends_no_notice_of_it_even_before_it_is_closed():
    _, ledger, notice = begun()
    anew = Desk(ledger, ManualClock(NOON + HOUR), USUAL)
    assert anew.renew(notice) is None
    assert anew.tick(NOON + HOUR).deliveries == ()
    assert ledger.live() == []


def test_taken_on_or_called_for_help_it_ends_all_the_same():
    desk, ledger, notice = begun()
    desk.acknowledge(notice.alert, "olga", NOON + SECOND)
    assert desk.tick(NOON + HOUR).deliveries == ()
    assert ledger.live() == []
    desk, ledger, notice = begun()
    desk.call_for_help(notice.alert, "olga", NOON + SECOND)
    desk.tick(NOON + HOUR)
    (alert,) = ledger.alerts.values()
    assert alert.state is AlertState.CLOSED
