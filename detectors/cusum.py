"""Tabular CUSUM: whether small deviations of one sign have added up, designed to how rarely chance may do so."""

from typing import Any, Final

import numpy as np

from detectors.columns import Floats, Ints

REFERENCE: Final = 0.5
"""k: half the shift, in standard deviations, that is found fastest: one."""
_CAP: Final = 3.0
"""No single sample counts for more (after the robust CUSUM of Lucas and Crosier, Technometrics 1982)."""
_OVERSHOOT: Final = 1.166


def arl(h: Any, k: float = REFERENCE) -> Any:
    """Samples until chance signals, of a one-sided CUSUM of independent normal noise (Siegmund 1985, p. 27; his
    approximation of the Markov chain's value, within 3 %): (exp(2kb) - 2kb - 1) / 2k², b = h + 1.166.

    >>> round(arl(5.0))
    938
    """
    b = np.asarray(h) + _OVERSHOOT
    return (np.exp(2 * k * b) - 2 * k * b - 1) / (2 * k * k)


def threshold(samples: Any, k: float = REFERENCE) -> Floats:
    """The limit h with that average run length, by Newton's method.

    >>> threshold(938).round(2).tolist()
    5.0
    """
    wanted = 2 * k * k * np.maximum(np.asarray(samples, float), 10.0)
    x = np.log(wanted) + 1
    for _ in range(8):
        x -= (np.exp(x) - x - 1 - wanted) / (np.exp(x) - 1)
    found: Floats = x / (2 * k) - _OVERSHOOT
    return found


def run(z: Floats, k: float = REFERENCE) -> tuple[Floats, Ints]:
    """Of standardised rows [m, n] (NaN counts nothing): the sum at the end, and the column at which it began.

    S = max(0, S + z - k), which is the cumulated sum less its lowest point so far.

    >>> total, began = run(np.array([[0.0, 0.1, 2.5, np.nan, 2.5]]))
    >>> total.tolist(), began.tolist()
    ([4.0], [2])
    """
    steps = np.where(np.isnan(z), 0.0, np.minimum(z, _CAP) - k)
    path = np.cumsum(np.pad(steps, ((0, 0), (1, 0))), axis=1)
    # The last of equal lowest points: the run began after it.
    low = path.shape[1] - 1 - np.argmin(path[:, ::-1], axis=1)
    began = np.minimum(low + _gap(z, low), z.shape[1] - 1)
    return path[:, -1] - path[np.arange(len(path)), low], began


def _gap(z: Floats, low: Ints) -> Ints:
    """Columns without values right after the lowest point."""
    after = (np.arange(z.shape[1]) >= low[:, None]) & ~np.isnan(z)
    return np.where(after.any(axis=1), after.argmax(axis=1) - low, 0)
