"""A cohort of patients whose vital signs hold together, advanced many at a time."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulators.effect import Effects
from simulators.physiology import SIMULATED, VARIATION, Moment, Rows
from simulators.process import Floats, ou_start, ou_step
from simulators.rhythm import LocalTime
from simulators.traits import Traits, draw_traits
from vitals.signals import BY_NAME

ZONES: Final = ("America/New_York", "America/Chicago", "America/Los_Angeles", "Europe/London")

_SD = np.array([sd for sd, _ in VARIATION.values()])[:, None]
_TAU = np.array([float(tau) for _, tau in VARIATION.values()])[:, None]
_LOW = np.array([[BY_NAME[s].low] for s in SIMULATED])
_HIGH = np.array([[BY_NAME[s].high] for s in SIMULATED])


class Cohort:
    """n patients from a seed. ``advance`` moves them to a time and says their true (unmeasured) vital signs.

    Fever drives heart and respiration; lacking oxygen drives both; activity drives heart, respiration and
    pressure; at night heart rate, pressure, respiration and temperature sink, in each one's own time zone.

    >>> cohort = Cohort(3, seed=1, start=1_795_321_260_000)
    >>> vital = cohort.advance(1_795_321_320_000)
    >>> vital["heart_rate"].shape, bool((vital["systolic_bp"] > vital["diastolic_bp"]).all())
    ((3,), True)
    """

    def __init__(self, n: int, seed: int, start: int, zones: Sequence[str] = ZONES) -> None:
        if n < 1:
            raise ValueError(f"patients {n} must be at least 1")
        self._rng = np.random.Generator(np.random.SFC64([seed, 1]))
        self.local = LocalTime(zones)
        self.traits: Traits = draw_traits(n, len(zones), self._rng)
        self._state = ou_start(_SD, (len(VARIATION), n), self._rng)
        self._time = np.full(n, start, np.int64)
        self.latest: Floats = np.zeros((len(SIMULATED), n))
        self.advance(start)

    def __len__(self) -> int:
        return len(self._time)

    def advance(
        self, now: int, rows: NDArray[np.int64] | None = None, effects: Iterable[tuple[int, Effects]] = ()
    ) -> dict[str, Floats]:
        """Vital signs at ``now`` (ms UTC) of ``rows`` (all when None), by signal; never back in time.

        ``effects`` are (patient row, effects of an episode at ``now``) for patients among ``rows``. Temperature and
        SpO2 take theirs before they drive the others. ``latest`` (signal, patient) keeps the newest values of everyone.
        """
        whole: Rows = slice(None) if rows is None else rows
        placed = list(effects) if rows is None else _placed(rows, effects)
        dt = np.maximum(now - self._time[whole], 0)
        step = dt[0] if dt.size and dt[0] == dt.max() == dt.min() else dt
        self._state[:, whole] = ou_step(self._state[:, whole], step, _TAU, _SD, self._rng)
        self._time[whole] += dt
        noise = dict(zip(VARIATION, self._state[:, whole], strict=True))
        hours = self.local.hours(now, self.traits.zone[whole])
        values = Moment(self.traits, whole, hours, noise, placed).vital_signs()
        np.clip(values, _LOW, _HIGH, out=values)
        self.latest[:, whole] = values
        return dict(zip(SIMULATED, values, strict=True))


def _placed(rows: NDArray[np.int64], effects: Iterable[tuple[int, Effects]]) -> list[tuple[int, Effects]]:
    """Each patient's effects at that patient's place in the (sorted) rows."""
    return [(int(np.searchsorted(rows, patient)), effect) for patient, effect in effects]
