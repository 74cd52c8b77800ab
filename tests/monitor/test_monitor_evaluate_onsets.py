"""Alerts against onsets: known answers by hand, and the definitions' edges."""

from pathlib import Path

import numpy as np
import pytest

from monitor.evaluation.bootstrap import Bootstrap
from monitor.evaluation.evaluate import Wanted, evaluate
from monitor.evaluation.labels import OnsetLabels
from monitor.evaluation.report import tables
from tests.monitor.evaluation_kit import ROOM, found, line, observed, overall, written
from vitals.finding import Severity
from vitals.times import HOUR


def test_an_alert_before_onset_is_found_with_its_lead(tmp_path: Path):
    row = overall(tmp_path, [line("ill", 10), line("ill", 14, "resolved")])
    assert (row.sensitivity.value, row.told.value, row.lead.value, row.precision.value) == (1, 1, 10, 1)
    assert row.episodes_per_day.value == 0
    # Quiet hours are all 48 of the one, and those before hour 20 - 12 of the other.
    assert row.hours_in_alert.value == 0


@pytest.mark.parametrize(
    ("opens", "ends", "sensitivity", "lead", "told", "true", "false"),
    [
        (2, 8, 0, np.nan, 0, 0, 1),  # over as the window begins
        (
            2,
            8.5,
            1,
            12,
            0,
            1,
            0,
        ),  # in alert before the window: its lead is the window's length, and nobody is told anew
        (8, 9, 1, 12, 1, 1, 0),
        (20, 30, 1, 0, 1, 1, 0),  # as it begins
        (20.5, 30, 0, np.nan, 0, 0, 0),  # after onset: neither true nor false
    ],
)
def test_the_window_before_onset_at_its_edges(
    tmp_path: Path, *, opens: float, ends: float, sensitivity: int, lead: float, told: int, true: int, false: int
):
    row = overall(tmp_path, [line("ill", opens), line("ill", ends, "closed")])
    assert row.sensitivity.value == sensitivity
    assert row.told.value == told
    np.testing.assert_equal(row.lead.value, lead)
    np.testing.assert_equal(row.precision.value, true / (true + false) if true + false else np.nan)


def test_episodes_are_rising_edges_of_anything_in_alert(tmp_path: Path):
    lines = [
        line("well", 2), line("well", 3, rule="early_warning", alert="b"), line("well", 4, "resolved"),
        line("well", 6, "resolved", rule="early_warning", alert="b"),
        line("well", 6, rule="event.fall", alert="c"), line("well", 7, "acknowledged", rule="event.fall", alert="c"),
        line("well", 9, "closed", rule="event.fall", alert="c"),
        line("well", 20, alert="d"), line("well", 21, "resolved", alert="d"),
    ]  # fmt: skip
    row = overall(tmp_path, lines)
    assert row.episodes_per_day.value == 2 / 2  # [2, 9) and [20, 21), in two days of a patient without event
    assert row.hours_in_alert.value == pytest.approx(8 / (48 + 8))
    assert row.precision.value == 0


def test_what_never_clears_is_in_alert_until_the_last_reading(tmp_path: Path):
    row = overall(tmp_path, [line("well", 46)])
    assert row.hours_in_alert.value == pytest.approx(2 / 56)


def test_only_the_stretch_at_that_severity_counts(tmp_path: Path):
    lines = [line("ill", 9, severity="low"), line("ill", 15, severity="medium"), line("ill", 16, severity="low")]
    assert overall(tmp_path, lines).lead.value == 5
    low = found(tmp_path, lines, wanted=Wanted(least=Severity.LOW, times=50)).onset[0]
    assert (low.lead.value, low.sensitivity.value) == (11, 1)


def test_technical_alerts_are_no_warning_of_illness(tmp_path: Path):
    result = found(tmp_path, [line("ill", 15, rule="gap.missed", kind="technical")])
    assert [(row.name, row.sensitivity.value) for row in result.onset] == [("all", 0), ("gap", 1)]


