"""Gaps: what ought to have been heard and was not. Technical alerts: silence says nothing about the patient."""

from typing import ClassVar

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors.base import Watch
from detectors.devices import BATTERY, OFFLINE
from detectors.expected import UNHEARD
from detectors.gap_watch import GapWatch
from detectors.gateways import GATEWAY_OUT
from detectors.outage import OUTAGE
from detectors.ward import Ward
from vitals.finding import Severity
from vitals.times import HOUR, MINUTE, Duration


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Gap:
    """``gap.missed``: no reading of an ordered signal, from any device, within its ``every`` and grace.
    ``gap.silent``: nothing from a streaming device for its heartbeat, or from a patient for ``silent_after``.
    ``gap.never``: none of that since it was ordered. ``gap.offline``: a device's last will says it is gone,
    for ``offline_grace``; its silence is then no second alert. ``gap.battery``: charge at ``battery_low``, MEDIUM at
    ``battery_empty``, over at ``battery_charged``.
    ``outage.broker``: we have not heard the broker for ``outage_after``, HIGH after ``outage_high``; until ``settle``
    after its return at most, it is the only alert about silence (but see ``hides``). ``outage.gateway``: at least
    ``together`` devices behind one gateway, and half of those alive, fell silent within ``window``, or its last will
    says it is gone.

    Only fresh readings (not late, not retained) and statuses clear. While a patient's monitoring is paused nothing
    opens, and waits begin anew when the pause ends.
    """

    name: ClassVar[str] = "gap"
    rules: ClassVar[tuple[str, ...]] = ("gap.missed", UNHEARD, "gap.silent", OFFLINE, BATTERY, OUTAGE, GATEWAY_OUT)

    missed: int = Field(default=int(Severity.MEDIUM), ge=1, le=3)
    silent: int = Field(default=int(Severity.MEDIUM), ge=1, le=3)
    offline_grace: Duration = Field(default=2 * MINUTE, ge=0)
    battery_low: float = Field(default=0.15, ge=0, le=1)
    battery_empty: float = Field(default=0.05, ge=0, le=1)
    battery_charged: float = Field(default=0.25, ge=0, le=1)
    outage_after: Duration = Field(default=2 * MINUTE, ge=0)
    outage_high: Duration = Field(default=15 * MINUTE, ge=0)
    together: int = Field(default=3, ge=2)
    window: Duration = Field(default=15 * MINUTE, ge=0)
    settle: Duration = Field(default=15 * MINUTE, ge=0)
    hides: Duration = Field(default=2 * HOUR, ge=0, description="how long an outage hides what is late because of it")

    def watch(self, ward: Ward) -> Watch:
        return GapWatch(self, ward)
