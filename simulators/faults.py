"""What goes wrong with devices and the way to them, each with the truth about it."""

# ruff: noqa: ARG002  (every fault answers the same question, and few need all that is told)

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final, NamedTuple

from vitals.signals import BY_NAME
from vitals.times import HOUR, MINUTE

WILL_AFTER: Final = 90_000
"""How long after falling silent the broker speaks a device's last will: 1.5 keep-alives of 60 s (MQTT 3.1.1,
section 3.1.2.10)."""


class Measured(NamedTuple):
    """One measurement before it is encoded; ``time`` is what the device thinks it is, ms UTC."""

    time: int
    vitals: dict[str, float]


class Way(Enum):
    """What becomes of a message."""

    SENT = "sent"
    TWICE = "twice"
    HELD = "held"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault of one device from ``onset`` for ``duration`` ms.

    ``expected`` and ``detectable`` as for episodes; nothing expected means that it ought to stay quiet.
    """

    name: ClassVar[str]
    expected: ClassVar[tuple[tuple[str, str], ...]] = ()
    detectable: ClassVar[tuple[str, ...]] = ()
    way: ClassVar[Way] = Way.SENT

    onset: int
    duration: int = HOUR

    def __post_init__(self) -> None:
        if self.duration <= 0:
            raise ValueError(f"{self.name}: duration {self.duration} ms must be greater than 0")

    @property
    def end(self) -> int:
        return self.onset + self.duration

    def active(self, now: int) -> bool:
        return self.onset <= now < self.end

    def distort(self, measured: Measured, first: Measured, count: int) -> Measured:
        """What the device shows instead; ``first`` is its first measurement within the fault, ``count`` from 0."""
        return measured

    def battery(self, now: int, level: float) -> float:
        """What it says of its battery."""
        return level


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeOff(Fault):
    """The probe is off: zeros, as oximeters send, or (``missing``) no value at all."""

    name: ClassVar[str] = "probe_off"
    expected: ClassVar[tuple[tuple[str, str], ...]] = (("gap", ""),)
    missing: bool = False

    def distort(self, measured: Measured, first: Measured, count: int) -> Measured:
        return measured._replace(vitals={} if self.missing else dict.fromkeys(measured.vitals, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck(Fault):
    """The first values of the fault, again and again."""

    name: ClassVar[str] = "stuck"
    expected: ClassVar[tuple[tuple[str, str], ...]] = (("stuck", ""),)

    def distort(self, measured: Measured, first: Measured, count: int) -> Measured:
        return measured._replace(vitals=first.vitals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike(Fault):
    """One measurement in ``every`` is a fifth of the plausible range too high, or too low where high is not
    possible. Single ones: nobody ought to be told.
    """

    name: ClassVar[str] = "spike"
    every: int = 10

    def distort(self, measured: Measured, first: Measured, count: int) -> Measured:
        if count % self.every:
            return measured
        return measured._replace(vitals={s: _leap(s, v) for s, v in measured.vitals.items()})


def _leap(signal: str, value: float) -> float:
    known = BY_NAME[signal]
    by = 0.2 * (known.high - known.low)
    return value + by if value + by <= known.high else value - by


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryDrain(Fault):
    """The battery falls to ``floor`` within the duration, then is charged."""

    name: ClassVar[str] = "battery_drain"
    expected: ClassVar[tuple[tuple[str, str], ...]] = (("battery", ""),)
    floor: float = 0.03

    def battery(self, now: int, level: float) -> float:
        share = min(1.5 * (now - self.onset) / self.duration, 1.0)
        return min(level, level + (self.floor - level) * share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(Fault):
    """Nothing comes, and what was measured is lost; the broker speaks the last will."""

    name: ClassVar[str] = "silence"
    expected: ClassVar[tuple[tuple[str, str], ...]] = (("gap", ""),)
    detectable: ClassVar[tuple[str, ...]] = ("gap",)
    way: ClassVar[Way] = Way.LOST
    duration: int = 30 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog(Fault):
    """The home's line is down; what was measured meanwhile comes in lists when it is back. That pages nobody."""

    name: ClassVar[str] = "backlog"
    expected: ClassVar[tuple[tuple[str, str], ...]] = (("gap", ""),)
    detectable: ClassVar[tuple[str, ...]] = ("gap",)
    way: ClassVar[Way] = Way.HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate(Fault):
    """Every message comes twice, as QoS 1 allows: it changes nothing."""

    name: ClassVar[str] = "duplicate"
    way: ClassVar[Way] = Way.TWICE


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDrift(Fault):
    """The device's clock runs off by ``per_hour`` ms an hour (negative: slow) and is set right at the end."""

    name: ClassVar[str] = "clock_drift"
    per_hour: int = 2 * MINUTE

    def distort(self, measured: Measured, first: Measured, count: int) -> Measured:
        off = round((measured.time - self.onset) / HOUR * self.per_hour)
        return measured._replace(time=measured.time + off)


FAULTS: Final[tuple[type[Fault], ...]] = (
    ProbeOff, Stuck, Spike, BatteryDrain, Silence, Backlog, Duplicate, ClockDrift,
)  # fmt: skip
"""Every fault there is."""
