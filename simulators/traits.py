"""Who the simulated patients are: age, illnesses, and each one's own resting values."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.process import Floats

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """What does not change while we watch; every column has one entry a patient.

    Signals' columns are resting daytime values in the signal's unit. ``reserve`` is what activity can add to the
    heart rate; ``dip`` the share by which pressure falls at night; ``chronotype`` how many hours late this person
    lives; ``meal`` the rise of glucose after one meal and ``meal_peak`` after how many hours.
    """

    age: Floats
    copd: Flags
    heart_failure: Flags
    diabetes: Flags
    hypertension: Flags
    heart_rate: Floats
    spo2: Floats
    respiration_rate: Floats
    temperature: Floats
    systolic_bp: Floats
    diastolic_bp: Floats
    glucose: Floats
    weight: Floats
    reserve: Floats
    dip: Floats
    chronotype: Floats
    meal: Floats
    meal_peak: Floats
    zone: NDArray[np.int64]


def draw_traits(n: int, zones: int, rng: np.random.Generator) -> Traits:
    """Draw n patients of a home-care agency, from the distributions below; same generator, same patients.

    Chosen: age N(79, 8) within 60–97; COPD 12 %, heart failure 14 %, diabetes 27 %, hypertension 65 %, all
    independent; every resting value a normal clipped to what a *stable, treated* person shows, so that default
    limits are seldom crossed without an episode. From the literature: maximal heart rate 208 - 0.7·age (Tanaka,
    Monahan and Seals, J Am Coll Cardiol 37 (2001) 153); most people's pressure dips 10 % or more at night, some
    people's does not (O'Brien, Sheridan and O'Malley, Lancet 1988).

    >>> traits = draw_traits(4, 2, np.random.default_rng(7))
    >>> bool((traits.age >= 60).all()), traits.zone.shape
    (True, (4,))
    """
    normal = _Normal(rng, n)
    age = normal(79, 8, 60, 97)
    copd, failing, diabetes, tense = (rng.random(n) < share for share in (0.12, 0.14, 0.27, 0.65))
    old = age - 79
    heart = normal(71 + 3 * failing + 2 * copd, 5, 63, 84)
    systolic = normal(125 + 8 * tense - 3 * failing + 0.15 * old, 4, 120, 141)
    return Traits(
        age=age,
        copd=copd,
        heart_failure=failing,
        diabetes=diabetes,
        hypertension=tense,
        heart_rate=heart,
        spo2=np.where(copd, normal(91.6, 0.6, 90.3, 93), normal(97 - 0.6 * failing, 0.6, 95.9, 98.6)),
        respiration_rate=normal(15 + 2 * copd + 0.8 * failing, 0.9, 13, 18),
        temperature=normal(36.6 - 0.004 * old, 0.15, 36.25, 36.95),
        systolic_bp=systolic,
        diastolic_bp=normal(75 + 0.25 * (systolic - 125) - 0.1 * old, 3, 69, 88),
        glucose=np.where(diabetes, normal(132, 12, 112, 160), normal(97, 6, 87, 110)),
        weight=normal(74 + 6 * diabetes, 13, 46, 125),
        reserve=208 - 0.7 * age - heart,
        dip=normal(np.where(tense, 0.07, 0.09), 0.025, 0.0, 0.11),
        chronotype=normal(0, 0.7, -2, 2),
        meal=np.where(diabetes, normal(48, 8, 25, 65), normal(28, 6, 12, 45)),
        meal_peak=np.where(diabetes, 1.2, 0.75),
        zone=rng.integers(0, zones, n),
    )


class _Normal:
    """Draws clipped normals, one a patient."""

    def __init__(self, rng: np.random.Generator, n: int) -> None:
        self._rng, self._n = rng, n

    def __call__(self, mean: object, sd: float, low: float, high: float) -> Floats:
        drawn = np.asarray(mean, np.float64) + sd * self._rng.standard_normal(self._n)
        return np.clip(drawn, low, high)
