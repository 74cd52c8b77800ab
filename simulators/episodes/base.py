"""The course every episode takes: it sets in, holds, and passes; with what is expected to notice it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from simulators.effect import Effects
from simulators.process import Floats
from vitals.intake import EventType
from vitals.times import MINUTE, show_duration

Expected = tuple[str, str]
"""(prefix of a detector's rule, signal); the signal is empty where the rule is about the whole patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode(ABC):
    """One illness or accident of one patient; times in ms UTC, lengths in ms.

    Nothing before ``onset`` and after ``onset + duration``; it grows over ``ramp``, passes over ``recovery`` and
    holds in between. ``severity`` scales it all (1 is what the episode's own file describes). ``expected`` says
    what ought to notice it, and ``detectable`` which rule prefixes present detectors do: where a rule stands in
    ``expected`` and not in ``detectable``, no claim is made yet.
    """

    name: ClassVar[str]
    expected: ClassVar[tuple[Expected, ...]]
    detectable: ClassVar[tuple[str, ...]]

    onset: int
    duration: int
    ramp: int
    recovery: int
    severity: float = 1.0

    def __post_init__(self) -> None:
        if self.ramp < 0 or self.recovery < 0 or self.ramp + self.recovery > self.duration:
            parts = f"ramp {show_duration(self.ramp)} and recovery {show_duration(self.recovery)}"
            raise ValueError(f"{self.name}: {parts} do not fit into duration {show_duration(self.duration)}")
        if not 0 < self.severity <= 2:
            raise ValueError(f"{self.name}: severity {self.severity:g} must be above 0 and at most 2")

    @property
    def end(self) -> int:
        return self.onset + self.duration

    def strength(self, t: Any) -> Floats:
        """``severity`` times a smooth trapezium, at each time of ``t`` (ms UTC)."""
        since = np.atleast_1d(np.asarray(t, np.float64)) - self.onset
        rise = _smooth(since / max(self.ramp, 1))
        fall = _smooth((self.duration - since) / max(self.recovery, 1))
        return np.asarray(self.severity * np.minimum(rise, fall), np.float64)

    @abstractmethod
    def effect(self, t: Any) -> Effects:
        """Scale and offset by signal at each time of ``t`` (ms UTC); pure."""

    def events(self) -> tuple[tuple[int, EventType], ...]:
        """What the episode makes a button or sensor say: (time, event)."""
        return ()


def _smooth(x: Floats) -> Floats:
    within = np.clip(x, 0, 1)
    return np.asarray(within * within * (3 - 2 * within), np.float64)


def quick(kind: type[Episode], onset: int, **changes: Any) -> Episode:
    """The episode as a demonstration needs it: in over 12 min, there for 26, gone over 10.

    >>> from simulators.episodes.sepsis import Sepsis
    >>> quick(Sepsis, onset=0).duration // MINUTE
    48
    """
    course = {"duration": 48 * MINUTE, "ramp": 12 * MINUTE, "recovery": 10 * MINUTE} | changes
    return kind(onset=onset, **course)
