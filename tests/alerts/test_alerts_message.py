import itertools
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.gsm import LIMIT, fit, plain, septets
from alerts.message import compose
from tests.alerts.house import NOON, patient
from tests.alerts.specimens import EVIDENCE
from vitals.alert import Alert, AlertState
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import Role
from vitals.times import DAY, HOUR, MINUTE

KEYS = sorted({"age", "missing", *itertools.chain.from_iterable(evidence for *_, evidence in EVIDENCE.values())})
PATIENT = patient(zone="America/New_York")
SEVERITIES = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def alert_of(
    rule: str,
    signal: str = "",
    device: str = "",
    kind: Kind = Kind.PHYSIOLOGICAL,
    severity: Severity = Severity.HIGH,
    **evidence: Any,
) -> Alert:
    key = FindingKey(rule, "p1", signal, device)
    onset = NOON - 12 * MINUTE
    return Alert("ABCDEFGHIJ", key, kind, severity, AlertState.OPEN, onset, NOON, NOON, {"seen": NOON, **evidence})


KNOWN = [
    (
        alert_of("limit.low", "spo2", value=84.2, limit=88.0),
        "Oxygen saturation low",
        "Measured 84 %, limit 88 %, for 12m.",
    ),
    (alert_of("limit.high", "temperature", value=39.24, limit=39.0), "Body temperature high", "39.2 °C, limit 39.0 °C"),
    (
        alert_of("gap.device", device="ox-1", kind=Kind.TECHNICAL, silent_for=15 * MINUTE),
        "Device silent",
        "for 15m. Device ox-1.",
    ),
    (alert_of("gap.ordered", "weight", kind=Kind.TECHNICAL), "Body weight not measured", ""),
    (alert_of("gap.patient", kind=Kind.TECHNICAL), "No readings from this patient", ""),
    (
        alert_of(
            "early_warning",
            total=7,
            missing=["consciousness"],
            components={"spo2": {"value": 91, "points": 3, "age": 2 * HOUR}, "heart_rate": {"points": 1}},
        ),
        "Early warning score raised",
        (
            "NEWS2 score 7 (incomplete: no consciousness). "
            "Parts: oxygen saturation 91 % (3 points), 2h old; heart rate (1 point)."
        ),
    ),
    (alert_of("event.sos", device="button"), "Help button pressed", ""),
    (alert_of("event.fall"), "Fall detected", ""),
    (
        alert_of("event.medication_missed", medication="metformin", severity=Severity.MEDIUM),
        "Medication missed",
        "metformin",
    ),
    (alert_of("odd_rhythm.slow", "heart_rate", value=41.0), "Heart rate: odd rhythm, slow", "Measured 41 /min"),
    (alert_of("never_seen"), "Watched values: never seen", ""),
]


@pytest.mark.parametrize(
    ("alert", "headline", "detail"), KNOWN, ids=lambda it: getattr(getattr(it, "key", None), "rule", "")
)
def test_every_rule_has_words(alert: Alert, headline: str, detail: str):
    for role in Role:
        said = compose(alert, PATIENT, role, NOON)
        assert headline in said.title
        assert detail in said.body
        assert "None" not in said.title + said.body


def test_it_says_since_when_in_the_patients_own_time():
    assert "Since 06:48 (patient's time)." in compose(KNOWN[0][0], PATIENT, Role.CNA, NOON).body
    assert "Since 06:48 on Wednesday 18 November" in compose(KNOWN[0][0], PATIENT, Role.CNA, NOON + DAY).body


def test_assessing_is_a_nurses():
    for alert, *_ in KNOWN:
        for severity in SEVERITIES:
            for role in Role:
                body = compose(replace(alert, severity=severity), PATIENT, role, NOON).body
                assert role is Role.NURSE or not re.search(r"\b(assess|diagnos)", body)
    assert "assess" in compose(KNOWN[0][0], PATIENT, Role.NURSE, NOON).body
    assert "measure again and report" in compose(KNOWN[0][0], PATIENT, Role.CNA, NOON).body


def test_severity_is_said_in_plain_words_and_not_all_are_emergencies():
    titles = [
        compose(replace(KNOWN[0][0], severity=s), PATIENT, Role.CNA, NOON).title.split(":")[0] for s in SEVERITIES
    ]
    assert titles == ["Act now", "Act soon", "For your next visit"]


def test_a_single_cuff_reading_asks_for_a_second_one():
    once = alert_of("limit.high", "systolic_bp", severity=Severity.LOW, value=186.0, limit=180.0, ask="repeat")
    said = compose(once, PATIENT, Role.HMA, NOON)
    assert said.title.startswith("Please measure again: Systolic pressure high")
    assert "Repeat the measurement now" in said.body
    assert "Repeat the measurement now" in compose(once, PATIENT, Role.HMA, NOON, private=True).body


@pytest.mark.parametrize("why", ["worsened", "again", "escalated", "repeated", "follow_up", "nobody"])
def test_it_says_why_it_is_told_now(why: str):
    first = compose(KNOWN[0][0], PATIENT, Role.NURSE, NOON, why=why).body.splitlines()[0]
    assert first.endswith(".")
    assert "Measured" not in first


@given(
    alert=st.sampled_from([alert for alert, *_ in KNOWN]),
    role=st.sampled_from(Role),
    name=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=4, max_size=60).filter(
        str.strip
    ),
    link=st.sampled_from(["", "https://care.example/a/K7Q2-0123456789abcdef"]),
)
def test_a_private_notice_is_one_text_message_without_name_or_condition(alert: Alert, role: Role, name: str, link: str):
    said = compose(alert, PATIENT.model_copy(update={"name": f"Zz{name}"}), role, NOON, private=True, link=link)
    assert said.title == ""
    assert septets(said.body) <= LIMIT
    assert f"Zz{name}" not in said.body
    assert said.body.startswith("Patient C17: ")
    assert said.body.endswith(link or alert.id)
    for condition in ("oxygen", "saturation", "temperature", "84", "NEWS", "fall", "medication", "weight", "metformin"):
        assert condition.lower() not in said.body.lower().replace(link, "")


@given(st.text(max_size=400), st.text(max_size=60) | st.text(min_size=150, max_size=400))
def test_any_text_fits_one_message(text: str, tail: str):
    assert septets(fit(text, tail=tail)) <= LIMIT
    assert septets(plain(text)) >= 0


@given(
    st.dictionaries(
        st.sampled_from(KEYS),
        st.none()
        | st.booleans()
        | st.floats(allow_nan=True)
        | st.text(max_size=9)
        | st.lists(st.text(max_size=3), max_size=3),
    ),
    st.sampled_from([*EVIDENCE, "gap.device", "unknown.rule"]),
    st.sampled_from(["", "spo2", "glucose"]),
)
def test_odd_evidence_never_keeps_a_notice_from_going(evidence: dict[str, Any], rule: str, signal: str):
    for role, code in ((Role.CNA, "en"), (Role.NURSE, "es")):
        assert compose(alert_of(rule, signal, **evidence), PATIENT, role, NOON, code=code).body
