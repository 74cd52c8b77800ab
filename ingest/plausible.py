"""Which values a living person can have, and what a monitor says when it measures nothing."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vitals.batch import Batch, Quality
from vitals.intake import RejectReason
from vitals.signals import BY_NAME, SIGNALS, ZERO_WHEN_OFF

LOW: Final = np.array([s.low for s in SIGNALS])
HIGH: Final = np.array([s.high for s in SIGNALS])
OFF: Final = np.array([s.code in ZERO_WHEN_OFF for s in SIGNALS])
CONSCIOUSNESS: Final = BY_NAME["consciousness"].code


class Doubt(NamedTuple):
    """Why the reading in that row is refused."""

    row: int
    reason: RejectReason
    detail: str


def plausible(signal: NDArray[Any], value: NDArray[np.float64]) -> NDArray[np.bool_]:
    """bool[n]: finite, within the signal's bounds (both included), and consciousness a whole number.

    >>> plausible(np.array([1, 1, 9]), np.array([97.0, np.nan, 1.5])).tolist()
    [True, False, False]
    """
    inside: NDArray[np.bool_] = (value >= LOW[signal]) & (value <= HIGH[signal])
    letters = signal == CONSCIOUSNESS
    if letters.any():
        inside &= ~letters | (value == np.trunc(value))
    return inside


def probe_off(signal: NDArray[Any], value: NDArray[np.float64]) -> NDArray[np.bool_]:
    """bool[n]: exactly 0, of a signal that is never 0 in a living person and always is without one.

    >>> probe_off(np.array([1, 1, 7]), np.array([0.0, 0.4, 0.0])).tolist()
    [True, False, False]
    """
    off: NDArray[np.bool_] = (value == 0) & OFF[signal]
    return off


def marked(rows: Batch, artefact: NDArray[np.bool_]) -> Batch:
    """The rows, those flagged as artefacts where ``artefact`` (bool[n]) says so."""
    if not artefact.any():
        return rows
    quality = rows.quality | np.where(artefact, np.uint8(Quality.ARTEFACT), np.uint8(0))
    return Batch.of(rows.series, rows.time, rows.value, rows.received, quality)


def implausible(row: int, signal: NDArray[Any], batch: Batch) -> Doubt:
    """Why that row is refused, with field, value and remedy."""
    s, value = SIGNALS[signal[row]], float(batch.value[row])
    detail = f"{s.name} {value:g} {s.unit} is outside {s.low:g} to {s.high:g}: check the sensor and the unit"
    return Doubt(row, RejectReason.IMPLAUSIBLE, detail)
