"""What comes and goes: one alert, and told no more often than it must be."""

import pytest

from alerts.desk import Desk
from alerts.memory import Memory
from tests.alerts.fused_ward import HIGH, MEDIUM, Ward, at
from tests.alerts.house import NO_INTAKE, NOON, PULSE, SPO2, told
from vitals.alert import AlertState
from vitals.clock import ManualClock
from vitals.finding import Severity
from vitals.times import MINUTE, SECOND


@pytest.fixture
def ward() -> Ward:
    return Ward()


def flap(ward: Ward, first: int, last: int, severity: Severity) -> list[int]:
    """Clears and comes back every minute; the minutes in which somebody was told, and took it on."""
    heard = []
    for minute in range(first, last):
        ward.find(minute + 0.25, Severity.CLEAR)
        back = ward.find(minute + 0.75, severity)
        if back or told(ward.desk.tick(NOON + minute * MINUTE + 50 * SECOND)):
            heard.append(minute)
            ward.acknowledge(minute + 0.9)
    return heard


def test_a_high_one_that_comes_and_goes_is_told_every_ten_minutes_once_somebody_has_it(ward: Ward):
    ward.find(0, HIGH)
    ward.acknowledge(0.1)
    assert flap(ward, 1, 32, HIGH) == [10, 20, 30]
    assert len(ward.ledger.alerts) == 1


def test_unanswered_each_return_of_a_high_one_climbs_a_rung(ward: Ward):
    assert ward.find(0, HIGH) == ["ana"]
    ward.find(0.5, Severity.CLEAR)
    assert (ward.find(1, HIGH), ward.causes) == (["ana"], ["again"])
    ward.find(1.5, Severity.CLEAR)
    assert ward.find(2, HIGH) == ["noor"]


def test_what_returns_worse_than_it_was_is_told_at_once_from_the_first_rung(ward: Ward):
    ward.find(0, MEDIUM)
    ward.acknowledge(1)
    ward.find(2, Severity.CLEAR)
    assert (ward.find(3, HIGH), ward.alert.step, len(ward.ledger.alerts)) == (["ana"], 1, 1)


def test_a_medium_one_that_comes_and_goes_is_told_every_half_hour(ward: Ward):
    ward.find(0, MEDIUM)
    ward.acknowledge(0.1)
    assert flap(ward, 1, 40, MEDIUM) == [30]


def test_after_the_hold_off_it_is_a_new_alert(ward: Ward):
    ward.find(0, HIGH)
    ward.find(1, Severity.CLEAR)
    assert ward.find(17, HIGH) == ["ana"]
    assert len(ward.ledger.alerts) == 2


def test_a_restarted_desk_knows_what_has_just_resolved(ward: Ward):
    ward.find(0, HIGH)
    ward.acknowledge(1)
    ward.find(2, Severity.CLEAR)
    ward.desk = Desk(ward.ledger, ManualClock(NOON + 3 * MINUTE))
    assert (ward.find(4, HIGH), ward.causes, len(ward.ledger.alerts)) == ([], ["again"], 1)
    assert told(ward.desk.tick(NOON + 10 * MINUTE)) == ["ana"]


@pytest.mark.parametrize("latest_first", [True, False])
def test_a_restarted_desk_continues_the_alert_that_was_over_last_in_whatever_order_the_ledger_names_them(
    ward: Ward, *, latest_first: bool
):
    for minute in (0, 60):
        ward.find(minute, MEDIUM, PULSE)
        ward.find(minute + 2, Severity.CLEAR, PULSE)
    earlier, later = ward.ledger.resolved(0)
    memory = Memory(NOON + 65 * MINUTE, [later, earlier] if latest_first else [earlier, later])
    assert memory.resolved_of(PULSE, NOON + 65 * MINUTE) == later.id


def test_a_return_within_an_alert_that_others_hold_is_covered_by_its_acknowledgement_unless_high(ward: Ward):
    ward.find(0, MEDIUM, PULSE)
    ward.find(1, HIGH)
    ward.acknowledge(2)
    ward.find(3, Severity.CLEAR, PULSE)
    assert (ward.find(4, MEDIUM, PULSE), ward.alert.state) == ([], AlertState.ACKNOWLEDGED)
    ward.find(5, Severity.CLEAR, SPO2)
    assert (ward.find(6, HIGH), ward.alert.state) == ([], AlertState.OPEN)
    assert told(ward.desk.tick(NOON + 11 * MINUTE)) == ["ana"]


def test_what_another_process_saw_end_and_comes_back_here_continues_its_alert():
    ward = Ward()
    other = Desk(ward.ledger, ManualClock(NOON))
    assert ward.find(0, MEDIUM, PULSE) == ["ana"]
    other.record(NO_INTAKE, [at(2, Severity.CLEAR, PULSE)], NOON + 2 * MINUTE)
    ward.desk.take_up(NOON + 2 * MINUTE + 2_000)
    assert ward.find(5, MEDIUM, PULSE) == [], "told five minutes ago"
    assert ward.causes == ["again"]
