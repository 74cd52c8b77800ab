"""A patient's own normal: robust level, spread, hours of the day and autocorrelation, leaning on people's where few."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from detectors import bins
from detectors.columns import Bools, Floats, Ints
from detectors.slow import Tracks
from vitals.times import DAY, HOUR

HOURS: Final = 6
"""Hours a sample spans: night, morning, afternoon, evening."""
A_DAY: Final = 24 // HOURS
_DAYS: Final = 35
RECENT: Final = 7 * A_DAY
"""Newest samples, a week of them: they are judged, and nothing is learned from them."""
_FROZEN: Final = 28 * DAY
"""What has held for so long is learned from: it has become the patient's normal, and whoever was told knows."""
_SPREAD_WORTH: Final = 8.0
"""How many samples the population's spread is worth."""
_CLOCK_WORTH: Final = 4.0
"""How many samples of a quarter of the day its offset of zero is worth."""
_FEW: Final = 2.0
"""The first samples count for less: n of them for n² / (n + 2), for one may be odd where the median cannot tell."""
_AUTO_WORTH: Final = 40.0
_AUTO: Final = 0.5
"""Correlation of samples 6 h apart, before the patient's own is known; of those further apart a power of it."""
_MAD: Final = 1.4826
_BOUND: Final = 1.645
"""The level is known up to this many standard errors: 95 % on one side."""


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Of m tracks: ``level``, its bounds ``low`` and ``high``; ``spread`` of a sample, ``long_run`` of their sum;
    ``rest`` [m, RECENT]: the newest samples less the offset of their quarter of the day; ``samples`` learned from;
    ``start`` ms, when the first of those begins.
    """

    level: Floats
    low: Floats
    high: Floats
    spread: Floats
    long_run: Floats
    rest: Floats
    samples: Ints
    start: Ints


def baseline(tracks: Tracks) -> Baseline:
    """The normal of each track, from samples older than a week and than ``since``.

    Level: the posterior mean of a normal whose median stands for its mean, with the people's mean and spread between
    people as prior, and as many independent samples as the autocorrelation leaves. Spread: 1.4826 MAD, pooled with
    the people's. The level is never taken to lie outside ``normal_low`` to ``normal_high``.
    """
    sample, end = _samples(tracks)
    centred, learned = _by_the_clock(sample, _learned(tracks, end, sample))
    n, plan = bins.filled(learned), tracks.plan
    middle = np.where(n > 0, bins.median(learned), plan["mean"])
    mad = np.where(n > 0, bins.median(np.abs(learned - middle[:, None])), 0) * _MAD
    spread = np.sqrt((_SPREAD_WORTH * plan["within"] ** 2 + n * mad**2) / (_SPREAD_WORTH + n))
    auto = _autocorrelation(sample, learned - middle[:, None])
    inflation = (1 + auto) / (1 - auto)
    weight = n * n / (n + _FEW) / inflation / spread**2
    precision = weight + 1 / plan["between"] ** 2
    level = (weight * middle + plan["mean"] / plan["between"] ** 2) / precision
    # The spread is an estimate too: it is taken one standard error larger.
    doubt = 1 + 1 / np.sqrt(2 * (n / inflation + _SPREAD_WORTH))
    error, bounds = doubt * _BOUND / np.sqrt(precision), (plan["normal_low"], plan["normal_high"])
    return Baseline(
        np.clip(level, *bounds), np.clip(level - error, *bounds), np.clip(level + error, *bounds),
        spread, doubt * spread * np.sqrt(inflation), centred[:, -RECENT:], n, _start(tracks, end),
    )  # fmt: skip


def _start(tracks: Tracks, end: Ints) -> Ints:
    """When the first of the newest samples begins, ms."""
    return (tracks.at // HOUR + end - bins.local_now(tracks) - HOURS * RECENT) * HOUR


def _samples(tracks: Tracks) -> tuple[Floats, Ints]:
    """Means of six hours each, by the patient's clock; and the last local hour."""
    end = -(-bins.local_now(tracks) // HOURS) * HOURS
    return bins.mean(bins.grid(tracks, _DAYS * 24, end).reshape(len(end), -1, HOURS)), end


def _learned(tracks: Tracks, end: Ints, sample: Floats) -> Floats:
    """Samples that the normal is learned from; NaN for the rest."""
    ends = end[:, None] - HOURS * np.arange(sample.shape[1])[::-1]
    frozen = np.where(tracks.since >= tracks.at - _FROZEN, tracks.since, tracks.at)
    until = bins.local_now(tracks) - (tracks.at - frozen) // HOUR
    kept: Bools = ends <= until[:, None]
    kept[:, -RECENT:] = False
    return np.where(kept, sample, np.nan)


def _by_the_clock(sample: Floats, learned: Floats) -> tuple[Floats, Floats]:
    """Samples, and those learned from, less the offset of their quarter of the day; offsets are shrunk to none."""
    quarters = (learned - bins.median(learned)[:, None]).reshape(len(learned), -1, A_DAY).swapaxes(1, 2)
    count = bins.filled(quarters)
    offset = np.nan_to_num(bins.median(quarters)) * count / (count + _CLOCK_WORTH)
    of_each = np.tile(offset, sample.shape[1] // A_DAY)
    return sample - of_each, learned - of_each


def _autocorrelation(sample: Floats, rest: Floats) -> Any:
    """Lag-one correlation of neighbouring samples, shrunk to what their usual distance makes likely; 0 to 0.9."""
    n = bins.filled(sample)
    first = np.argmax(~np.isnan(sample), axis=1)
    distance = (sample.shape[1] - first) / np.maximum(n, 1)
    likely = _AUTO ** np.maximum(distance, 1.0)
    pairs = rest[:, 1:] * rest[:, :-1]
    count = bins.filled(pairs)
    power = np.maximum(np.nan_to_num(bins.mean(rest**2)), 1e-12)
    found = np.nansum(pairs, axis=1) / power
    return np.clip((found + _AUTO_WORTH * likely) / (count + _AUTO_WORTH), 0.0, 0.9)
