"""Whether any or all of a column are true: of a message's few readings NumPy's own ``any`` takes four times as long."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def any_of(mask: NDArray[Any]) -> bool:
    """Whether any is true (or not 0).

    >>> any_of(np.array([False, True])), any_of(np.zeros(0, bool))
    (True, False)
    """
    return bool(np.count_nonzero(mask))


def all_of(mask: NDArray[Any]) -> bool:
    """Whether all are true (or not 0).

    >>> all_of(np.array([False, True])), all_of(np.zeros(0, bool))
    (False, True)
    """
    return bool(np.count_nonzero(mask) == mask.size)
