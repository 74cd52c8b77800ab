"""What devices say of themselves: gone offline (their last will), battery running low."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol

from detectors.columns import NEVER
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import DeviceStatus

OFFLINE: Final = "gap.offline"
BATTERY: Final = "gap.battery"
About = tuple[str, str]
"""(patient, device)."""


class Battery(NamedTuple):
    """Fractions of charge: LOW at ``low``, MEDIUM at ``empty``, over again at ``charged``."""

    low: float
    empty: float
    charged: float

    def level(self, charge: float, known: int) -> int:
        """The level after this charge; between ``low`` and ``charged`` it stays what it was.

        >>> battery = Battery(0.15, 0.05, 0.25)
        >>> [battery.level(0.2, known) for known in (0, 1)], battery.level(0.05, 1), battery.level(0.3, 2)
        ([0, 1], 2, 0)
        """
        if charge >= self.charged:
            return 0
        if charge <= self.empty:
            return max(known, int(Severity.MEDIUM))
        return max(known, int(Severity.LOW)) if charge <= self.low else known


class Paused(Protocol):
    """When which patients' monitoring is paused."""

    def at(self, patient: str, now: int) -> bool: ...
    def over(self, patient: str, now: int) -> int:
        """When the last pause ended."""
        ...


class Devices:
    """Which devices are away or weak, and what of it was told. A retained status may open, and clears nothing."""

    def __init__(self, battery: Battery, grace: int) -> None:
        self._battery, self._grace = battery, grace
        self._received: dict[About, int] = {}
        self._charge: dict[About, DeviceStatus] = {}
        self._told: dict[FindingKey, tuple[int, int]] = {}
        self.away: dict[About, int] = {}
        """Devices that said (or whose will said) that they are gone, and since when."""
        self._repeated: dict[About, int] = {}
        """When they said so last."""

    def recall(self, alert: Alert) -> None:
        """Know what was told."""
        self._told[alert.key] = (int(alert.severity), alert.onset)
        if alert.key.rule == OFFLINE:
            self.away.setdefault((alert.key.patient, alert.key.device), alert.onset)

    def take(self, status: DeviceStatus) -> None:
        """Take a status in; one that was received before what is known changes nothing."""
        about = (status.patient, status.device)
        if status.received < self._received.get(about, status.received):
            return
        self._received[about] = status.received
        if not status.online:
            self.away.setdefault(about, status.received)
            self._repeated[about] = status.received
        elif not status.retained:
            self.away.pop(about, None)
        if status.battery is not None:
            self._charge[about] = status

    def heard(self, about: About, time: int) -> None:
        """A fresh reading: the device is back, if that was measured after it went, and after it last said so."""
        if time > max(self.away.get(about, time), self._repeated.get(about, NEVER)):
            del self.away[about]

    def judge(
        self, now: int, pauses: Paused, patience: Callable[[About], int], held: Callable[[About], bool]
    ) -> list[Finding]:
        """What has changed. Offline is LOW after its grace, and MEDIUM once the device's ``patience`` (ms) is over,
        both anew after a pause; nothing while it is ``held``: part of an outage.
        """
        findings = []
        for about, since in self.away.items():
            waited = now - max(since, pauses.over(about[0], now))
            late = int(waited > self._grace) + int(waited > max(self._grace, patience(about)))
            if late > self._level(OFFLINE, about) and not pauses.at(about[0], now) and not held(about):
                findings += self._change(OFFLINE, about, late, now, since, {"silent_for": now - since})
        back = [key for key in self._told if key.rule == OFFLINE and (key.patient, key.device) not in self.away]
        for key in back:
            findings += self._change(OFFLINE, (key.patient, key.device), 0, now, now, {})
        for about, status in list(self._charge.items()):
            if not pauses.at(about[0], now):
                at = now if pauses.over(about[0], now) > status.received else status.received
                findings += self._weak(about, self._charge.pop(about), at)
        return findings

    def _weak(self, about: About, status: DeviceStatus, at: int) -> list[Finding]:
        known = self._level(BATTERY, about)
        charge = float(status.battery or 0.0)
        level = self._battery.level(charge, known)
        if status.retained:
            level = max(level, known)
        return self._change(BATTERY, about, level, at, status.received, {"battery": charge})

    def _level(self, rule: str, about: About) -> int:
        return self._told.get(FindingKey(rule, about[0], "", about[1]), (0, 0))[0]

    def _change(  # noqa: PLR0917  (what a finding is made of)
        self, rule: str, about: About, level: int, time: int, onset: int, evidence: dict[str, Any]
    ) -> list[Finding]:
        key = FindingKey(rule, about[0], "", about[1])
        known, since = self._told.get(key, (0, onset))
        if level == known:
            return []
        if level:
            self._told[key] = (level, since)
        else:
            del self._told[key]
        return [Finding(key, Kind.TECHNICAL, Severity(level), time, since, evidence)]
