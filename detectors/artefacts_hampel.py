"""Spikes: a reading far outside what its own recent past allows, doubted until the next one takes sides.

The Hampel identifier: outside median ± k · 1.4826 · MAD (Hampel, J. Am. Stat. Assoc. 69 (1974) 383; Pearson, IEEE
Trans. Control Syst. Technol. 10 (2002) 55), here over the past only, since an alarm cannot wait for the future.
"""

from typing import Final

import numpy as np

from detectors.columns import Bools, Floats, Index, Ints

WIDTH: Final = 11
"""Readings looked back on: half of them may be wrong."""
_FEWEST: Final = 7
_SIGMA: Final = 1.4826
"""MAD of a normal distribution to its standard deviation."""
K: Final = 5.0
"""Wider than the usual 3: what is doubted here is what no breath, cough or turn in bed explains."""


def spikes(now: Ints, value: Floats, past: tuple[Ints, Floats], floor: Floats, apart: Floats) -> Bools:
    """[k] Whether readings at ``now`` (ms) stand out of their ``past``: times and values [k, WIDTH], oldest first,
    without artefacts, NaN in front where there are fewer; ``floor`` and ``apart`` [k] are what is usual of the signal.

    False where the past is short, slow or interrupted: those readings are taken as they are.

    >>> time = np.tile(np.arange(11) * 20_000, (3, 1))
    >>> past = np.tile([97, 98, 97, 97, 96, 97, 97, 98, 97, 97, 97.0], (3, 1))
    >>> now, value = np.array([220_000, 220_000, 9_000_000]), np.array([84.0, 90.0, 84.0])
    >>> spikes(now, value, (time, past), np.full(3, 9.0), np.full(3, 6e5)).tolist()
    [True, False, False]
    """
    time, values = past
    count = (~np.isnan(values)).sum(axis=1)
    middle = _middle(values, count)
    far = np.abs(value - middle)
    found: Bools = (far > floor) & (far > K * _SIGMA * _middle(np.abs(values - middle[:, None]), count))
    oldest = time[np.arange(len(time)), np.minimum(WIDTH - count, WIDTH - 1)]
    found &= (count >= _FEWEST) & (now - oldest <= apart * count)
    return found


def _middle(values: Floats, count: Index) -> Floats:
    """Medians of the ``count`` numbers of each row."""
    ordered, row = np.sort(values, axis=1), np.arange(len(values))  # NaN come last
    middle: Floats = (ordered[row, (count - 1) // 2] + ordered[row, count // 2]) / 2
    return middle


def confirmed(before: Floats, doubted: Floats, after: Floats) -> Bools:
    """[k] Whether the next reading takes the doubted one's side: then both are true, and the past is what was left.

    >>> confirmed(np.full(2, 97.0), np.full(2, 84.0), np.array([85.0, 96.0])).tolist()
    [True, False]
    """
    confirms: Bools = np.abs(after - doubted) <= np.abs(after - before)
    return confirms
