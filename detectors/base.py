"""The seam of the bank: what a detector is given (windows), what it says (marks), and how it takes part (watch)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from vitals.alert import Alert
from vitals.batch import Batch
from vitals.finding import Finding
from vitals.intake import Intake
from vitals.plan import CarePlan

if TYPE_CHECKING:
    from detectors.arrivals import Arrivals
    from detectors.told import Changes
    from detectors.ward import Ward

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Levels = NDArray[np.int8]
Bools = NDArray[np.bool_]
Index = NDArray[Any]
"""Any integer array that indexes another."""

HOLD: Final = -1
"""No evidence either way: whatever was known stays."""
NEVER: Final = -(1 << 62)
"""A time before any other: not seen yet."""
HIGHEST: Final = 3


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


class Watch(Protocol):
    """A detector at work in a bank: it keeps what was told and says only what changed."""

    def use(self, now: int) -> None:
        """The ward's care plans have changed."""
        ...

    def grow(self) -> None:
        """The ward's series table has grown."""
        ...

    def recall(self, alert: Alert) -> None:
        """An alert of one of the detector's rules is live: it was told."""
        ...

    def warm(self, history: "Arrivals", now: int) -> list[Finding]:
        """The rings were filled again, from ``history``: what already holds and was not told."""
        ...

    def scan(self, arrivals: "Arrivals | None", intake: Intake, now: int) -> list[Finding]:
        """What the intake changed; ``arrivals`` are its readings, None when it has none of use."""
        ...

    def sweep(self, now: int) -> list[Finding]:
        """What time alone changed."""
        ...


@runtime_checkable
class Remembers(Protocol):
    """A watch that must know of artefacts, too, when it starts; the rings hold none."""

    def remember(self, past: Batch) -> list[Finding]:
        """What the store holds of late, sorted by series and time, each reading once."""
        ...


class Detector(Protocol):
    """A frozen dataclass of parameters; ``name`` is the first part of its rules and its key in a plan's parameters."""

    @property
    def name(self) -> str: ...
    @property
    def rules(self) -> tuple[str, ...]:
        """All rules it may find."""
        ...

    def watch(self, ward: "Ward") -> Watch:
        """Go to work in that ward."""
        ...


class SeriesDetector(Detector, Protocol):
    """Judges each series by itself: a PURE function of its windows, run by SeriesWatch."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the plan columns."""
        ...

    def row(self, plan: CarePlan, signal: str) -> tuple[float, ...] | None:
        """The columns' values for a signal under a plan; None where it is not watched."""
        ...

    def calm(self, row: tuple[float, ...]) -> tuple[float, float]:
        """Values in this closed range can open nothing, whatever came before: such samples need no window."""
        ...

    def lookback(self, row: tuple[float, ...]) -> float:
        """How much context, ms, the windows must hold (two older samples are always kept). A mark whose onset is a
        window's first sample is asked for again with all that is in memory; all else must be said right of no more.
        """
        ...

    def scan(self, windows: Windows) -> Marks:
        """Marks of each rule, [rules, n]."""
        ...

    def evidence(self, windows: Windows, changes: "Changes") -> list[dict[str, Any]]:
        """JSON values that explain each change: of a rule, at a sample, to a level, of a condition since its onset."""
        ...
