"""One device a file."""

from typing import Final

from simulators.devices.button import button
from simulators.devices.cuff import cuff
from simulators.devices.glucose import cgm, glucose_meter
from simulators.devices.hub import hub
from simulators.devices.model import Model
from simulators.devices.oximeter import oximeter
from simulators.devices.scale import scale
from simulators.devices.thermometer import thermometer
from simulators.devices.wearable import wearable

__all__ = [
    "DEVICES",
    "Model",
    "button",
    "cgm",
    "cuff",
    "glucose_meter",
    "hub",
    "oximeter",
    "scale",
    "thermometer",
    "wearable",
]

DEVICES: Final[tuple[Model, ...]] = (
    oximeter(),
    wearable(),
    cuff(),
    thermometer(),
    scale(),
    glucose_meter(),
    cgm(),
    button(),
    hub(),
)
"""Every kind of device with its usual settings."""
