"""The seam of detectors that judge a patient from the newest value of several signals together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from detectors.base import Detector
from detectors.columns import Floats, Ints, Levels
from detectors.windows import Marks
from vitals.plan import CarePlan


@dataclass(frozen=True, slots=True, eq=False)
class Snapshots:
    """n moments of patients, with k signals: ``value`` [n, k], NaN where never measured or older than ``max_age``;
    ``age`` [n, k] ms; ``at`` [n] ms; ``plan`` holds the detector's columns [n].
    """

    at: Ints
    value: Floats
    age: Ints
    plan: Mapping[str, Floats]

    def alone(self, number: int) -> Self:
        """One of the moments."""
        row = slice(number, number + 1)
        plan = {name: column[row] for name, column in self.plan.items()}
        return type(self)(self.at[row], self.value[row], self.age[row], plan)


class PatientDetector(Detector, Protocol):
    """Judges snapshots; every method is PURE and works on columns."""

    @property
    def signals(self) -> tuple[str, ...]:
        """Which signals it looks at, at most eight."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the plan columns; ``max_age`` (ms) must be among them."""
        ...

    def row(self, plan: CarePlan) -> tuple[float, ...]:
        """The columns' values under a plan."""
        ...

    def weights(self, row: tuple[float, ...]) -> Levels:
        """[k, 4096]: how much a value, in tenths rounded up, counts against the patient at most; 3 may open alone."""
        ...

    def calm(self, row: tuple[float, ...]) -> int:
        """While the weights add up to less (and none is 3) nothing opens, whatever came before."""
        ...

    def floors(self, row: tuple[float, ...]) -> Levels | None:
        """[128]: the level at least, by what the weights add up to (16 for each that is 3), where they tell it exactly.
        It must not fall as weights rise.
        """
        ...

    def scan(self, snapshots: Snapshots) -> Marks: ...

    def evidence(self, snapshots: Snapshots, row: int) -> dict[str, Any]:
        """JSON values that explain what one snapshot changed."""
        ...
