"""False alerts of people who are not ill: the simulators are of no use if the healthy alarm."""

import numpy as np
import pytest

from simulators.devices import cgm, hub
from simulators.homes import patient_of
from simulators.patient import Cohort
from tests.simulators.judge import limit_episodes, news2, rises
from vitals.plan import CarePlan
from vitals.times import DAY, MINUTE, parse_time

START = parse_time("2026-11-22T15:00:00Z")
PATIENTS, DAYS = 250, 2


@pytest.fixture(scope="module")
def watched() -> tuple[Cohort, dict[str, np.ndarray]]:
    """Two days of a hub's and a glucose sensor's readings, one a minute: (times, patients) by signal."""
    cohort, rng, rows, models = Cohort(PATIENTS, 3, START), np.random.default_rng(5), [], (hub(), cgm())
    for now in range(START, START + DAYS * DAY, MINUTE):
        cohort.advance(now)
        rows.append(np.concatenate([m.measure(cohort.latest[m.codes], rng) for m in models]))
    names = [s.signal for m in models for s in m.sensors]
    return cohort, dict(zip(names, np.array(rows).transpose(1, 0, 2), strict=True))


def alerts(vital: dict[str, np.ndarray], plan: CarePlan) -> int:
    """Limits crossed for as long as they ask, and every rise of the score to 5 or of one part to 3."""
    crossed = sum(limit_episodes(vital[s], plan.limits_for(s), MINUTE) for s in vital)
    total, three = news2(vital, plan)
    return crossed + rises((total >= 5) | three)


def test_people_without_lung_disease_seldom_alarm_under_default_limits(watched: tuple):
    cohort, vital = watched
    rows = np.flatnonzero(~cohort.traits.copd)
    count = sum(alerts({s: v[:, i] for s, v in vital.items()}, CarePlan()) for i in rows)
    assert count / (len(rows) * DAYS) < 0.2


def test_everybody_seldom_alarms_under_the_plan_the_fleet_gives(watched: tuple):
    cohort, vital = watched
    plans = [patient_of(i, cohort.traits, "Europe/London", (hub(),)).plan for i in range(PATIENTS)]
    count = sum(alerts({s: v[:, i] for s, v in vital.items()}, plan) for i, plan in enumerate(plans))
    assert count / (PATIENTS * DAYS) < 0.2
