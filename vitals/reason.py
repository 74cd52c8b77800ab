"""Reasons: the conditions that one alert is about, each with its own beginning and end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from vitals.finding import FindingKey, Severity


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition of an alert; times in ms UTC.

    ``severity`` is as last found while it held, ``told`` the severity at which people have been told of it (CLEAR:
    not yet). ``since`` is its onset, ``joined`` when it came to the alert, ``cleared`` when it last ended.
    """

    key: FindingKey
    severity: Severity
    since: int
    joined: int
    holds: bool = True
    cleared: int | None = None
    told: Severity = Severity.CLEAR
    evidence: dict[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """As JSON, the patient left out.

        >>> reason = Reason(FindingKey("limit.low", "p1", "spo2"), Severity.HIGH, 0, 60_000, evidence={"value": 84.0})
        >>> reason.row()["severity"], Reason.of(reason.row(), "p1") == reason
        ('high', True)
        """
        return {
            "rule": self.key.rule,
            "signal": self.key.signal,
            "device": self.key.device,
            "severity": self.severity.word,
            "since": self.since,
            "joined": self.joined,
            "holds": self.holds,
            "cleared": self.cleared,
            "told": self.told.word,
            "evidence": self.evidence,
        }

    @classmethod
    def of(cls, row: Mapping[str, Any], patient: str) -> Self:
        """From :meth:`row`."""
        return cls(
            FindingKey(row["rule"], patient, row["signal"], row["device"]),
            Severity[row["severity"].upper()],
            row["since"],
            row["joined"],
            row["holds"],
            row["cleared"],
            Severity[row["told"].upper()],
            row["evidence"],
        )
