"""Alerts about signal quality say what to do, to each role, and no condition on a lock screen."""

import pytest

from alerts.message import compose
from alerts.words import headline
from tests.alerts.house import NOON, patient
from vitals.alert import Alert, AlertState
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import Role
from vitals.times import MINUTE

PATIENT = patient(zone="Europe/London")


def alert_of(rule: str, signal: str = "", **evidence: object) -> Alert:
    key = FindingKey(rule, "p1", signal, "ox-1")
    seen = {"seen": NOON, **evidence}
    onset = NOON - 90 * MINUTE
    return Alert("ABCDEFGHIJ", key, Kind.TECHNICAL, Severity.LOW, AlertState.OPEN, onset, NOON, NOON, seen)


KNOWN = {
    "quality.probe_off": ({"signals": ["heart_rate", "spo2"]}, "measured nothing for 1h30m", "Put the sensor back on"),
    "quality.stuck": ({"signals": ["heart_rate"]}, "repeated the same values", "restart the device"),
    "quality.noise": ({"signals": ["spo2"]}, "values that jump", "sits well"),
    "quality.person": ({"value": 92.3, "ask": "repeat"}, "92.3 kg", "Weigh the patient again"),
    "quality.disagreement": (
        {"value": 60.0, "other": 100.0, "other_device": "strap"},
        "60 /min, strap 100 /min",
        "Feel the pulse",
    ),
}


@pytest.mark.parametrize("rule", KNOWN)
def test_each_says_what_is_wrong_and_what_to_do(rule: str):
    evidence, said, to_do = KNOWN[rule]
    alert = alert_of(rule, **evidence)
    message = compose(alert, PATIENT, Role.CNA, NOON)
    assert headline(alert) in message.title
    assert said in message.body
    assert to_do in message.body


@pytest.mark.parametrize("rule", KNOWN)
@pytest.mark.parametrize("role", Role)
def test_every_role_has_something_to_do_and_a_text_message_fits(rule: str, role: Role):
    alert = alert_of(rule, **KNOWN[rule][0])
    short = compose(alert, PATIENT, role, NOON, private=True).body
    assert PATIENT.name not in short
    assert len(short) <= 160


def test_evidence_that_lacks_everything_keeps_nobody_from_being_told():
    for rule in KNOWN:
        assert compose(alert_of(rule), PATIENT, Role.NURSE, NOON).body
