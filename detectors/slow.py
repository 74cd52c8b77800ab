"""The seam of the slow detectors: hours and days of a patient's signals, judged as of whole hours.

Fast detectors judge readings as they arrive (``detectors.base``). What takes hours, days or weeks to show is judged on
hourly means instead, at whole hours UTC:
so a restart, an outage or a replay gives the same findings.
Hour ``h`` holds the readings with ``(h - 1) * HOUR < time <= h * HOUR``: what is measured on the stroke belongs to the
hour that it ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.base import Detector
from detectors.columns import Floats, Ints
from detectors.windows import Marks
from vitals.plan import CarePlan


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """m tracks as of ``at`` (ms UTC, a whole hour): one is a patient's signal, from whichever device.

    All matrices are [m, K], right-aligned: the newest hour is the last column, and to the left of the oldest stand
    ``mean`` NaN, and 0 in all others. Hours without readings have no column, those older than 90 days neither.

    ``hour`` int64: hours since the epoch, none after ``at``; ``local`` int64: the same in the patient's own zone, so
    that ``local % 24`` is the hour of the day and ``local // 24`` numbers the days. ``mean`` float64 in the signal's
    unit, of the readings that are no artefacts; ``count`` int64 of them; ``below`` float64: the share (0..1) of them
    under MARKED_LOW (0 for other signals).
    ``since`` int64 [m]: since when, ms, what the detector has told of the track holds, else ``at``: a baseline learns
    nothing from later hours, so that illness does not become the new normal.
    ``plan`` holds the detector's own columns [m].
    """

    at: int
    hour: Ints
    local: Ints
    mean: Floats
    count: Ints
    below: Floats
    since: Ints
    plan: Mapping[str, Floats]


class TrackDetector(Detector, Protocol):
    """Judges each track by itself: a PURE function of its hours, run by TrackWatch.

    One that waits for something to be over (a night) says in ``linger`` for how long, ms, after a track's last fresh
    hour it is asked, still; others are asked when there is news.
    """

    @property
    def every(self) -> int:
        """How often, ms, a multiple of an hour: judged at whole multiples of it since the epoch."""
        ...

    @property
    def columns(self) -> tuple[str, ...]: ...

    def row(self, plan: CarePlan, signal: str) -> tuple[float, ...] | None:
        """The columns' values for a signal under a plan; None where it is not watched."""
        ...

    def scan(self, tracks: Tracks) -> tuple[Marks, ...]:
        """One Marks a rule, each of m entries."""
        ...

    def evidence(self, tracks: Tracks, rule: int, track: int, level: int, onset: int) -> dict[str, Any]:
        """JSON values that explain the change of a rule to ``level`` for one track."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """p patients as of ``at`` (ms UTC, a whole hour), with s signals over H hours.

    ``mean`` float64 [p, s, H] on the hour's grid: column j is hour ``at / HOUR - (H - 1 - j)``; NaN where not measured.
    ``known`` int64 [p]: hours from the patient's first kept reading to ``at``. ``plan``: the detector's columns [p].
    """

    at: int
    mean: Floats
    known: Ints
    plan: Mapping[str, NDArray[np.float64]]


class PanelDetector(Detector, Protocol):
    """Judges several signals of a patient together: a PURE function of its panel, run by PanelWatch."""

    @property
    def every(self) -> int: ...
    @property
    def signals(self) -> tuple[str, ...]: ...
    @property
    def hours(self) -> int:
        """H, how many hours it looks back on, at most SEEN."""
        ...

    @property
    def columns(self) -> tuple[str, ...]: ...

    def row(self, plan: CarePlan) -> tuple[float, ...] | None:
        """The columns' values under a plan; None where the patient is not watched."""
        ...

    def scan(self, panels: Panels) -> tuple[Marks, ...]:
        """One Marks a rule, each of p entries."""
        ...

    def evidence(self, panels: Panels, rule: int, row: int, level: int, onset: int) -> dict[str, Any]: ...
