"""Evaluation: hand-made alerts and labels with known answers, the definitions' edges, and what is refused."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from monitor.cli import app
from monitor.convert import BY_NAME
from monitor.evaluation.alertfile import read_alerts
from monitor.evaluation.bootstrap import Bootstrap
from monitor.evaluation.evaluate import Evaluation, Wanted, evaluate, measure
from monitor.evaluation.labelfile import read_labels
from monitor.evaluation.labels import Event, EventLabels, OnsetLabels
from monitor.evaluation.observed import Observed
from monitor.evaluation.onset_rows import OnsetRow
from monitor.evaluation.report import event_table, write
from monitor.evaluation.spans import Spans
from monitor.evaluation.thresholds import Sweep
from monitor.longcsv import LongCsv
from vitals.errors import BadDataError
from vitals.finding import Severity
from vitals.times import DAY, HOUR, MINUTE, iso


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """The command line sends logs to a standard error that is the runner's, and gone after the test."""
    yield
    structlog.reset_defaults()


ROOM = Wanted(times=50)


def line(patient: str, hour: float, state: str = "open", **more: Any) -> dict[str, Any]:
    row = {
        "time": iso(int(hour * HOUR)), "patient": patient, "alert": f"{patient}-a", "rule": "limit.low",
        "signal": "spo2", "kind": "physiological", "severity": "high", "state": state, "onset": iso(0), "evidence": {},
    }  # fmt: skip
    return row | more


def written(folder: Path, lines: Sequence[dict[str, Any]]) -> Path:
    path = folder / "alerts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in lines))
    return path


def observed(*patients: tuple[str, float]) -> Observed:
    """Each from hour 0 to an hour."""
    return Observed.of([(name, 0, int(last * HOUR)) for name, last in patients])


def found(
    tmp_path: Path, lines: Sequence[dict[str, Any]], *, onset: float | None = 20, wanted: Wanted = ROOM
) -> Evaluation:
    """Against ``ill`` with an onset at hour 20, and ``well`` with none; both seen for 48 hours of the grid."""
    labels = OnsetLabels(
        "onset",
        {"ill": None if onset is None else int(onset * HOUR), "well": None},
        observed(("ill", 47), ("well", 47)),
    )
    return evaluate(written(tmp_path, lines), labels, None, wanted)


def overall(tmp_path: Path, lines: Sequence[dict[str, Any]]) -> OnsetRow:
    return found(tmp_path, lines).onset[0]


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
    result = _measured(labels, seen, lines)
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
    result = _measured(EventLabels("days", days, per_day=True), observed(("p", 47)), [])
    assert (result.events[0].events, result.other) == (1, (("of people without readings", 1),))
    with pytest.raises(BadDataError, match="'q' has no reading"):
        _measured(EventLabels("events", days), observed(("p", 47)), [])


def test_an_event_is_told_by_an_alert_that_begins_within_it():
    event = Event("p", "sepsis", 10 * HOUR, 20 * HOUR, (("early_warning", ""),), full=16 * HOUR)
    labels, seen = EventLabels("truth", (event,)), observed(("p", 47))
    open_before = _measured(labels, seen, [line("p", 5, rule="early_warning", severity="medium")]).events[0]
    assert (open_before.noticed.value, open_before.told.value) == (1, 0)
    worse = [line("p", 5, rule="early_warning", severity="low"), line("p", 12, rule="early_warning")]
    told = _measured(labels, seen, worse).events[0]
    assert (told.told.value, told.delay.value, told.lead.value) == (1, 2, 4)


def _measured(labels: EventLabels, seen: Observed, lines: Sequence[dict[str, Any]]) -> Evaluation:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        return measure(read_alerts(written(Path(folder), lines), seen.names), labels, seen, ROOM)


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


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not one row"),
        ("patient,onset\n", "not one row"),
        ("a,b\n1,2\n", "patient,onset"),
        ("patient,onset\np1,yesterday\n", "2026-11-22T04:00:00Z"),
        ("patient,onset\np1,\np1,\n", "stands twice"),
        (
            "patient,kind,start,end,signal\np1,low,2026-01-02T00:00:00Z,2026-01-01T00:00:00Z,spo2\n",
            "start before its end",
        ),
    ],
)
def test_labels_that_are_none_are_refused_with_the_remedy(tmp_path: Path, text: str, word: str):
    path = tmp_path / "labels.csv"
    path.write_text(text)
    with pytest.raises(BadDataError, match=r"labels\.csv") as refused:
        read_labels(path)
    assert word in str(refused.value) or not text


def test_patients_must_be_the_same_in_all_files(tmp_path: Path):
    with pytest.raises(BadDataError, match=r"patient 'stranger' .* equal patient ids"):
        found(tmp_path, [line("stranger", 3)])
    readings = tmp_path / "r.csv"
    readings.write_text("patient,device,signal,time,value,unit\nother,,spo2,2026-01-01T00:00:00Z,97,%\n")
    with LongCsv(readings) as csv, pytest.raises(BadDataError, match=r"'ill' has no reading .*equal patient ids"):
        evaluate(written(tmp_path, []), OnsetLabels("onset", {"ill": 3}), csv, ROOM)
    with LongCsv(readings) as csv, pytest.raises(BadDataError, match="give each a row, onset empty"):
        evaluate(written(tmp_path, []), OnsetLabels("onset", {}), csv, ROOM)
    seen = OnsetLabels("onset", {"ill": 3}, observed(("ill", 5)))
    with LongCsv(readings) as csv, pytest.raises(BadDataError, match="'other' is not in the labels"):
        evaluate(written(tmp_path, []), seen, csv, ROOM)
    with pytest.raises(BadDataError, match="--readings"):
        evaluate(written(tmp_path, []), OnsetLabels("onset", {"ill": 3}), None, ROOM)


