"""Silences: what they keep back, what they never do, and what will not do as one."""

import pytest

from alerts.errors import BadAnswerError
from tests.alerts.fused_ward import HIGH, LOW, MEDIUM, RISK, SCORE, Ward
from tests.alerts.house import (
    NOON,
    PULSE,
    SPO2,
    a_desk,
)
from tests.alerts.hushed_ward import FALL, SOS, silenced, tick
from vitals.alert import AlertState
from vitals.finding import FindingKey, Severity
from vitals.times import DAY, HOUR, MINUTE


def test_nobody_is_told_the_history_says_why_and_what_still_holds_is_told_as_it_ends():
    ward = Ward()
    silenced(ward, rule="limit.high")
    assert ward.find(1, MEDIUM, PULSE) == []
    assert [line.note for line in ward.last.transitions] == ["silenced"]
    assert ward.alert.state is AlertState.OPEN
    assert tick(ward, 119) == []
    assert tick(ward, 120) == ["ana"]


def test_what_is_over_by_then_is_not_told():
    ward = Ward()
    silenced(ward)
    ward.find(1, MEDIUM, PULSE)
    ward.find(30, Severity.CLEAR, PULSE)
    assert tick(ward, 121) == []


@pytest.mark.parametrize("key", [SPO2, PULSE, SOS, FALL, SCORE, RISK])
def test_the_floor_is_never_silent_neither_as_it_opens_nor_as_it_climbs(key: FindingKey):
    ward = Ward()
    silenced(ward)
    assert ward.find(1, HIGH, key) == ["ana"]
    assert tick(ward, 4) == ["ana"]
    assert tick(ward, 6) == ["noor"]


def test_an_escalation_of_the_floor_goes_on_when_a_silence_is_set():
    ward = Ward()
    ward.find(0, HIGH)
    silenced(ward, 1)
    assert tick(ward, 5) == ["ana"]
    assert tick(ward, 7) == ["noor"]


def test_what_is_silent_and_becomes_dangerous_is_told_at_once():
    ward = Ward()
    silenced(ward)
    assert ward.find(1, MEDIUM, PULSE) == []
    assert ward.find(2, HIGH, PULSE, since=1) == ["ana"]


def test_an_escalation_that_is_under_way_waits_and_goes_on_where_it_was():
    ward = Ward()
    assert ward.find(0, MEDIUM, PULSE) == ["ana"]
    silenced(ward, 5)
    assert tick(ward, 15) == []
    assert [(line.cause, line.evidence) for line in ward.last.transitions] == [
        ("silenced", {"until": NOON + 125 * MINUTE})
    ]
    assert tick(ward, 125) == ["noor"]


@pytest.mark.parametrize("first", [SPO2, PULSE])
def test_silencing_one_reason_of_an_alert_never_silences_another(first: FindingKey):
    """Whichever comes first: what is not silenced is told, and climbs."""
    ward = Ward()
    silenced(ward, signal="heart_rate")
    second = PULSE if first == SPO2 else SPO2
    heard = ward.find(1, MEDIUM, first) + ward.find(2, MEDIUM, second) + tick(ward, 2.1)
    assert heard == ["ana"]
    assert len(ward.alert.reasons) == 2
    assert tick(ward, 18) == ["noor"]


def test_what_is_low_and_waits_for_the_handover_makes_nobody_hear_of_what_is_silent():
    ward = Ward()
    silenced(ward, signal="heart_rate")
    assert ward.find(1, LOW, SCORE) + ward.find(2, MEDIUM, PULSE) + tick(ward, 3) == []
    assert tick(ward, 120) == ["ana"]


def test_but_a_low_one_that_somebody_has_taken_on_is_asked_after():
    ward = Ward()
    ward.find(0, MEDIUM, PULSE)
    ward.find(1, LOW, SCORE)
    ward.acknowledge(2)
    silenced(ward, 3, signal="heart_rate")
    assert tick(ward, 32) == ["ana"]
    assert ward.causes == ["follow_up"]


def test_a_follow_up_waits_too_and_the_alert_stays_taken_on():
    ward = Ward()
    ward.find(0, MEDIUM, PULSE)
    ward.acknowledge(1)
    silenced(ward, 2)
    assert tick(ward, 31) == []
    assert (ward.causes, ward.alert.state) == (["silenced"], AlertState.ACKNOWLEDGED)
    assert tick(ward, 122) == ["ana"]
    assert ward.causes == ["follow_up"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"until": NOON + DAY + 1}, "end .*24h|end .*1d"),
        ({"until": NOON}, "end .*later than now"),
        ({"reason": " "}, "reason is empty: say why"),
        ({"by": ""}, "by is empty: say who"),
        ({"signal": "pulse"}, "signal 'pulse' is no signal: one of"),
        ({"rule": "event.sos"}, "rule 'event.sos' is never silent: answer"),
    ],
)
def test_what_will_not_do_names_field_value_and_remedy(wrong: dict[str, str], said: str):
    desk, ledger = a_desk()
    right = {"until": NOON + HOUR, "reason": "physiotherapy", "by": "ana", "now": NOON}
    with pytest.raises(BadAnswerError, match=said):
        desk.silencing.set("p1", **{**right, **wrong})
    assert not ledger.hushed
