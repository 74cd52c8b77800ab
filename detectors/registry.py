"""All detectors that there are, as a bank runs them unless told otherwise."""

from typing import Final

from detectors.base import Detector
from detectors.baseline_shift import BaselineShift
from detectors.deterioration import Deterioration
from detectors.early_warning import EarlyWarning
from detectors.event import Event
from detectors.gap import Gap
from detectors.glucose_pattern import GlucosePattern
from detectors.limit import Limit
from detectors.night_desaturation import NightDesaturation
from detectors.quality import SignalQuality
from detectors.rate_of_change import RateOfChange
from detectors.trend import Trend

DEFAULT: Final[tuple[Detector, ...]] = (
    Event(),
    Limit(),
    EarlyWarning(),
    RateOfChange(),
    Gap(),
    SignalQuality(),
    NightDesaturation(),
    GlucosePattern(),
    Trend(),
    BaselineShift(),
    Deterioration(),
)
"""Every detector, in the order in which a batch's findings are told."""
