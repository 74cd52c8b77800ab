"""Findings: what a detector has to say, ranked as IEC 60601-1-8 ranks alarms."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple


class Severity(IntEnum):
    """How soon harm comes (IEC 60601-1-8): HIGH at once, MEDIUM soon, LOW later. CLEAR: it no longer holds."""

    CLEAR = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class Kind(StrEnum):
    """Physiological alarms are about the patient, technical ones about our equipment."""

    PHYSIOLOGICAL = "physiological"
    TECHNICAL = "technical"


class FindingKey(NamedTuple):
    """What an alert is about: at most one alert a key is open at a time.

    ``rule`` is a detector's name, with a variant where it has several (``limit.low``); ``signal`` is a
    signal's name and may be empty, as may ``device``.
    """

    rule: str
    patient: str
    signal: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A change: a condition began, grew worse or milder, or (severity CLEAR) ended on fresh normal readings.

    ``time`` is that of the reading (or of the sweep) that showed it, ``onset`` when the condition began; ms UTC.
    ``evidence`` holds JSON values only: value, unit, limit, since, components … as the rule has them.
    """

    key: FindingKey
    kind: Kind
    severity: Severity
    time: int
    onset: int
    evidence: dict[str, Any] = field(default_factory=dict)
    latched: bool = False
    """A latched condition (SOS, fall) ends only when a person closes it."""
