"""How an alert of several reasons eases, ends and comes back, for whoever asks again: another desk, a replay."""

import pytest

from alerts.desk import Desk
from alerts.fusion import facet
from tests.alerts.fused_ward import BREATH, HIGH, LOW, MEDIUM, RISK, SCORE, SHIFT, Ward, at
from tests.alerts.house import GLUCOSE, NO_INTAKE, NOON, PULSE, SPO2, a_desk, found
from vitals.alert import AlertState
from vitals.clock import ManualClock
from vitals.finding import FindingKey, Severity
from vitals.times import HOUR, MINUTE, SECOND


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_after_the_window_it_is_another_event_and_the_old_alert_goes_on_alone(ward: Ward):
    ward.find(0, MEDIUM)
    ward.acknowledge(1)
    ward.find(4 * 60, LOW, BREATH)
    assert ward.find(8 * 60 + 1, LOW, PULSE) == []
    old, new = sorted(ward.ledger.live(), key=lambda a: a.opened)
    assert ([r.key for r in old.reasons], [r.key for r in new.reasons]) == ([SPO2, BREATH], [PULSE])
    assert (ward.find(8 * 60 + 2, Severity.CLEAR, BREATH), ward.causes) == ([], ["eased"])
    assert (ward.find(8 * 60 + 3, MEDIUM, SCORE), len(ward.ledger.live())) == (["ana"], 2)


def test_it_is_milder_when_the_strongest_clears_and_over_when_all_have(ward: Ward):
    ward.find(0, HIGH)
    ward.find(1, LOW, PULSE)
    ward.find(2, Severity.CLEAR, SPO2)
    assert (ward.causes, ward.alert.severity, ward.alert.key) == (["milder"], LOW, PULSE)
    ward.find(3, Severity.CLEAR, PULSE)
    assert (ward.causes, ward.ledger.live()) == (["cleared"], [])


def test_a_finding_again_changes_nothing_whatever_became_of_its_alert(ward: Ward):
    findings = [at(0, HIGH, SPO2), at(1, MEDIUM, PULSE), at(2, LOW, SHIFT)]
    for finding in findings:
        ward.desk.record(NO_INTAKE, [finding], finding.time)
    stages = [lambda: None, lambda: ward.find(3, Severity.CLEAR, PULSE), lambda: ward.acknowledge(4)]
    stages += [lambda key=key: ward.find(5, Severity.CLEAR, key) for key in (SPO2, SHIFT)]
    for stage in stages:
        stage()
        settled = dict(ward.ledger.alerts), dict(ward.ledger.deliveries)
        for desk in (ward.desk, Desk(ward.ledger, ManualClock(NOON + 5 * MINUTE))):
            desk.record(NO_INTAKE, findings, NOON + 6 * MINUTE)
            for finding in findings:
                desk.record(NO_INTAKE, [finding], NOON + 6 * MINUTE)
        assert settled == (ward.ledger.alerts, ward.ledger.deliveries)


def test_a_reason_of_a_closed_alert_speaks_again_only_when_it_grows_worse(ward: Ward):
    ward.find(0, HIGH)
    ward.find(1, MEDIUM, PULSE)
    ward.desk.close(ward.alert.id, "ana", "helped", NOON + 2 * MINUTE)
    assert (ward.find(3, MEDIUM, PULSE, since=1), ward.causes) == ([], [])
    assert ward.find(4, HIGH, PULSE, since=1) == ["ana"]
    assert [r.key for r in ward.alert.reasons if r.holds] == [PULSE]
    ward.find(5, Severity.CLEAR, PULSE)
    assert ward.ledger.live() == []


def test_each_reason_of_a_closed_alert_speaks_again_by_itself_when_it_grows_worse(ward: Ward):
    ward.find(0, LOW, SPO2)
    ward.find(1, LOW, SCORE)
    ward.find(2, LOW, BREATH)
    ward.desk.close(ward.alert.id, "ana", "fine", NOON + 3 * MINUTE)
    assert ward.find(4, MEDIUM, SPO2, since=0) == ["ana"], "the alert speaks again of one reason"
    assert ward.acknowledge(5).state is AlertState.ACKNOWLEDGED
    assert (ward.find(6, LOW, SCORE, since=1), ward.causes) == ([], []), "closed as it was"
    assert ward.find(7, HIGH, SCORE, since=1) == ["ana"], "and of another that has grown worse since"
    assert {it.key for it in ward.alert.reasons if it.holds} == {SPO2, SCORE}


