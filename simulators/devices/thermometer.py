"""A clinical thermometer that somebody holds to the forehead or ear."""

from simulators.devices.model import Model, Sensor
from vitals.agency import DeviceType
from vitals.times import DAY


def thermometer(hours: tuple[float, ...] = (8.2, 19.0)) -> Model:
    """Temperature at these local hours, sent in degrees Fahrenheit as American devices do; noise chosen.

    >>> thermometer().sensors[0].unit
    '[degF]'
    """
    sensors = (Sensor("temperature", 0.08, 1, unit="[degF]"),)
    return Model(DeviceType.THERMOMETER, "thermometer", sensors, hours=hours, battery_life=365 * DAY)
