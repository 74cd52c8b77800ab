"""Columns: the arrays that everything here works on, and room for more of them."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Levels = NDArray[np.int8]
Bools = NDArray[np.bool_]
Index = NDArray[Any]
"""Any integer array that indexes another."""

NEVER: Final = -(1 << 62)
"""A time before any other: not seen yet."""


def room(column: NDArray[Any], size: int, blank: Any) -> NDArray[Any]:
    """The column (its last axis) with room for ``size``; it grows by half at least, so that growing costs little.

    >>> room(np.array([1, 2]), 3, 0).tolist()
    [1, 2, 0]
    """
    has = column.shape[-1]
    if size <= has:
        return column
    more = np.full((*column.shape[:-1], max(size, has * 3 // 2) - has), blank, column.dtype)
    return np.concatenate([column, more], axis=-1)
