"""What a detector is given (windows), and what it says (marks)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

import numpy as np

from detectors.columns import Bools, Floats, Index, Ints, Levels

HOLD: Final = -1
"""No evidence either way: whatever was known stays."""
HIGHEST: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What a rule, or several, says at each sample: the known level becomes at least ``floor`` and at most ``ceiling``.

    int8[n] (or [rules, n]) levels 0 clear, 1 low, 2 medium, 3 high; ``onset`` int64 of that shape is when the condition
    began, should one open here. A pair says more than a level: (0, 3) holds whatever is known, (2, 3) is "medium, and
    no evidence that high has ended", (0, 2) is "no longer high, but not clear yet". Applying the same mark twice
    changes nothing, so a replay does not either.
    """

    floor: Levels
    ceiling: Levels
    onset: Ints

    @classmethod
    def of(cls, level: Any, onset: Any) -> Self:
        """Marks of a detector that names a level outright, or HOLD; the onset of several rules may be one for all.

        >>> marks = Marks.of([HOLD, 0, 2], [0, 0, 0])
        >>> marks.floor.tolist(), marks.ceiling.tolist()
        ([0, 0, 2], [3, 0, 2])
        """
        levels = np.asarray(level, np.int8)
        return cls(
            np.maximum(levels, 0).astype(np.int8),
            np.where(levels == HOLD, HIGHEST, levels).astype(np.int8),
            np.broadcast_to(np.asarray(onset, np.int64), levels.shape),
        )


@dataclass(frozen=True, eq=False)
class Windows:
    """Ragged samples of m series: each one's context, then what is new, in time order.

    ``starts`` [m] is where each window begins, ``segment`` [n] which window a sample is of; ``time`` int64 ms,
    ``value`` float64, ``new`` bool [n]: only these are judged. ``plan`` holds the detector's own columns [m].
    ``truncated`` [m]: older samples than the window's first were forgotten for want of room. ``holds`` [rules, m]: what
    is known to hold: of the others a detector need not say what ends, for nothing can. None: anything may.
    ``cut`` [m]: older samples, in memory still, were left out; the detector's lookback, what came since the onset of
    what holds, and two samples before it are there. None: none were.
    """

    starts: Index
    segment: Index
    time: Ints
    value: Floats
    new: Bools
    plan: Mapping[str, Floats]
    truncated: Bools
    holds: Bools | None = None
    cut: Bools | None = None

    def each(self, column: str) -> Floats:
        """A plan column, one value a sample."""
        return self.plan[column][self.segment]

    @cached_property
    def fresh(self) -> Index:
        """Which samples are new."""
        return self.new.nonzero()[0]

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What a detector has worked out of these windows, for the next it is asked of them."""
        return {}
