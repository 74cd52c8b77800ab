"""What a SeriesDetector may say of readings that need no look: each is a method it has or has not."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from detectors.columns import Floats, Ints
from detectors.windows import Windows


@runtime_checkable
class Steady(Protocol):
    """A SeriesDetector that can tell which values change nothing of what it has told, too."""

    def steady(self, plan: Mapping[str, Floats], rule: int, level: int) -> tuple[Floats, Floats]:
        """While a rule stands at ``level`` and no other holds: the closed range of values that change nothing, whatever
        came before; an empty one (inf, -inf) where none can be named. Columns of the plan, ranges by its rows.
        """
        ...


@runtime_checkable
class Quiets(Protocol):
    """A SeriesDetector that can tell until when nothing opens."""

    def quiet(self, windows: Windows) -> Ints:
        """[m] Until when (ms) nothing opens in each series in which nothing holds, whatever comes in order; of the
        others it says nothing.
        """
        ...


@runtime_checkable
class Lone(Protocol):
    """A SeriesDetector of which no single reading's word is enough."""

    def lone(self, plan: Mapping[str, Floats]) -> Floats:
        """While nothing holds, a reading less than this (ms) after a calm one opens nothing; 0 where it may. Columns
        of the plan, by its rows.
        """
        ...
