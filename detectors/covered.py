"""What an outage may not hide for ever: ordered measurements, and a patient of whom nothing at all is heard."""

import numpy as np

from detectors.columns import Bools, Ints
from detectors.expected import ALWAYS
from vitals.times import MINUTE

PATIENCE = 15 * MINUTE
"""How long a device may be silent where its own silence is not judged, ms."""


def patience(wait: Ints) -> Ints:
    """The waits, ms, of expectations; that of a device whose silence is not judged as of any other."""
    found: Ints = np.where(wait >= ALWAYS, PATIENCE, wait)
    return found


def unhidden(base: Ints, wait: Ints, who: Ints, device: Bools, *, now: int, hides: int) -> Bools:
    """bool[n]: which expectations, waited for since ``base`` (ms), an outage hides no longer at ``now``: those that are
    late by more than ``hides`` ms; of a patient's devices (``who`` numbers patients) only the one heard last.

    >>> base, wait = np.array([0, 1, 5, 9]), np.array([2, 2, 2, 2])
    >>> unhidden(base, wait, np.array([0, 0, 0, 1]), np.array([False, True, True, True]), now=10, hides=2).tolist()
    [True, False, True, False]
    """
    late = now - base > patience(wait) + hides
    if not late.any():
        return late
    newest = np.full(int(who.max()) + 1, base.min())
    np.maximum.at(newest, who[device], base[device])
    own = np.flatnonzero(device & (base == newest[who]))
    first = np.zeros(len(base), bool)
    first[own[np.unique(who[own], return_index=True)[1]]] = True
    found: Bools = late & (first | ~device)
    return found
