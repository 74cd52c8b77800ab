"""The Ornstein–Uhlenbeck process: variation that remembers, exact for any step."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def ou_step(state: Floats, dt: Any, tau: Any, sd: Any, rng: np.random.Generator) -> Floats:
    """Advance stationary zero-mean processes by ``dt``; same law whether a step is taken whole or in parts.

    ``state`` (k, n) for k processes of n patients; ``dt`` >= 0 broadcastable to (n,); ``tau`` relaxation time in
    the unit of ``dt`` and ``sd`` stationary standard deviation, broadcastable to (k, n).
    The exact transition is ``x·e + sd·sqrt(1 - e²)·N(0, 1)`` with ``e = exp(-dt/tau)`` (Gillespie, Phys Rev E 54,
    1996, 2084), an AR(1) whose coefficient follows the step.

    >>> x = np.ones((1, 2))
    >>> ou_step(x, 0, 60.0, 1.0, np.random.default_rng(1)).tolist()
    [[1.0, 1.0]]
    """
    ratio = np.asarray(dt, np.float64) / tau
    kick = sd * np.sqrt(-np.expm1(-2 * ratio))
    moved: Floats = rng.standard_normal(state.shape, np.float32) * kick  # float32: faster, and finer than any device
    moved += state * np.exp(-ratio)
    return moved


def ou_start(sd: Any, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """A draw from the stationary law, (k, n): where a process stands before anybody looks."""
    return np.asarray(sd * rng.standard_normal(shape), np.float64)
