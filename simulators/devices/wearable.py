"""A chest patch or wrist band."""

from simulators.devices.model import Model, Sensor
from vitals.agency import DeviceType
from vitals.times import DAY, SECOND


def wearable(interval: int = 60 * SECOND) -> Model:
    """Heart rate, respiration rate and estimated core temperature every ``interval`` ms; noise chosen.

    >>> [sensor.signal for sensor in wearable().sensors]
    ['heart_rate', 'respiration_rate', 'temperature']
    """
    sensors = (Sensor("heart_rate", 1.2), Sensor("respiration_rate", 0.5), Sensor("temperature", 0.06, 1))
    return Model(DeviceType.WEARABLE, "wearable", sensors, interval, battery_life=4 * DAY)
