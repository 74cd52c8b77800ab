"""Whether we hear the MQTT broker at all: while we do not, nobody's silence says anything, and it is one alert."""

from typing import Any, Final, NamedTuple

import numpy as np

from detectors.columns import NEVER, Bools, Ints
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import BROKER, DeviceStatus
from vitals.times import MINUTE, SECOND

OUTAGE: Final = "outage.broker"
KEY: Final = FindingKey(OUTAGE, "", "", BROKER)
_BLIP: Final = 30 * SECOND
"""A connection lost for less delays nothing; one that has come back for less may be gone again."""
FLOOR: Final = 2 * MINUTE
"""How long at least what the broker has queued for us may take to arrive."""


class Patience(NamedTuple):
    """ms. MEDIUM ``after`` so long without the broker, HIGH at ``high``: then nobody's alarms reach us. What is waited
    for is judged again its own wait after the reconnection, ``settle`` at most.
    """

    after: int
    high: int
    settle: int


class Link:
    """What the broker's own statuses, as the connection to it makes them, say; and what of it was told.

    >>> link = Link(Patience(2 * MINUTE, 15 * MINUTE, 15 * MINUTE))
    >>> link.take(DeviceStatus("", BROKER, 0, 0, online=False))
    >>> [(f.key.rule, f.severity.word) for now in (MINUTE, 3 * MINUTE, 20 * MINUTE) for f in link.judge(now)]
    [('outage.broker', 'medium'), ('outage.broker', 'high')]
    >>> link.holds(np.array([15 * MINUTE]), 20 * MINUTE).tolist()
    [True]
    >>> link.take(DeviceStatus("", BROKER, 20 * MINUTE, 20 * MINUTE, online=True))
    >>> link.heard()
    >>> [f.severity.word for f in link.judge(21 * MINUTE)]
    ['clear']
    >>> [link.holds(np.array([15 * MINUTE]), minutes * MINUTE).tolist() for minutes in (34, 36)]
    [[True], [False]]
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._gone: int | None = None
        """When it went, until readings flow again."""
        self._back: int | None = None
        """When it came back, while that is not yet sure."""
        self._lost = 0
        self._grace, self._since = 0, NEVER
        """From when, and for how long at most, waits are excused after the last outage."""
        self._flows = False
        self._known_once = False
        self._level, self._onset = 0, 0

    def recall(self, alert: Alert) -> None:
        """Know what was told."""
        self._level, self._onset = int(alert.severity), alert.onset
        self._gone = self._lost = alert.onset if self._gone is None else min(self._gone, alert.onset)

    def ended(self, time: int) -> None:
        """Know that the broker was back for good at ``time``: waits are excused for a while."""
        self._excuse(time, self._patience.settle)

    def take(self, status: DeviceStatus) -> None:
        """The connection was lost or has come back."""
        if not status.online:
            self._lost = self._lost if self._gone is not None and self._back is None else status.received
            self._gone = status.received if self._gone is None else self._gone
            self._back, self._flows = None, False
        elif self._gone is not None and self._back is None:
            away = status.received - self._lost
            first, self._known_once = not self._known_once, True
            if away >= _BLIP or first:
                self._excuse(status.received, self._patience.settle if away >= _BLIP else FLOOR)
            self._back, self._flows = status.received, False
        else:
            self._known_once = True

    def _excuse(self, since: int, grace: int) -> None:
        """The longer excuse counts."""
        if since + grace > self._since + self._grace:
            self._since, self._grace = since, grace

    def heard(self) -> None:
        """Something fresh has arrived."""
        self._flows = self._back is not None

    def holds(self, wait: Ints, now: int) -> Bools:
        """bool[n]: whether silence says nothing at ``now`` about what may be silent for ``wait`` ms."""
        if self._gone is not None and self._back is None:
            return np.ones(len(wait), bool)
        if now - self._since >= self._grace:
            return np.zeros(len(wait), bool)
        found: Bools = now - self._since < np.minimum(np.maximum(wait, FLOOR), self._grace)
        return found

    def judge(self, now: int) -> list[Finding]:
        """What has changed: lost for long, lost for longer, or back for good."""
        if self._gone is None:
            return []
        if self._back is not None:
            return self._over(now) if self._is_over(now) else []
        lost = now - self._gone
        level = Severity.HIGH if lost > self._patience.high else Severity.MEDIUM
        if lost <= self._patience.after or level <= self._level:
            return []
        return [self._finding(level, now, {"silent_for": lost})]

    def _is_over(self, now: int) -> bool:
        """Back for a while, with readings; or for so long that there are none to come."""
        lasted = now - (self._back or 0)
        return lasted >= (_BLIP if self._flows else self._patience.settle)

    def _over(self, now: int) -> list[Finding]:
        gone, back = self._gone or now, self._back or now
        self._gone = self._back = None
        return [self._finding(Severity.CLEAR, now, {"lasted": back - gone})] if self._level else []

    def _finding(self, level: Severity, now: int, evidence: dict[str, Any]) -> Finding:
        if not self._level:
            self._onset = self._gone or now
        self._level = int(level)
        return Finding(KEY, Kind.TECHNICAL, level, now, self._onset, evidence)
