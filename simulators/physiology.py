"""How the vital signs hang together at one moment."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulators.effect import Effects
from simulators.process import Floats
from simulators.rhythm import meal_response, sleep, warmth
from simulators.traits import Traits
from vitals.times import DAY, HOUR, MINUTE

Rows = slice | NDArray[np.int64]

SIMULATED: Final = (
    "heart_rate", "spo2", "respiration_rate", "temperature", "systolic_bp", "diastolic_bp", "glucose", "weight",
)  # fmt: skip
"""The signals a cohort has, in this order (the same as their codes in the catalogue)."""

VARIATION: Final = {
    "arousal": (1.0, 20 * MINUTE),
    "activity": (1.0, 12 * MINUTE),
    "heart_rate": (2.0, 4 * MINUTE),
    "spo2": (0.45, 6 * MINUTE),
    "respiration_rate": (0.7, 3 * MINUTE),
    "temperature": (0.07, 2 * HOUR),
    "pressure": (2.6, 45 * MINUTE),
    "glucose": (6.0, 40 * MINUTE),
    "weight": (0.3, 2 * DAY),
}
"""Stationary standard deviation (in the signal's unit) and relaxation time, ms; all chosen."""

PER_DEGREE_HEART: Final = 9.0
"""Beats/min for each Cel of fever: Liebermeister's rule, 8–10."""
PER_DEGREE_BREATH: Final = 2.0
"""Breaths/min for each Cel of fever (chosen)."""
PER_PERCENT_HEART: Final = 1.0
"""Beats/min for each % of SpO2 that is lacking (chosen)."""
PER_PERCENT_BREATH: Final = 0.6
"""Breaths/min likewise (chosen)."""
SPARE_OXYGEN: Final = 2.0
"""How far, in %, SpO2 may fall below the person's own before anything answers (chosen)."""


class Moment:
    """Some patients at one time of their day. ``hours`` local, ``noise`` by name of variation, ``effects`` with the
    patient's place among ``rows``. Coefficients without a name are chosen.
    """

    def __init__(
        self, traits: Traits, rows: Rows, hours: Floats, noise: dict[str, Floats], effects: list[tuple[int, Effects]]
    ) -> None:
        self._traits, self._rows, self._noise, self._effects = traits, rows, noise, effects
        self._hours = hours - self._own("chronotype")
        self._asleep = sleep(self._hours)
        self._active = np.clip((noise["activity"] - 0.6) / 1.6, 0, 1) * (1 - self._asleep)
        self._arousal = noise["arousal"] * (1 - 0.6 * self._asleep)

    def vital_signs(self) -> Floats:
        """Every signal of SIMULATED, (signals, patients). Temperature and SpO2 first: they drive heart and breath."""
        normal = self._own("temperature") + 0.25 * warmth(self._hours)
        temperature = self._affected("temperature", normal + self._noise["temperature"])
        fever = temperature - normal
        spo2 = np.minimum(self._affected("spo2", self._spo2()), 100)
        lacking = np.clip(self._own("spo2") - SPARE_OXYGEN - spo2, 0, 25)
        heart, breath = self._heart(fever, lacking), self._breath(fever, lacking)
        systolic, diastolic = self._pressures()
        return np.stack((heart, spo2, breath, temperature, systolic, diastolic, self._glucose(), self._weight()))

    def _own(self, trait: str) -> Floats:
        column: Floats = getattr(self._traits, trait)[self._rows]
        return column

    def _affected(self, signal: str, values: Floats) -> Floats:
        for at, effect in self._effects:
            if signal in effect:
                scale, offset = effect[signal]
                values[at] = values[at] * scale.item() + offset.item()
        return values

    def _spo2(self) -> Floats:
        exertion = self._active * (0.6 + 0.8 * self._own("copd"))
        return self._own("spo2") - 0.5 * self._asleep - exertion + self._noise["spo2"]

    def _heart(self, fever: Floats, lacking: Floats) -> Floats:
        """Light activity takes a fifth of the heart-rate reserve."""
        rest = self._own("heart_rate") * (1 - 0.09 * self._asleep) + 0.20 * self._own("reserve") * self._active
        driven = PER_DEGREE_HEART * fever + PER_PERCENT_HEART * lacking
        return self._affected("heart_rate", rest + driven + 1.5 * self._arousal + self._noise["heart_rate"])

    def _breath(self, fever: Floats, lacking: Floats) -> Floats:
        rest = self._own("respiration_rate") * (1 - 0.08 * self._asleep) + 2.5 * self._active
        driven = PER_DEGREE_BREATH * fever + PER_PERCENT_BREATH * lacking
        return self._affected("respiration_rate", rest + driven + self._noise["respiration_rate"])

    def _pressures(self) -> tuple[Floats, Floats]:
        """Systolic and diastolic move together; at least 15 mm[Hg] stay between them."""
        night, drift = 1 - self._own("dip") * self._asleep, self._noise["pressure"]
        systolic = self._own("systolic_bp") * night + 9 * self._active + 2.5 * self._arousal + drift
        diastolic = self._own("diastolic_bp") * night + 3 * self._active + 1.2 * self._arousal + 0.5 * drift
        systolic = self._affected("systolic_bp", systolic)
        return systolic, np.minimum(self._affected("diastolic_bp", diastolic), systolic - 15)

    def _glucose(self) -> Floats:
        meals = self._own("meal") * meal_response(self._hours, self._own("meal_peak"))
        wander = self._noise["glucose"] * (1 + 0.8 * self._own("diabetes"))
        return self._affected("glucose", self._own("glucose") + meals + wander)

    def _weight(self) -> Floats:
        """What is drunk and eaten by day weighs a little in the evening."""
        return self._affected("weight", self._own("weight") + self._noise["weight"] + 0.3 * warmth(self._hours))
