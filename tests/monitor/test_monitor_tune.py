"""Tuning: alerts against a budget, the noisiest rules of patients, and what would halve them at what cost."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import structlog
import yaml
from typer.testing import CliRunner

from alerts.desk import Desk
from detectors.limit import Limit
from monitor.cli import app
from monitor.evaluation.rerun import as_alerts, rerun
from monitor.longcsv import LongCsv
from monitor.tuning.advice import Advice, advise
from monitor.tuning.burden import Pair, Told, burden, told_of
from monitor.tuning.knobs import knobs_for
from monitor.tuning.trial import Opening, Readings, lost, trial
from store.duckdb import DuckDBReadings
from store.ledger import open_ledger
from vitals.agency import Agency, Patient
from vitals.batch import Batch
from vitals.clock import ManualClock, SystemClock
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake
from vitals.plan import CarePlan, Limits
from vitals.series import SeriesTable
from vitals.times import DAY, HOUR, MINUTE, iso


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """The command line sends logs to a standard error that is the runner's, and gone after the test."""
    yield
    structlog.reset_defaults()


ANA = Patient(id="p1", name="-", timezone="UTC")


def told(patient: str, rule: str, n: int = 1, signal: str = "spo2", **more: Any) -> list[Told]:
    values = {"opened": 0, "severity": Severity.MEDIUM, "technical": False} | more
    return [Told(f"{rule}{i}", patient, ((rule, signal),), **values) for i in range(n)]


def test_alerts_are_weighed_by_rule_patient_and_severity():
    alerts = [
        *told("p1", "limit.low", 3),
        *told("p2", "early_warning", severity=Severity.HIGH, signal="", outcome="helped"),
    ]
    found = burden(alerts, {"p1": (0, 4 * DAY), "p2": (0, 4 * DAY), "p3": (0, 8 * DAY)}, budget=0.3)
    assert (found.alerts, found.days, found.per_day) == (4, 16, 0.25)
    assert found.by_severity == {"high": 1, "medium": 3, "low": 0}
    assert found.by_rule == {"limit.low": 3 / 16, "early_warning": 1 / 16}
    assert found.by_patient == {"p1": 0.75, "p2": 0.25}
    assert [(p.patient, p.alerts, p.outcomes) for p in found.pairs] == [
        ("p1", 3, {"unknown": 3}),
        ("p2", 1, {"true": 1}),
    ]
    said = found.json()
    assert said["within_budget"]
    assert said["over_budget"] == {"p1": 0.75}


def test_an_alert_is_one_whatever_happens_to_it_and_keeps_its_outcome():
    line = {"time": 5, "patient": "p", "alert": "a", "rule": "event", "severity": 2, "kind": "physiological"}
    reasons = {"reasons": [{"rule": "limit.low"}]}
    lines = [
        line,
        line | {"time": 7, "severity": 3, "evidence": reasons},
        line | {"time": 9, "evidence": {"outcome": "nuisance"}},
    ]
    (one,) = told_of(lines)
    assert (one.opened, one.severity, one.rules, one.verdict) == (5, Severity.HIGH, ("event", "limit.low"), "false")


def glucose(values: list[float]) -> Readings:
    """One value every five minutes."""
    table = SeriesTable()
    time = np.arange(len(values)) * 5 * MINUTE
    return Readings.of(table, Batch.of([table.code("p1", "cgm", 6)] * len(values), time, values, time))


def dips(*lows: float) -> Readings:
    """An hour at 100, then half an hour at each low."""
    return glucose([v for low in lows for v in [100.0] * 12 + [low] * 6] + [100.0] * 12)


PAIR = Pair("limit.low", "p1", "glucose", 4, 4.0, 0, {})


