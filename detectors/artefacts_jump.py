"""Jumps: steps that no body makes within two minutes, where there is too little past for the Hampel identifier."""

from typing import Final

import numpy as np

from detectors.columns import Bools, Floats, Ints
from vitals.times import MINUTE

WITHIN: Final = 2 * MINUTE
"""Later, a step says nothing: much can happen between two readings."""


def jumps(apart: Ints, before: Floats, value: Floats, most: Floats) -> Bools:
    """[k] Whether each ``value``, ``apart`` ms after ``before``, is further from it than ``most`` (the signal's unit).

    >>> jumps(np.array([5_000, 3_600_000]), np.full(2, 36.8), np.full(2, 40.1), np.full(2, 2.5)).tolist()
    [True, False]
    """
    found: Bools = (apart >= 0) & (apart <= WITHIN) & (np.abs(value - before) > most)
    return found
