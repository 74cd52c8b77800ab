"""The seam of the bank: how a detector takes part (watch), and what one that judges series by themselves must say."""

from typing import Any, Protocol, runtime_checkable

from detectors.arrivals import Arrivals
from detectors.told import Changes
from detectors.ward import Ward
from detectors.windows import Marks, Windows
from vitals.alert import Alert
from vitals.batch import Batch
from vitals.finding import Finding
from vitals.intake import Intake
from vitals.plan import CarePlan


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

    def warm(self, history: Arrivals, now: int) -> list[Finding]:
        """The rings were filled again, from ``history``: what already holds and was not told."""
        ...

    def scan(self, arrivals: Arrivals | None, intake: Intake, now: int) -> list[Finding]:
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

    def watch(self, ward: Ward) -> Watch:
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

    def evidence(self, windows: Windows, changes: Changes) -> list[dict[str, Any]]:
        """JSON values that explain each change: of a rule, at a sample, to a level, of a condition since its onset."""
        ...
