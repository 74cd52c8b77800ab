"""An upper-arm blood-pressure cuff."""

from simulators.devices.model import Model, Sensor
from vitals.agency import DeviceType
from vitals.times import DAY


def cuff(hours: tuple[float, ...] = (8.0, 13.0, 20.0)) -> Model:
    """Systolic, diastolic and pulse at these local hours; given once each time.

    ISO 81060-2 asks for a mean error within 5 and a standard deviation within 8 mm[Hg] between persons; the noise
    from one reading to the next is chosen.

    >>> cuff().streams
    False
    """
    sensors = (Sensor("systolic_bp", 2.0), Sensor("diastolic_bp", 1.5), Sensor("heart_rate", 1.0))
    return Model(DeviceType.CUFF, "cuff", sensors, hours=hours, battery_life=180 * DAY)
