"""Old news pages nobody; what a rule looks at decides what is old."""

import pytest

from alerts.desk import Desk
from tests.alerts.house import NO_INTAKE, NOON, USUAL, a_desk, found, told
from tests.alerts.memory_ledger import MemoryLedger
from vitals.clock import ManualClock
from vitals.finding import FindingKey, Severity
from vitals.times import HOUR, MINUTE


@pytest.mark.parametrize(
    ("rule", "signal", "age", "heard"),
    [
        ("limit.low", "spo2", 59 * MINUTE, True),
        ("limit.low", "spo2", 61 * MINUTE, False),
        ("early_warning", "", 2 * HOUR, False),
        ("deterioration", "", 92 * MINUTE, True),
        ("deterioration", "", 4 * HOUR, False),
        ("trend.rising", "weight", 7 * HOUR, True),
        ("baseline_shift.up", "heart_rate", 12 * HOUR, True),
        ("trend.rising", "weight", 25 * HOUR, False),
    ],
)
def test_a_service_that_was_away_tells_what_has_come_to_be_over_days(rule: str, signal: str, age: int, heard: bool):  # noqa: FBT001
    desk, ledger = a_desk()
    finding = found(Severity.MEDIUM, key=FindingKey(rule, "p1", signal), time=NOON - age)
    assert bool(told(desk.record(NO_INTAKE, [finding], NOON))) is heard
    (alert,) = ledger.live()
    assert (alert.next_step_at is not None) is heard


def test_who_takes_older_readings_for_fresh_is_told_of_them():
    """Else what arrives between the two would be judged, found, and told to nobody, ever."""
    ledger = MemoryLedger(USUAL)
    desk = Desk(ledger, ManualClock(NOON), late=2 * HOUR)
    assert told(desk.record(NO_INTAKE, [found(Severity.HIGH, time=NOON - 90 * MINUTE)], NOON)) == ["ana"]