def test_what_was_closed_and_eases_is_measured_by_how_far_it_has_eased(ward: Ward):
    ward.find(0, LOW, SPO2)
    ward.find(1, HIGH, SCORE)
    ward.desk.close(ward.alert.id, "ana", "helped", NOON + 2 * MINUTE)
    assert ward.find(3, MEDIUM, SPO2, since=0) == ["ana"]
    assert (ward.find(4, LOW, SCORE, since=1), ward.causes) == ([], ["eased"])
    ward.acknowledge(5)
    assert ward.find(6, MEDIUM, SCORE, since=1) == ["ana"]


def test_a_replay_of_what_has_cleared_is_no_growth(ward: Ward):
    ward.find(0, HIGH, SCORE)
    ward.find(1, LOW, SCORE, since=0)
    ward.find(2, LOW, SPO2)
    ward.find(3, Severity.CLEAR, SCORE)
    assert (ward.find(4, HIGH, SCORE, since=0), ward.causes) == ([], [])


def test_each_reason_that_holds_is_recalled_as_an_alert_of_its_own(ward: Ward):
    for minute, (severity, key) in enumerate([(HIGH, SPO2), (MEDIUM, PULSE), (LOW, BREATH)]):
        ward.find(minute, severity, key)
    ward.find(4, Severity.CLEAR, PULSE)
    assert [(a.key, a.severity, a.onset) for a in ward.alert.parts()] == [
        (SPO2, HIGH, NOON),
        (BREATH, LOW, NOON + 2 * MINUTE),
    ]


def test_two_desks_that_find_two_reasons_of_one_event_make_one_alert(ward: Ward):
    other = Desk(ward.ledger, ManualClock(NOON))
    ward.find(0, HIGH)
    recorded = other.record(NO_INTAKE, [at(0.1, MEDIUM, PULSE)], NOON + 6 * SECOND)
    assert ([line.cause for line in recorded.transitions], len(ward.ledger.live())) == (["joined"], 1)
    assert ward.find(0.2, Severity.CLEAR, PULSE) == []
    assert ward.causes == ["eased"]


def test_old_news_stays_alone(ward: Ward):
    ward.find(0, MEDIUM, PULSE)
    ward.desk.record(NO_INTAKE, [at(0, HIGH, SPO2)], NOON + 2 * HOUR)
    assert {a.episode for a in ward.ledger.live()} == {"cardiorespiratory", ""}
    assert len(ward.ledger.deliveries) == 1


def test_opposite_directions_of_a_signal_are_two_things_to_be_told():
    assert facet(GLUCOSE) != facet(GLUCOSE._replace(rule="limit.low"))
    assert facet(FindingKey("rate_of_change.rise", "p1", "glucose")) == facet(GLUCOSE)


def test_evidence_that_has_reasons_of_its_own_is_not_taken_for_ours():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found(key=RISK, reasons=[{"rule": "x"}, 3], value=1)], NOON)
    desk.record(NO_INTAKE, [found(MEDIUM)], NOON)
    (alert,) = ledger.live()
    assert [r.key for r in alert.reasons] == [RISK, SPO2]
    assert alert.reasons[0].evidence["given_reasons"] == [{"rule": "x"}, 3]


def test_nothing_is_forgotten_over_a_day_of_flapping_and_restarts():
    desk, ledger = a_desk()
    for minute in range(0, 24 * 60, 20):
        now = NOON + minute * MINUTE
        desk = desk if minute % 60 else Desk(ledger, ManualClock(now))
        desk.record(NO_INTAKE, [at(minute, MEDIUM, PULSE), at(minute, LOW, BREATH)], now)
        desk.record(NO_INTAKE, [at(minute + 5, Severity.CLEAR, PULSE)], now + 5 * MINUTE)
    assert len(ledger.live()) == 1
