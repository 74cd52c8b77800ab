"""A bathroom scale."""

from simulators.devices.model import Model, Sensor
from vitals.agency import DeviceType
from vitals.times import DAY


def scale(hours: tuple[float, ...] = (7.5,)) -> Model:
    """Weight once a morning, to 0.1 kg; noise chosen.

    >>> scale().sensors[0].decimals
    1
    """
    return Model(DeviceType.SCALE, "scale", (Sensor("weight", 0.1, 1),), hours=hours, battery_life=365 * DAY)
