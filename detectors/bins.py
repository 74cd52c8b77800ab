"""Tracks as a regular grid of hours, so that days and hours of the day are axes; order statistics that skip gaps."""

from typing import Any

import numpy as np

from detectors.columns import Bools, Floats, Ints
from detectors.slow import Tracks
from vitals.times import HOUR

Grid = Floats


def grid(tracks: Tracks, hours: int, end: Ints | None = None) -> Grid:
    """[m, hours] of hourly means, NaN where none; the last column is the hour of ``at``, or ``end`` [m] (local hours).

    >>> import numpy as np
    >>> column = lambda *values: np.array([values])
    >>> two = Tracks(10 * HOUR, column(8, 10), column(8, 10), column(1.5, 2.0), column(1, 1), column(0.0, 0.0),
    ...              np.array([10 * HOUR]), {})
    >>> grid(two, 4).tolist()
    [[nan, 1.5, nan, 2.0]]
    """
    found: Grid = np.full((len(tracks.hour), hours), np.nan)
    last = np.full(len(found), tracks.at // HOUR) if end is None else end
    column = hours - 1 - (last[:, None] - (tracks.hour if end is None else tracks.local))
    rows, places = np.nonzero((tracks.count > 0) & (column >= 0) & (column < hours))
    # Where a clock was put back two hours share a local one: the later stays, the same whatever the order of arrival.
    found[rows, column[rows, places]] = tracks.mean[rows, places]
    return found


def local_now(tracks: Tracks) -> Ints:
    """[m] the local hour of ``at``, by the offset of the newest hour; of a track without hours that of UTC."""
    has = tracks.count[:, -1] > 0
    offset: Ints = np.where(has, tracks.local[:, -1] - tracks.hour[:, -1], 0)
    return tracks.at // HOUR + offset


def filled(values: Floats) -> Ints:
    """How many are no NaN, along the last axis."""
    return np.asarray(np.count_nonzero(~np.isnan(values), axis=-1))


def quantile(values: Floats, q: float) -> Floats:
    """Linear quantile along the last axis of what is no NaN; NaN where nothing is.

    >>> quantile(np.array([[3.0, np.nan, 1.0], [np.nan] * 3]), 0.5).tolist()
    [2.0, nan]
    """
    if values.shape[-1] == 0:
        return np.full(values.shape[:-1], np.nan)
    ordered = np.sort(values, axis=-1)
    place = q * np.maximum(filled(values) - 1, 0)
    low = np.floor(place).astype(np.intp)
    lower, upper = _at(ordered, low), _at(ordered, np.ceil(place).astype(np.intp))
    found: Floats = lower + (place - low) * (upper - lower)
    return found


def median(values: Floats) -> Floats:
    """Median along the last axis of what is no NaN."""
    return quantile(values, 0.5)


def mean(values: Floats) -> Floats:
    """Mean along the last axis of what is no NaN; NaN where nothing is."""
    count = filled(values)
    found: Floats = np.where(count > 0, np.nansum(values, axis=-1) / np.maximum(count, 1), np.nan)
    return found


def edges(values: Floats) -> tuple[Floats, Floats]:
    """The first and the last along the last axis that are no NaN."""
    there: Bools = ~np.isnan(values)
    width = values.shape[-1]
    return _at(values, there.argmax(axis=-1)), _at(values, width - 1 - there[..., ::-1].argmax(axis=-1))


def _at(values: Floats, index: Any) -> Floats:
    return np.take_along_axis(values, index[..., None], axis=-1)[..., 0]
