"""What sudden changes and patterns of nights say in a notice, with the evidence as the detectors give it."""

from typing import Any

import pytest

from alerts.words import headline, measured
from vitals.alert import Alert, AlertState
from vitals.finding import FindingKey, Kind, Severity


@pytest.mark.parametrize(
    ("rule", "signal", "evidence", "head", "says"),
    [
        (
            "rate_of_change.rise", "heart_rate", {"value": 112.0, "before": 70.0, "now": 110.0},
            "Heart rate rose quickly", "From 70 /min to 110 /min, and it stays there.",
        ),
        (
            "glucose_pattern.below", "glucose", {"below": 70, "share": 5.4, "most": 4.0, "days": 13},
            "Glucose often too low", "5.4 % of 13 days below 70 mg/dL, limit 4 %.",
        ),
        (
            "glucose_pattern.night", "glucose", {"below": 70, "share": 50.0, "nights": 3, "of": 7},
            "Glucose low at night", "Last night an hour was 50 % below 70 mg/dL; low in 3 of 7 nights.",
        ),
        (
            "night_desaturation", "spo2", {"below": 90, "share": 40.0, "usual": 2.0},
            "Oxygen saturation low at night", "40 % of last night below 90 %, usually 2 %.",
        ),
        (
            "night_desaturation", "spo2", {"below": 90, "share": 40.0, "usual": None},
            "Oxygen saturation low at night", "40 % of last night below 90 %.",
        ),
        ("night_desaturation", "spo2", {}, "Oxygen saturation low at night", ""),
    ],
)  # fmt: skip
def test_it_is_said_in_words(rule: str, signal: str, evidence: dict[str, Any], head: str, says: str):
    key = FindingKey(rule, "p1", signal)
    alert = Alert("A", key, Kind.PHYSIOLOGICAL, Severity.LOW, AlertState.OPEN, 0, 0, 0, evidence)
    assert (headline(alert), measured(alert)) == (head, says)