def test_rules_are_counted_by_alert_and_by_reason(tmp_path: Path):
    reasons = [{"rule": "limit.low", "signal": "spo2"}, {"rule": "early_warning", "signal": ""}]
    rows = found(tmp_path, [line("ill", 15, rule="event", signal="", evidence={"reasons": reasons})]).onset
    assert [row.name for row in rows] == ["all", "early_warning", "event", "limit"]
    assert all(row.sensitivity.value == 1 for row in rows)
    assert found(tmp_path, [], wanted=ROOM).onset[0].sensitivity.value == 0


def test_chance_is_what_windows_without_event_find(tmp_path: Path):
    row = overall(tmp_path, [line("well", 10), line("well", 11, "resolved")])
    # One hour in alert is met by the windows that end in it or in the 12 hours after it.
    assert row.chance.value == pytest.approx(13 / 48)


def test_equal_seeds_give_equal_intervals(tmp_path: Path):
    names = [f"p{i}" for i in range(20)]
    labels = OnsetLabels(
        "onset", {n: 20 * HOUR if i < 8 else None for i, n in enumerate(names)}, observed(*((n, 47) for n in names))
    )
    path = written(tmp_path, [line(n, 15, alert=n) for n in names[::2]])
    first, again, other = (evaluate(path, labels, None, Wanted(seed=seed, times=200)) for seed in (1, 1, 2))
    assert first.json() == again.json()
    row = first.onset[0]
    assert row.sensitivity.value == 0.5
    assert row.sensitivity.low < 0.5 < row.sensitivity.high
    assert row.sensitivity[1:] != other.onset[0].sensitivity[1:]


def test_a_patient_is_drawn_with_all_of_theirs():
    figure = Bootstrap(2, np.random.default_rng(1)).ratio(np.array([0.0, 10.0]), np.array([10.0, 10.0]))
    assert figure == (0.5, 0, 1)


def test_each_level_of_a_detector_of_several_signs_stands_beside_the_reference_first(tmp_path: Path):
    risk = {"evidence": {"risk": 0.05}}
    lines = [
        line("ill", 10, rule="deterioration", severity="medium", notices=2, **risk),
        line("ill", 13, rule="deterioration", severity="high", notices=1, **risk),
        line("ill", 14, "resolved", rule="deterioration", notices=0, **risk),
        line("well", 30, rule="deterioration", severity="medium", notices=3, **risk),
        line("well", 32, "resolved", rule="deterioration", notices=0, **risk),
        line("well", 40, alert="limit", notices=4), line("well", 41, "resolved", alert="limit", notices=0),
    ]  # fmt: skip
    result = found(tmp_path, lines)
    assert [row.name for row in result.levels] == ["deterioration, medium and above", "deterioration, high"]
    assert [row.lead.value for row in result.levels] == [10, 7]
    assert [row.episodes_per_day.value for row in result.levels] == [0.5, 0]
    loud = found(tmp_path, lines, wanted=Wanted(least=Severity.HIGH, times=50))
    assert [row.name for row in loud.levels] == ["deterioration, high"]
    assert tables(result).index("deterioration, high") < tables(result).index("| all |")
    assert not found(tmp_path, lines[-2:]).levels, "limits alone have no score: there is nothing to set beside"


def test_notices_are_those_of_patients_without_onset_a_day(tmp_path: Path):
    lines = [
        line("ill", 10, notices=5), line("well", 30, notices=3), line("well", 31, "resolved", notices=0),
        line("well", 35, rule="trend.rising", alert="b", notices=1),
    ]  # fmt: skip
    rows = {row.name: row.notices_per_day.value for row in found(tmp_path, lines).onset}
    assert rows == {"all": 4 / 2, "limit": 3 / 2, "trend": 1 / 2}
    del lines[0]["notices"]
    assert np.isnan(found(tmp_path, lines).onset[0].notices_per_day.value), "of a file that does not say there are none"
