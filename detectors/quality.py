"""Signal quality: poor quality that persists is a technical alert; a value in doubt never pages as physiology."""

from typing import ClassVar, Final

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors.artefacts import Usual
from detectors.base import Watch
from detectors.quality_watch import QualityWatch
from detectors.ward import Ward
from vitals.times import MINUTE, Duration

RULES: Final = ("quality.probe_off", "quality.stuck", "quality.noise", "quality.person", "quality.disagreement")


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class SignalQuality:
    """What becomes of artefacts: one technical alert a device and cause, when they persist.

    ``quality.probe_off`` (zeros) and ``quality.stuck`` are MEDIUM, ``quality.noise`` (spikes) is LOW: once artefacts
    go on for ``off_delay``, ``stuck_delay``, ``noise_delay``, are at least ``readings``, and are the better part
    (``noise_share`` for spikes) of what the series concerned brought. A spell ends, and its alert clears, when for
    ``clear_delay`` every reading was good. Devices that are used now and then (a cuff, a thermometer): ``readings`` in
    a row, and the first good one clears.

    ``quality.person`` is LOW at a weight further from the patient's baseline than ``weight_apart`` kg and
    ``weight_share`` of it: weigh again. ``weight_days`` days of such weighings that agree are the patient after all.
    ``quality.disagreement`` is LOW when the oximeter's pulse and another device's heart rate differ by more than
    ``pulse_apart`` /min and ``pulse_share`` for ``pulse_delay``.

    ``spike`` and ``stuck`` scale the thresholds of ``artefacts.USUAL``; 0 is never (a pacemaker beats steadily).

    At home a probe comes off for a meal, a bath, an hour's therapy: longer than ``off_delay`` (ours; docs/adr/0006 has
    what other values cost) nobody is busy with the patient, and the probe was forgotten. Where a saturation is
    ordered at shorter intervals, ``gap.missed`` speaks first: an artefact fulfils no order.

    >>> SignalQuality(off_delay="10m").off_delay
    600000
    """

    name: ClassVar[str] = "quality"
    rules: ClassVar[tuple[str, ...]] = RULES

    off_delay: Duration = Field(default=90 * MINUTE, ge=0)
    stuck_delay: Duration = Field(default=10 * MINUTE, ge=0)
    noise_delay: Duration = Field(default=30 * MINUTE, ge=0)
    clear_delay: Duration = Field(default=30 * MINUTE, ge=0)
    readings: int = Field(default=3, ge=1)
    noise_share: float = Field(default=0.2, gt=0, le=1)
    spike: float = Field(default=1.0, ge=0)
    stuck: float = Field(default=1.0, ge=0)
    weight_apart: float = Field(default=5.0, gt=0)
    weight_share: float = Field(default=0.07, ge=0, le=1)
    weight_days: int = Field(default=3, ge=1)
    pulse_apart: float = Field(default=20.0, gt=0)
    pulse_share: float = Field(default=0.2, ge=0)
    pulse_delay: Duration = Field(default=5 * MINUTE, ge=0)

    def usual(self, of: Usual) -> Usual:
        """The thresholds of a signal under this plan."""
        if self.spike == self.stuck == 1.0:
            return of
        inf = float("inf")
        spike, stuck = self.spike or inf, self.stuck or inf
        return Usual(of.floor * spike, of.jump * spike, of.same * stuck, of.same_for * stuck, of.apart)

    def watch(self, ward: Ward) -> Watch:
        return QualityWatch(self, ward)
