"""Deterioration: sums of named shares, rising with illness, silent about what is missing, and pure."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from detectors.columns import Floats
from detectors.deterioration import Deterioration
from detectors.risk_features import FRESH, HOURS, QUANTITIES, SIGNALS, STATISTICS, Reading, parts, read
from detectors.risk_model import FORMAT, Curve, RiskModel, named
from detectors.slow import Panels
from detectors.windows import HIGHEST, Marks
from tests.detectors.kit import T0, agency, row
from tests.detectors.slow_kit import Home
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import HOUR, MINUTE

WELL = (72.0, 97.0, 15.0, 36.7, 126.0, 74.0)
ILL = (128.0, 88.0, 31.0, 39.4, 86.0, 44.0)
MODELS = ("vitals", *(f"fold_{i}" for i in range(1, 6)))
DETECTOR = Deterioration()


def course(*levels: tuple[float, ...], hours: int = HOURS) -> Floats:
    """[1, s, H]: from the first set of signs to the last, evenly, with a little of life's variation."""
    at = np.linspace(0, len(levels) - 1, hours)
    signs = np.stack([np.interp(at, range(len(levels)), column) for column in zip(*levels, strict=True)])
    return (signs + np.random.default_rng(1).normal(0, 0.2, signs.shape))[None]


def panels(mean: Floats, detector: Deterioration = DETECTOR) -> Panels:
    plan = dict(zip(detector.columns, detector.row(CarePlan()), strict=True))
    return Panels(
        T0, mean, np.full(len(mean), HOURS), {name: np.full(len(mean), value) for name, value in plan.items()}
    )


def marks(mean: Floats, detector: Deterioration = DETECTOR) -> Marks:
    (found,) = detector.scan(panels(mean, detector))
    return found


def without(mean: Floats, *signals: str, since: int = 0) -> Floats:
    """The panel with these signals missing from ``since`` hours before its end (0: all the time)."""
    mean = mean.copy()
    for signal in signals:
        mean[:, SIGNALS.index(signal), -since or None :] = np.nan
    return mean


def odds(mean: Floats) -> float:
    return float(DETECTOR.points(mean).sum())


def test_the_well_are_clear_and_the_ill_are_high():
    assert marks(course(WELL)).ceiling.tolist() == [0]
    assert marks(course(WELL, ILL)).floor.tolist() == [int(Severity.HIGH)]


def test_risk_rises_on_the_way_from_well_to_ill():
    way = [tuple(w + share * (i - w) for w, i in zip(WELL, ILL, strict=True)) for share in (0, 0.25, 0.5, 0.75, 1)]
    found = [odds(course(WELL, end)) for end in way]
    assert found == sorted(found)


@pytest.mark.parametrize("signal", ["heart_rate", "spo2", "respiration_rate", "temperature"])
def test_each_sign_alone_raises_the_risk(signal: str):
    place = SIGNALS.index(signal)
    worse = tuple(ILL[i] if i == place else well for i, well in enumerate(WELL))
    assert odds(course(WELL, worse)) > odds(course(WELL)) + 0.2


def test_nothing_measured_says_nothing():
    found = marks(np.full((3, len(SIGNALS), HOURS), np.nan))
    assert (found.floor.tolist(), found.ceiling.tolist()) == ([0] * 3, [HIGHEST] * 3)


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_sign_that_is_never_measured_opens_nothing(signal: str):
    assert marks(without(course(WELL), signal)).floor.tolist() == [0]


def test_with_too_few_signs_nothing_opens_and_nothing_ends():
    for way in (course(WELL, ILL), course(WELL)):
        found = marks(without(way, *SIGNALS[2:]))
        assert (found.floor.tolist(), found.ceiling.tolist()) == ([0], [HIGHEST])


def test_that_bad_signs_are_no_longer_measured_ends_nothing():
    calm = tuple(
        WELL[i] if signal in ("heart_rate", "systolic_bp", "diastolic_bp") else ILL[i]
        for i, signal in enumerate(SIGNALS)
    )
    gone = without(course(calm), "respiration_rate", "temperature", "spo2", since=30)
    assert marks(gone).floor.tolist() == [0]
    assert marks(gone).ceiling[0] > 0
    assert DETECTOR.points(gone, fresh=HOURS).sum() > odds(gone) + 0.5


def test_a_level_ends_lower_than_it_opens():
    steps = np.linspace(0, 1, 200)
    ways = np.concatenate([course(WELL, tuple(w + s * (i - w) for w, i in zip(WELL, ILL, strict=True))) for s in steps])
    found = marks(ways)
    assert ((found.floor == 0) & (found.ceiling == int(Severity.MEDIUM))).any()
    assert ((found.floor == int(Severity.MEDIUM)) & (found.ceiling == HIGHEST)).any()
    assert (found.floor <= found.ceiling).all()


def test_spot_readings_of_a_healthy_person_are_clear():
    home = np.full((1, len(SIGNALS), HOURS), np.nan)
    home[..., [-1, -14, -25, -38, -49]] = course(WELL)[..., [-1, -14, -25, -38, -49]]
    found = marks(without(home, "respiration_rate", "spo2"))
    assert (found.floor.tolist(), found.ceiling.tolist()) == ([0], [0])


def values() -> st.SearchStrategy[Floats]:
    def one(seed: int, missing: float) -> Floats:
        rng = np.random.default_rng(seed)
        mean = (
            np.array(WELL)[:, None] + rng.normal(0, 1, (4, len(SIGNALS), HOURS)) * np.array([[20, 4, 6, 1, 25, 15]]).T
        )
        return np.where(rng.random(mean.shape) < missing, np.nan, mean)

    return st.builds(one, st.integers(0, 10_000), st.floats(0, 1))


