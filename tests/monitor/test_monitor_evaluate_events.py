"""Alerts against events: who was told, when, and how often; and the spans of time under it all."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evaluation.labels import Event, EventLabels
from monitor.evaluation.observed import Observed
from monitor.evaluation.report import alarm_table, event_table
from monitor.evaluation.spans import Spans
from tests.monitor.evaluation_kit import ROOM, line, measured, observed
from vitals.errors import BadDataError
from vitals.finding import Severity
from vitals.times import DAY, HOUR


def test_events_are_matched_by_signal_and_day():
    labels = EventLabels(
        "days",
        (
            Event("p", "pressure", DAY, 2 * DAY, (("", "systolic_bp"), ("", "diastolic_bp"))),
            Event("p", "pulse", 3 * DAY, 4 * DAY, (("", "heart_rate"),)),
        ),
        per_day=True,
    )
    seen = Observed.of([("p", 0, 10 * DAY - HOUR)])
    lines = [
        line("p", 30, signal="diastolic_bp"), line("p", 31, "resolved"),
        line("p", 80, alert="b"), line("p", 81, "closed", alert="b"),
        line("p", 150, signal="heart_rate", alert="c"), line("p", 151, "closed", alert="c"),
    ]  # fmt: skip
    result = measured(labels, seen, lines)
    pressure, pulse = result.events
    assert (pressure.noticed.value, pressure.told.value) == (1, 1)
    assert np.isnan(pressure.delay.value)  # a day says nothing of when in it
    assert "delay" not in event_table(result)
    assert (pulse.noticed.value, pulse.any_told.value) == (0, 1)
    assert pulse.chance.value == pytest.approx(1 / 8)
    alarm = result.alarms[0]
    assert (alarm.episodes, alarm.precision.value) == (3, pytest.approx(2 / 3))
    assert alarm.false_per_day.value == pytest.approx(1 / 8)


def test_labelled_days_of_people_without_readings_are_counted_and_left_out():
    days = tuple(Event(who, "pulse", 0, DAY, (("", "heart_rate"),)) for who in ("p", "q"))
    result = measured(EventLabels("days", days, per_day=True), observed(("p", 47)), [])
    assert (result.events[0].events, result.other) == (1, (("of people without readings", 1),))
    with pytest.raises(BadDataError, match="'q' has no reading"):
        measured(EventLabels("events", days), observed(("p", 47)), [])


def test_an_event_is_told_by_an_alert_that_begins_within_it():
    event = Event("p", "sepsis", 10 * HOUR, 20 * HOUR, (("early_warning", ""),), full=16 * HOUR)
    labels, seen = EventLabels("truth", (event,)), observed(("p", 47))
    open_before = measured(labels, seen, [line("p", 5, rule="early_warning", severity="medium")]).events[0]
    assert (open_before.noticed.value, open_before.told.value) == (1, 0)
    worse = [line("p", 5, rule="early_warning", severity="low"), line("p", 12, rule="early_warning")]
    told = measured(labels, seen, worse).events[0]
    assert (told.told.value, told.delay.value, told.lead.value) == (1, 2, 4)


spans = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(0, 30)), max_size=12)


def moments(rows: Any) -> set[tuple[int, int]]:
    return {(who, t) for who, a, b in rows for t in range(a, b)}


@given(spans, spans)
def test_spans_are_sets_of_moments(a: list[tuple[int, int, int]], b: list[tuple[int, int, int]]):
    one, two = (Spans.of(*np.array(x, np.int64).reshape(-1, 3).T).joined() for x in (a, b))
    assert moments(one.rows()) == moments(a)
    assert moments(one.minus(two).rows()) == moments(a) - moments(b)
    assert one.total(3).sum() == len(moments(a))
    starts = [(w, s) for w, s, _ in one.rows()]
    assert all((w, s - 1) not in moments(a) for w, s in starts)
    for who, first, last in a:
        at = one.first_in(np.array([who]), np.array([first]), np.array([last]))[0]
        wanted = [i for i, (w, s, e) in enumerate(one.rows()) if w == who and s <= last and e > first]
        assert at == (wanted[0] if wanted else -1)


def test_told_twice_is_one_severity_told_again_and_a_worsening_is_told_once():
    event = Event("p", "low", 10 * HOUR, 20 * HOUR, (("", "spo2"),))
    seen = observed(("p", 47))

    def told(*steps: tuple[float, str, str], least: int = 0) -> tuple[float, float]:
        lines = [line("p", at, state, severity=severity) for at, state, severity in steps]
        row = measured(EventLabels("events", (replace(event, least=least),)), seen, lines).events[0]
        return row.told.value, row.twice.value

    before, worse, milder = (8, "open", "medium"), (12, "open", "high"), (14, "open", "medium")
    assert told(before) == (0, 0)
    assert told(before, worse) == told(before, worse, milder) == told((11, "open", "medium"), worse) == (1, 0)
    assert told(before, worse, milder, (16, "open", "high")) == (1, 1)
    assert told(before, worse, (13, "acknowledged", "high"), (15, "open", "high")) == (1, 0)
    assert told((11, "open", "medium"), least=3) == (0, 0), "the label asks for HIGH"


def test_what_joins_an_alert_goes_with_it_and_is_not_told_again():
    event = Event("p", "low", 10 * HOUR, 20 * HOUR)
    joined = {"reasons": [{"rule": "limit.low", "signal": "spo2"}, {"rule": "trend.falling", "signal": "spo2"}]}
    lines = [line("p", 11), line("p", 12, evidence=joined)]
    row = measured(EventLabels("events", (event,)), observed(("p", 47)), lines).events[0]
    assert (row.told.value, row.twice.value, row.any_told.value) == (1, 0, 1)


def test_notices_are_counted_where_a_long_mild_alert_hides_what_opens_meanwhile():
    steps = [
        line("p", 2, rule="trend.rising", severity="low", notices=0),
        line("p", 10, alert="b", notices=1), line("p", 11, "resolved", alert="b", notices=0),
        line("p", 11.2, alert="b", notices=0), line("p", 11.3, "resolved", alert="b", notices=0),
        line("p", 30, rule="trend.rising", severity="medium", notices=2),
        line("p", 30, rule="trend.rising", severity="medium", notices=1),
        line("p", 49, alert="after the last hour", notices=1),
    ]  # fmt: skip
    seen, none, low = observed(("p", 47)), EventLabels("events", ()), replace(ROOM, least=Severity.LOW)
    result = measured(none, seen, steps, low)
    everything, *rules = result.alarms
    assert (everything.episodes, everything.notices, everything.notices_per_day.value) == (1, 4, pytest.approx(2))
    assert {row.name: row.notices for row in rules} == {"limit": 1, "trend": 3}
    assert measured(none, seen, steps, replace(ROOM, least=Severity.HIGH)).alarms[0].notices == 1
    assert result.json()["alarms"][0]["notices"] == 4
    assert "| all | 1 | 0.500 | 4 | 2.000 |" in alarm_table(result)
    unsaid = [{name: value for name, value in row.items() if name != "notices"} for row in steps]
    older = measured(none, seen, unsaid, low)
    assert older.alarms[0].notices is None
    assert "| all | 1 | 0.500 | – | – |" in alarm_table(older)
