"""Findings that share an alert: told once, with every reason, and nothing new hidden."""

import pytest

from tests.alerts.fused_ward import BREATH, HIGH, LOW, MEDIUM, RISK, SCORE, SHIFT, Ward, at
from tests.alerts.house import GLUCOSE, NO_INTAKE, NOON, PULSE, SPO2, found, told
from vitals.alert import AlertState
from vitals.finding import FindingKey, Kind, Severity
from vitals.times import MINUTE


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_a_septic_patient_has_one_alert_with_five_reasons_and_the_caregiver_one_notice(ward: Ward):
    findings = [at(0, severity, key) for severity, key in ((LOW, SHIFT), (MEDIUM, BREATH), (HIGH, PULSE))]
    recorded = ward.desk.record(NO_INTAKE, [*findings, at(0, MEDIUM, SCORE), at(0, MEDIUM, RISK)], NOON)
    assert told(recorded) == ["ana"]
    assert [line.cause for line in recorded.transitions] == ["found", "joined", "joined", "joined", "joined"]
    assert (ward.alert.key, ward.alert.severity, len(ward.alert.reasons)) == (PULSE, HIGH, 5)
    (notice,) = recorded.deliveries
    assert notice.title.startswith("Act now: Heart rate high and 4 more")
    assert "And 4 more: respiration rate high, early warning score raised," in notice.body
    assert ward.ledger.last_calls == ["open_alerts", "add_transitions", "add_deliveries"]
    assert ward.acknowledge(1).state is AlertState.ACKNOWLEDGED, "all of it was told"


def test_it_is_told_anew_when_severity_rises_and_not_for_a_reason_more(ward: Ward):
    assert ward.find(0, MEDIUM, PULSE) == ["ana"]
    assert ward.find(1, MEDIUM, BREATH) == []
    assert ward.find(2, HIGH, SPO2) == ["ana"]
    assert (ward.causes, ward.alert.key, ward.alert.next_step_at) == (["worsened"], SPO2, NOON + 5 * MINUTE)


def test_other_body_systems_and_other_patients_have_alerts_of_their_own(ward: Ward):
    ward.find(0, HIGH)
    assert ward.find(1, MEDIUM, GLUCOSE) == ["ana"]
    assert ward.find(1, MEDIUM, SPO2._replace(patient="p2")) == ["noor"]
    assert len(ward.ledger.live()) == 3


@pytest.mark.parametrize("rule", ["event.sos", "event.fall", "event.medication_missed"])
def test_calls_for_help_and_medication_never_join(ward: Ward, rule: str):
    ward.find(0, HIGH)
    assert ward.find(1, HIGH, FindingKey(rule, "p1", device="button")) == ["ana"]
    assert len(ward.ledger.live()) == 2


def test_what_a_device_says_of_its_outage_is_one_alert_and_another_device_has_its_own(ward: Ward):
    def outage(minute: int, rule: str, device: str, severity: Severity = MEDIUM) -> list[str]:
        key = FindingKey(rule, "p1", device=device)
        time = NOON + minute * MINUTE
        finding = found(severity, key=key, time=time, onset=time, kind=Kind.TECHNICAL)
        return told(ward.desk.record(NO_INTAKE, [finding], time))

    assert outage(0, "gap.battery", "hub", LOW) == []
    assert outage(5, "gap.silent", "hub") == ["ana", "tom"]
    assert outage(6, "gap.offline", "hub", LOW) == []
    assert outage(6, "gap.offline", "scale") == ["ana", "tom"]
    assert len(ward.ledger.live()) == 2


def test_what_was_not_told_before_it_was_acknowledged_is_told_after_it(ward: Ward):
    ward.find(0, HIGH)
    ward.find(1, MEDIUM, PULSE)
    assert ward.acknowledge(2).state is AlertState.OPEN
    assert [line.cause for line in ward.ledger.transitions.values()] == [
        "found",
        "joined",
        "acknowledged",
        "new_reason",
    ]
    assert len(ward.ledger.deliveries) == 2
    assert ward.acknowledge(3).state is AlertState.ACKNOWLEDGED


def test_who_has_all_reasons_before_their_eyes_answers_them_all(ward: Ward):
    ward.find(0, HIGH)
    ward.find(1, MEDIUM, PULSE)
    assert ward.acknowledge(2, seen=2).state is AlertState.ACKNOWLEDGED
    assert ward.find(3, HIGH, PULSE, since=1) == ["ana"], "and what grows worse afterwards is told"


def test_what_joins_an_acknowledged_alert_is_told_if_it_is_dangerous_and_new(ward: Ward):
    ward.find(0, HIGH)
    ward.acknowledge(1)
    assert (ward.find(2, LOW, SHIFT), ward.causes) == ([], ["joined"])
    assert ward.alert.state is AlertState.ACKNOWLEDGED
    assert (ward.find(3, MEDIUM, PULSE), ward.causes, ward.alert.step) == (["ana"], ["new_reason"], 1)
    ward.acknowledge(4)
    assert (ward.find(5, MEDIUM, SHIFT, since=2), ward.causes) == ([], ["rose"]), "a fast pulse was told already"
    assert ward.find(6, HIGH, PULSE, since=3) == ["ana"]


def test_when_no_rung_is_left_a_dangerous_reason_begins_from_the_first(ward: Ward):
    ward.find(0, MEDIUM)
    for minute in (15, 45):
        ward.desk.tick(NOON + minute * MINUTE)
    assert ward.alert.next_step_at is None
    assert ward.find(46, MEDIUM, PULSE) == ["ana"]
