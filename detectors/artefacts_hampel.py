"""Spikes: a reading far outside what its own recent past allows, doubted until the next one takes sides.

The Hampel identifier: outside median ± k · 1.4826 · MAD (Hampel, J. Am. Stat. Assoc. 69 (1974) 383; Pearson, IEEE
Trans. Control Syst. Technol. 10 (2002) 55), here over the past only, since an alarm cannot wait for the future.
"""

from typing import Final

import numpy as np

from detectors.artefacts import Usual
from detectors.base import Bools, Floats, Ints

WIDTH: Final = 11
"""Readings looked back on: half of them may be wrong."""
_FEWEST: Final = 7
_SIGMA: Final = 1.4826
"""MAD of a normal distribution to its standard deviation."""
K: Final = 5.0
"""Wider than the usual 3: what is doubted here is what no breath, cough or turn in bed explains."""


def spike(now: int, value: float, time: Ints, past: Floats, usual: Usual) -> bool:
    """Whether a reading at ``now`` (ms) stands out of ``past`` (values at ``time``, oldest first, without artefacts).

    False where the past is short, slow or interrupted: those readings are taken as they are.

    >>> import numpy as np
    >>> time, past = np.arange(11) * 20_000, np.array([97, 98, 97, 97, 96, 97, 97, 98, 97, 97, 97.0])
    >>> spike(220_000, 84, time, past, Usual(9)), spike(220_000, 90, time, past, Usual(9))
    (True, False)
    >>> spike(9_000_000, 84, time, past, Usual(9))
    False
    """
    time, past = time[-WIDTH:], past[-WIDTH:]
    if len(past) < _FEWEST or now - time[0] > usual.apart * len(past):
        return False
    values = past.tolist()
    middle = _median(values)
    apart = abs(value - middle)
    return apart > usual.floor and apart > K * _SIGMA * _median([abs(one - middle) for one in values])


def spikes(value: Floats, lasted: Ints, past: Floats, floor: Floats, apart: Floats) -> Bools:
    """[k] What ``spike`` says of readings of k series at once: ``past`` [k, WIDTH] is what each looks back on, its
    oldest ``lasted`` ms before; ``floor`` and ``apart`` [k] are what is usual of its signal.

    >>> past = np.tile([97, 98, 97, 97, 96, 97, 97, 98, 97, 97, 97.0], (2, 1))
    >>> spikes(np.array([84.0, 90.0]), np.full(2, 220_000), past, np.full(2, 9.0), np.full(2, 6e5)).tolist()
    [True, False]
    """
    middle = _middle(past)
    far = np.abs(value - middle)
    found: Bools = (far > floor) & (far > K * _SIGMA * _middle(np.abs(past - middle[:, None])))
    return found & (lasted <= apart * WIDTH)


def _middle(values: Floats) -> Floats:
    """Medians of rows of an odd length."""
    middle: Floats = np.sort(values, axis=1)[:, WIDTH // 2]
    return middle


def _median(values: list[float]) -> float:
    """Of a few values, a tenth of NumPy's time."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def confirmed(before: float, doubted: float, after: float) -> bool:
    """Whether the next reading takes the doubted one's side: then both are true, and the past is what was left behind.

    >>> confirmed(97, 84, 85), confirmed(97, 84, 96)
    (True, False)
    """
    return abs(after - doubted) <= abs(after - before)
