"""A pulse oximeter worn on the finger or as a patch."""

from simulators.devices.model import Model, Sensor
from vitals.agency import DeviceType
from vitals.times import DAY, SECOND


def oximeter(interval: int = 15 * SECOND) -> Model:
    """SpO2 and pulse every ``interval`` ms, whole numbers.

    ISO 80601-2-61 asks for an accuracy (Arms) of 4 % or better; the noise here is sample to sample and chosen.

    >>> [sensor.signal for sensor in oximeter().sensors]
    ['spo2', 'heart_rate']
    """
    sensors = (Sensor("spo2", 0.4), Sensor("heart_rate", 1.0))
    return Model(DeviceType.OXIMETER, "oximeter", sensors, interval, battery_life=6 * DAY)
