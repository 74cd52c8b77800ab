"""A bedside hub: six vital signs in one message, for demonstrations and load."""

from simulators.devices.model import Model, Sensor
from vitals.agency import DeviceType
from vitals.times import DAY, SECOND


def hub(interval: int = 30 * SECOND) -> Model:
    """The six vital signs every ``interval`` ms; noise chosen, less than single devices have (it averages).

    >>> len(hub().sensors)
    6
    """
    sensors = (
        Sensor("heart_rate", 0.8),
        Sensor("spo2", 0.4),
        Sensor("respiration_rate", 0.4),
        Sensor("temperature", 0.05, 1),
        Sensor("systolic_bp", 1.0),
        Sensor("diastolic_bp", 0.8),
    )
    return Model(DeviceType.GATEWAY, "hub", sensors, interval, battery_life=400 * DAY)
