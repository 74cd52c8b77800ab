"""Values as whole tenths of their unit: places in tables that say what each value counts."""

from math import ceil
from typing import Final

import numpy as np

from detectors.columns import Floats, Index

TENTHS: Final = 4096
"""How many there are in a lookup table: 0 to 409.5."""
_TEN, _NEARLY, _NONE, _LAST = (np.array(number) for number in (10.0, 5e-6, 0.0, TENTHS - 1.0))
"""Arrays, for a bare number costs a message as much again as what is done with it."""


def tenths(values: Floats) -> Index:
    """Values as whole tenths, rounded up: the index of a lookup table. What conversion of units may have added in
    the seventh decimal is no tenth: 96.8 °F is 36.0 °C.

    >>> tenths(np.array([20.5, 36.0, 36.01, 36.0 + 1e-9])).tolist()
    [205, 360, 361, 360]
    """
    found: Floats = np.multiply(values, _TEN)
    found -= _NEARLY
    np.ceil(found, out=found)
    np.maximum(found, _NONE, out=found)
    np.minimum(found, _LAST, out=found)
    return found.astype(np.intp)


def tenth(value: float) -> int:
    """The same of one value.

    >>> tenth(36.01), tenth(-1.0)
    (361, 0)
    """
    return min(max(ceil(min(value, TENTHS) * 10.0 - 5e-6), 0), TENTHS - 1)