def test_the_warning_limit_is_moved_just_so_far_as_halves_and_the_alert_limit_stays():
    found = advise(PAIR, [], dips(68, 66, 62, 60), ANA)
    assert (found.before, found.after, found.high_lost) == (4, 2, 0)
    assert found.patch is not None
    glucose_now = found.patch["limits"]["glucose"]
    assert [glucose_now[n] for n in ("alert_low", "warning_low", "warning_high", "alert_high")] == [54, 66, 250, 300]
    (snippet,) = yaml.safe_load(found.yaml())
    assert snippet["id"] == "p1"
    CarePlan.model_validate(snippet["plan"])
    assert found.yaml().startswith("# limit.low glucose: of 4 alerts 2 would be left; lost: 0 of high severity\n")


def test_what_it_would_have_cost_is_said():
    alerts = told("p1", "limit.low", signal="glucose", outcome="true", opened=HOUR + 15 * MINUTE)
    found = advise(PAIR, alerts, dips(50, 49, 40, 38), ANA)
    assert found.patch is not None
    assert found.patch["limits"]["glucose"]["warning_low"] == 49  # the band below 54 moves with it
    assert (found.after, found.high_lost, found.true_lost) == (2, 4, 1)
    assert "4 of high severity, 1 that proved true" in found.yaml()


def test_a_plan_of_ones_own_is_where_the_search_begins():
    plan = CarePlan(limits={"glucose": Limits(alert_low=40, warning_low=65, on_delay="15m", hysteresis=5)})
    found = advise(PAIR, [], dips(66, 64, 63, 60), ANA.model_copy(update={"plan": plan}))
    assert (found.before, found.after) == (3, 1)
    assert found.patch is not None
    assert found.patch["limits"]["glucose"]["warning_low"] == 63


@pytest.mark.parametrize(
    ("pair", "readings", "why"),
    [
        (PAIR, None, "give --readings"),
        (PAIR, glucose([100.0] * 30), "do not come again"),
        (Pair("event.fall", "p1", "", 3, 1, 3, {}), dips(60), "nothing to turn"),
        (Pair("gap.silent", "p1", "", 3, 1, 0, {}), dips(60), "nothing to turn"),
        (Pair("nonsense", "p1", "", 3, 1, 0, {}), dips(60), "nothing to turn"),
    ],
)
def test_where_nothing_can_be_advised_it_says_why(pair: Pair, readings: Readings | None, why: str):
    found = advise(pair, [], readings, ANA)
    assert found.patch is None
    assert why in found.why


def test_every_rule_with_a_threshold_has_a_knob():
    pairs = (("limit.high", "spo2"), ("early_warning", ""), ("gap.missed", "weight"))
    plan = CarePlan(ordered=({"signal": "weight", "every": "1d", "grace": "12h"},))
    for rule, signal in pairs:
        knobs = knobs_for(Pair(rule, "p1", signal, 9, 1, 0, {}))
        assert knobs
        for knob in knobs:
            turned = knob.turned(plan, 1)
            assert turned is None or turned != plan
    (grace,) = knobs_for(Pair("gap.missed", "p1", "weight", 9, 1, 0, {}))
    assert grace.patch(plan, 3) == {"ordered": [{"signal": "weight", "every": "1d", "grace": "15h"}]}
    score = knobs_for(Pair("early_warning", "p1", "", 9, 1, 0, {}))
    assert [k.patch(plan, 1) for k in score] == [
        {"parameters": {"early_warning": {"single": 0}}},
        {"parameters": {"early_warning": {"medium": 6, "single": 0}}},
    ]
    assert score[1].patch(plan, 4) == {"parameters": {"early_warning": {"medium": 9, "high": 9, "single": 0}}}


def test_a_trial_finds_what_a_replay_finds(tmp_path: Path):
    readings = dips(68, 50, 62)
    rows = [
        f"p1,cgm,glucose,{iso(t)},{v},mg/dL\n"
        for t, v in zip(readings.batch.time.tolist(), readings.batch.value.tolist(), strict=True)
    ]
    (tmp_path / "r.csv").write_text("patient,device,signal,time,value,unit\n" + "".join(rows))
    with LongCsv(tmp_path / "r.csv") as csv:
        found = as_alerts(rerun(csv, Agency(id="a", patients=(ANA,)), [Limit()]), ["p1"])
    tried = trial(readings, ANA, ANA.plan, detector=Limit(), rule="limit.low", signal="glucose")
    assert [o.opened for o in tried] == found.start[found.opened].tolist()
    assert [o.severity for o in tried] == [2, 3, 2]


