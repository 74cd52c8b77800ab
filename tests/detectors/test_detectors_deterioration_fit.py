"""How the model of ``deterioration`` is fitted: what was planted comes back, and nobody teaches who judges him."""

import numpy as np
import pytest

from bench.risk.curve import Points, cost, within
from bench.risk.fitting import TEACHES, VITALS, Recipe, cross_validated, model, weights
from bench.risk.stays import HORIZON, Read, Stays, features, folds

PATIENTS, STAY, SEPTIC = 90, 48, 30
WELL = np.array([75.0, 97.0, 16.0, 36.8, 125.0, 75.0])
SPREAD = np.array([2.0, 0.5, 1.0, 0.1, 4.0, 3.0])
RECIPE = Recipe(
    features=(("heart_rate", "change", -np.inf), ("temperature", "away", -np.inf), ("spo2", "low_48h", np.inf))
)


def stays(*, pulse: float = 25.0, fever: float = 0.0) -> Stays:
    """Patients of whom some fall ill at the 40th hour; ``pulse`` and ``fever`` is what that adds from its day on."""
    rng = np.random.default_rng(1)
    patient, hour = np.repeat(np.arange(PATIENTS), STAY), np.tile(np.arange(1, STAY + 1), PATIENTS)
    onset = np.where(np.arange(PATIENTS) < SEPTIC, 40, -1)
    value = rng.normal(WELL, SPREAD, (PATIENTS * STAY, len(WELL)))
    ill = (onset[patient] >= 0) & (hour >= 40 - TEACHES)
    value[ill, 0] += pulse
    value[ill, 3] += fever
    return Stays([f"p{i}" for i in range(PATIENTS)], patient, hour, value, onset)


@pytest.fixture(scope="module")
def planted() -> tuple[Stays, Read]:
    made = stays()
    return made, features(made, RECIPE.readings)


def test_the_sign_that_was_planted_carries_the_risk_and_the_others_do_not(planted: tuple[Stays, Read]):
    made, read = planted
    pulse, fever, spo2 = model(made, read.now, RECIPE, weights(made), "m").curves
    assert np.ptp(pulse.points) > 2
    assert max(np.ptp(fever.points), np.ptp(spo2.points)) < np.ptp(pulse.points) / 4


def test_a_curve_keeps_the_shape_that_makes_sense_though_the_data_say_otherwise():
    made = stays(pulse=-25.0)
    pulse, *_ = model(made, features(made, RECIPE.readings).now, RECIPE, weights(made), "m").curves
    assert (np.diff(pulse.points) > -1e-3).all()


def test_the_model_that_has_not_seen_a_patient_finds_him(planted: tuple[Stays, Read]):
    made, read = planted
    run = cross_validated(made, read, RECIPE)
    found, episodes, hours = within(made, run.points, 0.1, episodes=0.1, hours=0.05).figures(made.septic)
    assert found > 0.9
    assert (episodes <= 0.1, hours <= 0.05) == (True, True)


def test_nobody_teaches_the_model_that_judges_him(planted: tuple[Stays, Read]):
    made, read = planted
    dealt = folds(made, RECIPE.folds, RECIPE.seed)
    mine = dealt == 0
    assert sorted(np.unique(dealt).tolist()) == list(range(RECIPE.folds))
    assert [int((made.septic & (dealt == i)).sum()) for i in range(RECIPE.folds)] == [SEPTIC // RECIPE.folds] * 5
    changed = read.now + np.where(mine[made.patient], 50.0, 0.0)[:, None]
    before, after = (cross_validated(made, Read(values, values, read.known), RECIPE) for values in (read.now, changed))
    assert [c.knots.tolist() for c in before.models[0].curves] == [c.knots.tolist() for c in after.models[0].curves]
    assert [c.knots.tolist() for c in before.models[1].curves] != [c.knots.tolist() for c in after.models[1].curves]


def test_each_septic_patients_last_day_weighs_the_same_and_his_other_hours_nothing():
    made = stays()
    weight = weights(made)
    ill = made.septic[made.patient]
    total = np.bincount(made.patient, weight, PATIENTS)
    assert total[made.septic] == pytest.approx(HORIZON + 1)
    assert (weight[ill & ~made.within(TEACHES)] == 0).all()
    assert (weight[~ill] == 1).all()


def test_an_episode_is_a_rise_and_an_alert_in_time_is_found():
    made = stays()
    points = np.full(len(made.patient), -1.0)
    points[(made.patient == 0) & (made.hour == 40 - HORIZON)] = 1.0
    points[(made.patient == PATIENTS - 1) & np.isin(made.hour, (3, 4, 9))] = 1.0
    told = cost(made, Points.of(points, points, np.ones(len(points), bool)), 0.5, 0.0)
    assert told.found.nonzero()[0].tolist() == [0]
    assert (told.episodes[-1], told.hours[-1]) == (2, 3)


def test_no_feature_is_a_matter_of_how_long_or_how_often_somebody_was_watched():
    assert {statistic for _, statistic, _ in VITALS} <= {"now", "change", "away", "low_48h", "high_48h"}