@settings(max_examples=30, deadline=None)
@given(values())
def test_patients_do_not_matter_to_each_other(mean: Floats):
    whole, order = marks(mean), np.array([2, 0, 3, 1])
    assert marks(mean[order]).floor.tolist() == whole.floor[order].tolist()
    alone = [marks(mean[i : i + 1]) for i in range(len(mean))]
    assert [m.floor[0] for m in alone] == whole.floor.tolist()
    assert [m.ceiling[0] for m in alone] == whole.ceiling.tolist()


@settings(max_examples=30, deadline=None)
@given(values())
def test_shares_add_up_to_the_odds_and_the_evidence_is_json(mean: Floats):
    found = DETECTOR.evidence(panels(mean), 0, 0, int(Severity.MEDIUM), T0)
    assert json.loads(json.dumps(found)) == found
    shares = sum(part["points"] for part in found["contributions"])
    assert shares == pytest.approx(odds(mean[:1]), abs=0.06 * len(QUANTITIES))
    assert 0 <= found["risk"] <= 1
    assert [p["points"] for p in found["contributions"]] == sorted(
        (p["points"] for p in found["contributions"]), reverse=True
    )


def test_evidence_names_the_worst_sign_what_is_missing_and_how_old_the_rest_is():
    feverish = tuple(39.6 if s == "temperature" else w for s, w in zip(SIGNALS, WELL, strict=True))
    way = without(without(course(WELL, feverish), "spo2"), "systolic_bp", "diastolic_bp", since=30)
    found = DETECTOR.evidence(panels(way), 0, 0, int(Severity.MEDIUM), T0)
    worst = found["contributions"][0]
    assert (worst["signal"], worst["of"]) == ("temperature", ["temperature"])
    assert worst["value"] > worst["baseline"] + 0.5
    assert found["missing"] == ["spo2", "systolic_bp", "diastolic_bp"]
    assert found["incomplete"]
    assert (found["ages"]["systolic_bp"], found["ages"]["temperature"]) == (30 * HOUR, 0)
    assert "spo2" not in found["ages"]


@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_there_and_reads_back(name: str):
    model = named(name)
    assert model.name == name
    assert RiskModel.of(json.loads(json.dumps(model.json()))).json() == model.json()
    assert Deterioration(model=name).points(course(WELL)).shape == (1, len(model.curves))


def test_a_model_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ValidationError, match=r"fold_1.*vitals"):
        Deterioration(model="nothing")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"knots": [1.0, 1.0], "points": [0.0, 1.0]}, "must ascend"),
        ({"knots": [1.0], "points": [0.0]}, "2 up"),
        ({"knots": [1.0, 2.0], "points": [0.0, float("nan")]}, "no numbers"),
        ({"quantity": "mood"}, "mood.now is no feature"),
    ],
)
def test_a_broken_curve_is_refused(change: dict[str, object], fault: str):
    curve = {"quantity": "spo2", "statistic": "now", "knots": [80.0, 95.0], "points": [1.0, 0.0]}
    with pytest.raises(ValueError, match=fault):
        RiskModel.of({"format": FORMAT, "name": "m", "prior": -4, "horizon": HOUR, "curves": [curve | change]})


def test_another_format_is_refused():
    with pytest.raises(ValueError, match="fit the model again"):
        RiskModel.of({"format": 0})


def test_a_missing_value_adds_no_points():
    curve = Curve(Reading("spo2", "now"), np.array([90.0, 96.0]), np.array([0.6, -0.1]))
    assert curve.at(np.array([np.nan])).tolist() == [0.0]


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("statistic", STATISTICS)
def test_a_steady_sign_reads_the_same_by_every_statistic(quantity: str, statistic: str):
    mean = np.repeat(np.array(WELL)[None, :, None], HOURS, axis=2)
    (newest,) = read(mean, [Reading(quantity, "newest")])[0]
    (found,) = read(mean, [Reading(quantity, statistic)])[0]
    assert found == pytest.approx(0 if statistic in ("change", "away") else newest)
    missing = without(mean, *parts(quantity), since=FRESH)
    assert np.isnan(read(missing, [Reading(quantity, statistic)])).all()


def test_in_a_bank_it_opens_as_the_patient_worsens_and_ends_when_he_is_well():
    home = Home(agency(p1=CarePlan()), detectors=(DETECTOR,))
    way = np.concatenate(
        [course(WELL, hours=24), course(WELL, ILL, hours=12), course(ILL, WELL, hours=8), course(WELL)], axis=2
    )
    for hour, signs in enumerate(way[0].T):
        at = T0 + hour * HOUR + 30 * MINUTE
        home.feed([row(signal, at, float(value)) for signal, value in zip(SIGNALS, signs, strict=True)], at)
        home.sweep(T0 + (hour + 1) * HOUR + 3 * MINUTE)
    levels = [int(finding.severity) for finding in home.found]
    assert levels[:2] in ([2, 3], [3, 2])
    assert levels[-1] == 0
    assert len(levels) <= 4
    assert {finding.key.rule for finding in home.found} == {"deterioration"}


@settings(max_examples=30, deadline=None)
@given(values())
def test_a_level_never_ends_while_what_was_measured_before_says_that_it_holds(mean: Floats):
    bad = (DETECTOR.points(mean, fresh=HOURS).sum(axis=1) >= np.log(DETECTOR.high)).nonzero()[0]
    assert (marks(mean).ceiling[bad] == HIGHEST).all()
