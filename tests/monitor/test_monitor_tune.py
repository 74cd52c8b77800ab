"""Tuning: alerts against a budget, the noisiest rules of patients, and what would halve them at what cost."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from detectors.limit import Limit
from monitor.evaluation.rerun import as_alerts, rerun
from monitor.longcsv import LongCsv
from monitor.tuning.advice import Advice, advise
from monitor.tuning.burden import Pair, Told, burden, told_of
from monitor.tuning.knobs import knobs_for
from monitor.tuning.trial import Opening, Readings, lost, trial
from tests.monitor.glucose_dips import ANA, PAIR, YEAR_2026, csv_rows, dips, glucose
from vitals.agency import Agency
from vitals.finding import Severity
from vitals.plan import CarePlan, Limits
from vitals.times import DAY, HOUR, MINUTE


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
    (tmp_path / "r.csv").write_text(csv_rows(readings))
    with LongCsv(tmp_path / "r.csv") as csv:
        found = as_alerts(rerun(csv, Agency(id="a", patients=(ANA,)), [Limit()]), ["p1"])
    tried = trial(readings, ANA, ANA.plan, detector=Limit(), rule="limit.low", signal="glucose")
    assert [YEAR_2026 + o.opened for o in tried] == found.start[found.opened].tolist()
    assert [o.severity for o in tried] == [2, 3, 2]


def test_an_alert_is_lost_if_nothing_stands_near_it():
    before = [Opening(0, HOUR, Severity.HIGH), Opening(10 * HOUR, 11 * HOUR, Severity.LOW)]
    assert lost(before, [Opening(90 * MINUTE, 3 * HOUR, Severity.LOW)]) == before[1:]
    assert lost(before, []) == before


def test_advice_without_a_patch_has_words_for_machines_too():
    assert Advice(PAIR, "because").json()["why"] == "because"
