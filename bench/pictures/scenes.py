"""The scenes: for every detector a series that it finds something in. Seeded, so that they are always the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vitals.signals import BY_NAME
from vitals.times import DAY, HOUR, MINUTE

START: Final = 1_772_323_200_000
"""2026-03-01T00:00Z."""
Shape = Callable[[NDArray[Any]], Any]
"""Values at times, in hours since the start."""


@dataclass(frozen=True, slots=True)
class Curve:
    """How a signal is measured: how often (ms), how it goes, and its noise; NaN where it is not measured."""

    every: int
    shape: Shape
    noise: float = 0.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What one detector is shown. ``looked`` is how far back, ms, it looks when it judges; ``shown`` from when on the
    picture shows it; ``pressed`` when the help button is pressed.
    """

    detector: str
    caption: str
    curves: Mapping[str, Curve]
    length: int
    looked: int
    step: int = 5 * MINUTE
    shown: int = 0
    pressed: tuple[int, ...] = ()
    ordered: Mapping[str, int] = field(default_factory=dict)
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By signal: what a line across the picture is called, and where it lies."""

    def visible(self) -> dict[str, tuple[NDArray[Any], NDArray[Any]]]:
        """What of the series the picture shows."""
        whole = self.series().items()
        return {name: (t[t >= START + self.shown], v[t >= START + self.shown]) for name, (t, v) in whole}

    def series(self) -> dict[str, tuple[NDArray[Any], NDArray[Any]]]:
        """By signal: times in ms and values."""
        rng, found = np.random.default_rng(7), {}
        for name, curve in self.curves.items():
            time = np.arange(curve.every, self.length, curve.every)
            value = curve.shape(time / HOUR) + rng.normal(0, 1, len(time)) * curve.noise
            kept = ~np.isnan(value)
            low, high = BY_NAME[name].low, BY_NAME[name].high
            value = np.where(value == 0, 0, np.clip(np.round(value, 1), low, high))
            found[name] = START + time[kept], value[kept]
        return found


def _between(hours: Any, begin: float, end: float) -> Any:
    return (hours >= begin) & (hours < end)


def _daily(hours: Any) -> Any:
    """One up at four in the afternoon, minus one at four in the morning."""
    return np.cos(2 * np.pi * (hours - 16) / 24)


SCENES: Final = (
    Scene(
        "event", "The help button is pressed: high at once, until a person closes it.",
        {"heart_rate": Curve(2 * MINUTE, lambda h: 78 + 14 * (h > 1), 2)}, 2 * HOUR, 0, pressed=(HOUR,),
    ),
    Scene(
        "limit", "Below its limits for its delay: medium, then high; cleared inside them for a minute.",
        {"spo2": Curve(MINUTE, lambda h: 96 - 5.5 * _between(h, 1, 1.5) - 10 * _between(h, 1.5, 2), 0.4)},
        3 * HOUR, MINUTE, limits={"spo2": {"warning": 92, "alert": 88}},
    ),
    Scene(
        "rate_of_change", "The newer part of the window has moved from the older, and stays; exercise does not.",
        {"heart_rate": Curve(MINUTE, lambda h: 68 + 50 * _between(h, 1, 1.3) + 42 * _between(h, 2.5, 4), 2)},
        6 * HOUR, 55 * MINUTE,
    ),
    Scene(
        "early_warning", "NEWS2 of the newest values: each alone is no alarm, together they are.",
        {
            "heart_rate": Curve(10 * MINUTE, lambda h: 76 + 22 * _between(h, 2, 5), 2),
            "respiration_rate": Curve(10 * MINUTE, lambda h: 15 + 7.5 * _between(h, 2.5, 5), 0.5),
            "spo2": Curve(10 * MINUTE, lambda h: 97 - 4.5 * _between(h, 3, 5), 0.3),
        },
        7 * HOUR, 10 * MINUTE,
    ),
    Scene(
        "gap", "An ordered measurement that does not come: told after its grace, cleared by the next reading.",
        {"spo2": Curve(20 * MINUTE, lambda h: np.where(_between(h, 3, 6.5), np.nan, 97), 0.5)},
        9 * HOUR, 90 * MINUTE, ordered={"spo2": HOUR},
    ),
    Scene(
        "quality", "A probe that is off sends zeros: technical, never a saturation.",
        {"spo2": Curve(MINUTE, lambda h: np.where(_between(h, 1, 4), 0.0, 96 + np.round(h * 60) % 3), 0)},
        6 * HOUR, 90 * MINUTE,
    ),
    Scene(
        "trend", "Weight rises by more than a scale errs: two kilograms in three days.",
        {"weight": Curve(DAY, lambda h: 80 + 0.7 * np.clip(h / 24 - 9, 0, 6), 0.15)}, 20 * DAY, 3 * DAY, HOUR,
    ),
    Scene(
        "baseline_shift", "A shift from the patient's own level, which is learned for each quarter of the day.",
        {"heart_rate": Curve(HOUR, lambda h: 66 + 5 * _daily(h) + 16 * _between(h, 15 * 24, 18 * 24), 1.5)},
        20 * DAY, 14 * DAY, HOUR,
    ),
    Scene(
        "night_desaturation", "The share of last night below 90 %, against the patient's own nights.",
        {"spo2": Curve(6 * MINUTE, lambda h: 95.5 - 6.5 * (_between(h, 9 * 24 - 2, 9 * 24 + 6) & (h % 2 < 1)), 0.7)},
        10 * DAY, 8 * HOUR, HOUR, shown=7 * DAY,
    ),
    Scene(
        "glucose_pattern", "Below 70 in a night, then in more of them (night); and for too much of two weeks (below).",
        {"glucose": Curve(15 * MINUTE, lambda h: 125 + 25 * _daily(h) - 45 * (_between(h % 24, 2, 4) & (h > 96)), 5)},
        12 * DAY, 6 * HOUR, HOUR, shown=3 * DAY, limits={"glucose": {"low": 70}},
    ),
    Scene(
        "deterioration", "Several signals drift together; when it speaks first none of them is beyond a limit.",
        {
            "heart_rate": Curve(HOUR, lambda h: 74 + 4 * _daily(h) + 26 * np.clip((h - 120) / 30, 0, 1), 2),
            "respiration_rate": Curve(HOUR, lambda h: 15 + 8 * np.clip((h - 120) / 30, 0, 1), 0.8),
            "temperature": Curve(HOUR, lambda h: 36.7 + 1.9 * np.clip((h - 120) / 30, 0, 1), 0.1),
            "spo2": Curve(HOUR, lambda h: 96.5 - 4 * np.clip((h - 120) / 30, 0, 1), 0.4),
            "systolic_bp": Curve(HOUR, lambda h: 130 - 28 * np.clip((h - 120) / 30, 0, 1), 4),
        },
        8 * DAY, DAY, HOUR, shown=3 * DAY,
    ),
)  # fmt: skip
