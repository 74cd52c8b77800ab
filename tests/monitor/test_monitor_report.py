"""How alerts were answered: only what somebody judged counts as right or wrong."""

import math
from io import StringIO

from rich.console import Console

from alerts.events import Acknowledge, Close, Found
from alerts.lifecycle import transition
from monitor.commands.report import By, _table
from monitor.report.answers import Figures, figures, stories
from vitals.alert import Alert, Transition
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.times import HOUR, MINUTE


def lived(patient: str, at: int, *events: tuple[int, object], severity: Severity = Severity.HIGH) -> list[object]:
    """An alert and its history."""
    finding = Finding(FindingKey("limit.low", patient, "spo2"), Kind.PHYSIOLOGICAL, severity, at, at)
    change = transition(None, Found(finding), at)
    assert change is not None
    alert, lines = change[0], [change[1]]
    for after, event in events:
        change = transition(alert, event, at + after)  # type: ignore[arg-type]
        assert change is not None
        alert = change[0]
        lines.append(change[1])
    return [alert, *lines]


def told(*lives: list[object]) -> list:  # type: ignore[type-arg]
    alerts = [life[0] for life in lives]
    lines = [line for life in lives for line in life[1:]]
    assert all(isinstance(alert, Alert) for alert in alerts)
    assert all(isinstance(line, Transition) for line in lines)
    return stories(alerts, lines, lambda _patient, moment: moment // HOUR % 24)  # type: ignore[arg-type]


def test_times_and_outcomes_are_those_of_the_history() -> None:
    seen = told(
        lived("p1", 7 * HOUR, (2 * MINUTE, Acknowledge("ana")), (20 * MINUTE, Close("ana", "true"))),
        lived("p1", 23 * HOUR, (4 * MINUTE, Close("ben", "nuisance"))),
        lived("p2", 30 * HOUR, severity=Severity.MEDIUM),
        lived("p2", 31 * HOUR, severity=Severity.LOW),
    )
    (row,) = figures(seen, "rule")
    assert (row.alerts, row.judged, row.precision) == (4, 2, 0.5)
    assert dict(row.outcomes) == {"true": 1, "nuisance": 1, "artefact": 0}
    assert row.unanswered == 1  # a low one waits for the digest
    assert (row.acknowledge_median, row.close_median) == (3 * MINUTE, 12 * MINUTE)
    by_shift = {row.group: row.alerts for row in figures(seen, "shift")}
    assert by_shift == {"day 06-14": 3, "night 22-06": 1}


def test_what_nobody_judged_has_no_precision() -> None:
    (row,) = figures(told(lived("p1", HOUR)), "patient")
    assert math.isnan(row.precision)
    assert math.isnan(row.acknowledge_median)
    assert figures([], "rule") == []


def test_the_severity_is_the_worst_it_came_to() -> None:
    worse = Finding(FindingKey("limit.low", "p1", "spo2"), Kind.PHYSIOLOGICAL, Severity.HIGH, HOUR, HOUR)
    seen = told(lived("p1", HOUR, (MINUTE, Found(worse)), severity=Severity.LOW))
    assert [row.group for row in figures(seen, "severity")] == ["high"]


def test_the_table_is_read_at_eighty_columns() -> None:
    outcomes = {"true": 185, "nuisance": 10, "artefact": 2}
    rows = [Figures("glucose_pattern.night", 1250, 0.413, 197, 0.94, outcomes, 12, 245_000.0, 1_805_000.0, 9e7)]
    console = Console(width=80, record=True, file=StringIO(), legacy_windows=False)
    console.print(_table(By.RULE, rows))
    lines = console.export_text().splitlines()
    wanted = ["glucose_pattern.night", "1250", "41%", "94%", "of", "197", "185/10/2", "12", "4m5s", "30m", "1d1h"]
    assert wanted in [line.split() for line in lines], "one line a group: no word and no figure is broken"
    assert max(map(len, lines)) <= 80
