"""Theil-Sen slope and Mann-Kendall test of many short series at once, with gaps, ties and autocorrelation."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.special import erfc

from detectors.bins import filled, median
from detectors.columns import Floats

_LONG: Final = 10
"""From so many values on autocorrelation can be estimated at all; shorter series are tested as they are."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Of m series: ``slope`` per unit of x, NaN where fewer than two values; ``p`` two-sided; ``count`` of values."""

    slope: Floats
    p: Floats
    count: Any

    def change(self, length: float) -> Floats:
        """What the line rises over a length of x."""
        return self.slope * length


def fit(y: Floats) -> Fit:
    """Slope and significance of each row of ``y`` [m, n] on an even grid; NaN are gaps.

    *Slope*: median of all pairs' slopes (Theil 1950; Sen, JASA 1968); up to 29 % of values may be odd. *Test*:
    Mann-Kendall's S with the variance for ties (Kendall 1975) and continuity correction; from 10 values on the
    variance is corrected for autocorrelation of the detrended ranks (Hamed and Rao, J Hydrol 1998), never downwards.

    >>> found = fit(np.array([[1.0, 2.0, np.nan, 4.0, 5.0, 7.0], [3.0, 3.0, 3.0, 3.0, 3.0, 3.0]]))
    >>> found.slope.tolist(), found.p.round(3).tolist()
    ([1.0, 0.0], [0.027, 1.0])
    """
    left, right = np.triu_indices(y.shape[1], 1)
    rise = y[:, right] - y[:, left]
    slope = median(rise / (right - left))
    s = np.nansum(np.sign(rise), axis=1)
    spread = np.sqrt(_variance(y) * _inflation(y, slope))
    z = np.maximum(np.abs(s) - 1, 0) / np.where(spread > 0, spread, np.inf)
    return Fit(slope, erfc(z / np.sqrt(2)), filled(y))


def _variance(y: Floats) -> Floats:
    """Variance of S under no trend. Summed over values, t² - 1 with t equal ones counts each tie group's t(t² - 1)."""
    n = filled(y).astype(float)
    tied = (y[:, :, None] == y[:, None, :]).sum(axis=2)
    ties = np.where(tied > 0, (tied - 1) * (2 * tied + 5), 0).sum(axis=1)
    found: Floats = (n * (n - 1) * (2 * n + 5) - ties) / 18
    return found


def _inflation(y: Floats, slope: Floats) -> Floats:
    """n/n* of Hamed and Rao from the rank autocorrelations that are significant at 5 %; at least 1."""
    n = filled(y).astype(float)
    left = y - np.nan_to_num(slope)[:, None] * np.arange(y.shape[1])
    rank = (left[:, :, None] > left[:, None, :]).sum(axis=2) + 0.5 * (left[:, :, None] == left[:, None, :]).sum(axis=2)
    there = ~np.isnan(y)
    centred = np.where(there, rank - (np.where(there, rank, 0).sum(axis=1) / np.maximum(n, 1))[:, None], 0.0)
    power = np.maximum((centred**2).sum(axis=1) / np.maximum(n, 1), 1e-12)
    total = np.zeros(len(y))
    for lag in range(1, y.shape[1] // 2):
        pairs = (there[:, lag:] & there[:, :-lag]).sum(axis=1)
        rho = (centred[:, lag:] * centred[:, :-lag]).sum(axis=1) / np.maximum(pairs, 1) / power
        kept = (pairs >= _LONG // 2) & (np.abs(rho) > 1.96 / np.sqrt(np.maximum(pairs, 1)))
        weight = np.maximum((n - lag) * (n - lag - 1) * (n - lag - 2), 0)
        total += np.where(kept, weight * rho, 0.0)
    factor = 1 + 2 * total / np.maximum(n * (n - 1) * (n - 2), 1)
    return np.where(n >= _LONG, np.maximum(factor, 1.0), 1.0)
