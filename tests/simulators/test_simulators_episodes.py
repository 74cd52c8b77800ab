import numpy as np
import pytest

from simulators.devices import cgm, hub
from simulators.episodes import EPISODES, Dehydration, Episode, Fall, HeartFailure, Hypoglycaemia, Sepsis, episode_named
from simulators.episodes.base import quick
from simulators.patient import Cohort
from simulators.physiology import SIMULATED
from tests.simulators.judge import held, news2
from vitals.intake import EventType
from vitals.plan import CarePlan
from vitals.times import DAY, HOUR, MINUTE, parse_time

START = parse_time("2026-11-22T15:00:00Z")
PLAN = CarePlan()


def course(
    episode: Episode, *, patients: int = 40, step: int = MINUTE, span: int | None = None
) -> dict[str, np.ndarray]:
    """What a hub and a glucose sensor show of patients who all have the episode: (times, patients) by signal."""
    cohort, rng, rows = Cohort(patients, 21, START), np.random.default_rng(3), []
    sensors = [hub(), cgm()]
    for now in range(START, START + (span or episode.duration), step):
        effect = episode.effect(now)
        cohort.advance(now, effects=[(i, effect) for i in range(patients)])
        rows.append(np.concatenate([m.measure(cohort.latest[m.codes], rng) for m in sensors]))
    names = [s.signal for m in sensors for s in m.sensors]
    return dict(zip(names, np.array(rows).transpose(1, 0, 2), strict=True))


@pytest.mark.parametrize("kind", EPISODES, ids=lambda kind: kind.name)
def test_effects_begin_at_the_onset_and_are_over_at_the_end(kind: type[Episode]):
    episode = kind(onset=START)
    assert set(episode.effect(START)) <= set(SIMULATED)
    for t in (START - DAY, START - 1, episode.end, episode.end + DAY):
        for effect in episode.effect(t).values():
            assert effect.scale == pytest.approx(1)
            assert effect.offset == pytest.approx(0)
    full = episode.effect(START + episode.ramp)
    assert any(effect.offset.item() != 0 for effect in full.values())


@pytest.mark.parametrize("kind", EPISODES, ids=lambda kind: kind.name)
def test_effects_are_pure_and_vectorised_in_time(kind: type[Episode]):
    episode = kind(onset=START)
    times = np.linspace(START - HOUR, episode.end + HOUR, 50).astype(np.int64)
    together = episode.effect(times)
    for i, t in enumerate(times.tolist()):
        alone = episode.effect(t)
        assert {s: (e.scale[i], e.offset[i]) for s, e in together.items()} == {
            s: (e.scale[0], e.offset[0]) for s, e in alone.items()
        }


@pytest.mark.parametrize("kind", EPISODES, ids=lambda kind: kind.name)
def test_what_is_detectable_is_expected(kind: type[Episode]):
    assert {rule for rule, _ in kind.expected} >= set(kind.detectable)


@pytest.mark.parametrize("kind", [k for k in EPISODES if "limit" in k.detectable], ids=lambda kind: kind.name)
def test_quick_episodes_cross_the_default_limits_they_name_in_everybody(kind: type[Episode]):
    seen = course(quick(kind, START))
    for rule, signal in kind.expected:
        if rule == "limit":
            limits, step = PLAN.limits_for(signal), MINUTE
            low = -np.inf if limits.warning_low is None else limits.warning_low
            high = np.inf if limits.warning_high is None else limits.warning_high
            for values in seen[signal].T:
                assert held((values < low) | (values > high), limits, step), signal


@pytest.mark.parametrize("kind", [k for k in EPISODES if "early_warning" in k.detectable], ids=lambda kind: kind.name)
def test_quick_episodes_raise_the_early_warning_score_in_everybody(kind: type[Episode]):
    seen = course(quick(kind, START))
    for i in range(40):
        total, three = news2({s: v[:, i] for s, v in seen.items()}, PLAN)
        assert total.max() >= 5 or three.any()


def test_sepsis_scores_high_in_nearly_everybody():
    seen = course(quick(Sepsis, START))
    worst = [news2({s: v[:, i] for s, v in seen.items()}, PLAN)[0].max() for i in range(40)]
    assert np.mean(np.array(worst) >= 7) > 0.9


def test_hypoglycaemia_is_under_54_long_enough_to_be_told_as_dangerous():
    seen = course(quick(Hypoglycaemia, START, ramp=10 * MINUTE))
    limits = PLAN.limits_for("glucose")
    assert all(held(values < limits.alert_low, limits, MINUTE) for values in seen["glucose"].T)


def test_heart_failure_shows_as_two_kilograms_in_three_days():
    episode = HeartFailure(onset=START)
    offset = episode.effect(np.array([START + DAY // 2, START + DAY // 2 + 3 * DAY]))["weight"].offset
    assert offset[1] - offset[0] > 2


def test_slow_episodes_claim_no_detector():
    assert HeartFailure.detectable == () == Dehydration.detectable


def test_a_fall_says_so_once_at_its_onset():
    assert Fall(onset=START).events() == ((START, EventType.FALL),)
    assert Sepsis(onset=START).events() == ()


def test_severity_scales():
    mild, full = (Sepsis(onset=START, severity=s).effect(START + 8 * HOUR) for s in (0.5, 1.0))
    assert mild["temperature"].offset * 2 == pytest.approx(full["temperature"].offset)


def test_impossible_courses_are_refused():
    with pytest.raises(ValueError, match="sepsis: ramp 6h and recovery 12h do not fit into duration 1h"):
        Sepsis(onset=START, duration=HOUR)
    with pytest.raises(ValueError, match="severity 3"):
        Sepsis(onset=START, severity=3)
    with pytest.raises(KeyError, match="one of sepsis"):
        episode_named("flu")