@pytest.mark.parametrize("text", ["{", '{"time": 3}', "[]", '{"time":"2026-01-01T00:00:00Z","severity":"huge"}'])
def test_a_line_that_is_no_alert_is_named(tmp_path: Path, text: str):
    path = tmp_path / "alerts.jsonl"
    path.write_text(text + "\n")
    with pytest.raises(BadDataError, match=r"alerts\.jsonl:1: .*homevigil replay"):
        read_alerts(path, ["p"])


def test_a_rule_that_no_alert_has_is_refused_with_those_there_are(tmp_path: Path):
    with pytest.raises(BadDataError, match=r"--rule nonsense.*limit\.low"):
        found(tmp_path, [line("ill", 3)], wanted=Wanted(rules=("nonsense",), times=5))
    with pytest.raises(BadDataError, match="is no detector: one of"):
        Sweep.parse("nonsense.x=1")
    with pytest.raises(BadDataError, match="has no parameter 'x': one of"):
        Sweep.parse("early_warning.x=1")
    with pytest.raises(BadDataError, match="give values"):
        Sweep.parse("early_warning.medium")
    with pytest.raises(BadDataError, match=r"early_warning\.medium=many"):
        Sweep.parse("early_warning.medium=many")


def _sepsis(folder: Path) -> Path:
    """Two patients in the recording's own format: one worsens before hour 20 + 6, the other does not."""
    rows = ["patient_id,ICULOS,HR,O2Sat,Temp,SBP,MAP,DBP,Resp,Glucose,SepsisLabel"]
    for hour in range(1, 41):
        ill = hour >= 15
        rows.append(
            f"a,{hour},{125 if ill else 80},{91 if ill else 97},37,120,,70,{26 if ill else 16},,{int(hour >= 20)}"
        )
        rows.append(f"b,{hour},80,97,37,120,,70,16,,0")
    path = folder / "sepsis2019.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_three_commands_do_a_recording(tmp_path: Path):
    source, run = _sepsis(tmp_path), CliRunner()
    csv, labels, alerts = tmp_path / "r.csv", tmp_path / "labels.csv", tmp_path / "alerts.jsonl"
    for words in (
        ["convert", "sepsis2019", str(source), "--out", str(csv), "--labels-out", str(labels)],
        ["replay", str(csv), "--out", str(alerts)],
    ):
        done = run.invoke(app, words)
        assert done.exit_code == 0, done.output
    answers = []
    for given_labels in (source, labels):
        words = ["evaluate", str(alerts), "--labels", str(given_labels), "--readings", str(csv), "--json"]
        more = ["--out", str(tmp_path / "out"), "--sweep", "early_warning.medium=3,9"] if not answers else []
        done = run.invoke(app, [*words, *more])
        assert done.exit_code == 0, done.output
        answers.append(json.loads(done.stdout))
    assert answers[0]["onset"] == answers[1]["onset"]
    assert (answers[0]["patients"], answers[0]["positive"], answers[0]["window_hours"]) == (2, 1, 12)
    rows = {row["name"]: row for row in answers[0]["onset"]}
    assert rows["early_warning"]["sensitivity"][0] == rows["partial NEWS2 ≥ 7"]["sensitivity"][0] == 1
    assert rows["early_warning"]["lead"][0] == 11
    swept = [p for p in answers[0]["points"] if p["curve"] == "early_warning.medium"]
    assert [(p["threshold"], p["sensitivity"][0]) for p in swept] == [("3", 1), ("9", 0)]
    assert (tmp_path / "out" / "curve.png").read_bytes()[:4] == b"\x89PNG"
    assert (tmp_path / "out" / "curve.csv").read_text().startswith("curve,threshold,sensitivity,")


def test_tables_need_no_alert_at_all(tmp_path: Path):
    result = found(tmp_path, [], onset=None)
    assert {path.name for path in write(result, tmp_path / "out")} >= {"evaluation.md", "curve.png"}
    assert "| all | – |" in (tmp_path / "out" / "evaluation.md").read_text()


def test_the_reference_is_reproduced_on_the_real_recording(recordings: Path, tmp_path: Path):
    BY_NAME["sepsis2019"].convert(recordings, tmp_path / "s.csv")
    with LongCsv(tmp_path / "s.csv") as csv:
        result = evaluate(written(tmp_path, []), read_labels(recordings / "sepsis2019_dev.csv.gz"), csv, ROOM)
    assert (result.patients, result.positive) == (2858, 163)
    rows = {row.name: row for row in result.onset}
    got = [
        (round(100 * r.sensitivity.value), round(r.episodes_per_day.value, 2), round(100 * r.hours_in_alert.value))
        for r in (rows[f"partial NEWS2 ≥ {n}"] for n in (5, 6, 7))
    ]
    assert got == [(61, 1.05, 10), (44, 0.61, 5), (28, 0.29, 2)]


def test_labels_of_glucose_are_episodes_of_fifteen_minutes(tmp_path: Path):
    values = [90, 65, 66, 90, 60, 60, 60, 60, 90]
    rows = [f"g,2026-01-01 00:{5 * i:02d}:00,{v}" for i, v in enumerate(values)]
    (tmp_path / "cgm.csv").write_text("id,time,gl\n" + "\n".join(rows) + "\n")
    assert BY_NAME["cgm"].write_labels(tmp_path, tmp_path / "labels.csv") == 1
    (event,) = read_labels(tmp_path / "labels.csv").events
    assert (event.kind, event.end - event.start) == ("below 70 mg/dL", 20 * MINUTE)
    with pytest.raises(BadDataError, match="holds no labels"):
        BY_NAME["tihm"].write_labels(tmp_path, tmp_path / "x.csv")