def test_an_alert_is_lost_if_nothing_stands_near_it():
    before = [Opening(0, HOUR, Severity.HIGH), Opening(10 * HOUR, 11 * HOUR, Severity.LOW)]
    assert lost(before, [Opening(90 * MINUTE, 3 * HOUR, Severity.LOW)]) == before[1:]
    assert lost(before, []) == before


def _replayed(folder: Path) -> list[str]:
    readings = dips(68, 66, 62, 60)
    rows = [
        f"p1,cgm,glucose,{iso(t)},{v},mg/dL\n"
        for t, v in zip(readings.batch.time.tolist(), readings.batch.value.tolist(), strict=True)
    ]
    (folder / "r.csv").write_text("patient,device,signal,time,value,unit\n" + "".join(rows))
    done = CliRunner().invoke(app, ["replay", str(folder / "r.csv"), "--out", str(folder / "alerts.jsonl")])
    assert done.exit_code == 0, done.output
    return ["tune", "--alerts", str(folder / "alerts.jsonl"), "--readings", str(folder / "r.csv")]


def test_the_command_reads_a_replay_and_prints_yaml(tmp_path: Path):
    words = _replayed(tmp_path)
    said = json.loads(CliRunner().invoke(app, [*words, "--json", "--budget", "2"]).stdout)
    assert not said["within_budget"]
    advice = next(a for a in said["advice"] if a["rule"] == "limit.low")
    assert (advice["before"], advice["after"], advice["patch"]["limits"]["glucose"]["warning_low"]) == (4, 2, 66)
    shown = CliRunner().invoke(app, words).stdout
    assert "over the budget of 0.25" in " ".join(shown.split())
    assert "warning_low: 66" in shown


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path):
    words = _replayed(tmp_path)
    (tmp_path / "alerts.jsonl").write_text((tmp_path / "alerts.jsonl").read_text().replace('"p1"', '"p9"'))
    refused = CliRunner().invoke(app, words)
    assert "patient 'p9' has no reading" in str(refused.exception)
    alone = CliRunner().invoke(app, words[:3])
    assert "go together" in str(alone.exception)


def test_an_installation_is_weighed_from_its_ledger_and_store(tmp_path: Path):
    now = SystemClock().now()
    readings = dips(68, 66, 62, 60)
    shift = now - 2 * DAY
    with (
        open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger,
        DuckDBReadings(tmp_path / "readings.duckdb") as store,
    ):
        agency = Agency(id="a", patients=(ANA,))
        ledger.import_agency(agency, shift)
        code = store.series.code("p1", "cgm", 6)
        time = readings.batch.time + shift
        store.append(Batch.of([code] * len(time), time, readings.batch.value, time))
        desk = Desk(ledger, ManualClock(shift), agency)
        for at in (1, 3):
            key = FindingKey("limit.low", "p1", "glucose", "cgm")
            for severity, moment in ((Severity.MEDIUM, at), (Severity.CLEAR, at + 1)):
                when = shift + moment * HOUR
                desk.record(Intake(Batch.empty()), [Finding(key, Kind.PHYSIOLOGICAL, severity, when, when)], when)
    (tmp_path / "homevigil.toml").write_text(f'data_dir = "{tmp_path}"\n')
    done = CliRunner().invoke(app, ["tune", "--config", str(tmp_path / "homevigil.toml"), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["alerts"] == 2
    (advice,) = said["advice"]
    assert (advice["before"], advice["after"]) == (4, 2)


def test_advice_without_a_patch_has_words_for_machines_too():
    assert Advice(PAIR, "because").json()["why"] == "because"
