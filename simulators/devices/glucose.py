"""Glucose: a meter with strips, and a sensor under the skin."""

from simulators.devices.model import Model, Sensor
from vitals.agency import DeviceType
from vitals.times import DAY, MINUTE


def glucose_meter(hours: tuple[float, ...] = (7.4, 12.2, 18.2, 22.0)) -> Model:
    """A finger stick before meals and at bedtime, noise 4 % of the value.

    ISO 15197:2013 asks for 95 % of results within 15 mg/dL or 15 %; the noise is chosen to keep well inside.

    >>> glucose_meter().type.value
    'glucose_meter'
    """
    sensors = (Sensor("glucose", 0.0, share=0.04),)
    return Model(DeviceType.GLUCOSE_METER, "glucose-meter", sensors, hours=hours, battery_life=365 * DAY)


def cgm(interval: int = 5 * MINUTE) -> Model:
    """Continuous glucose every five minutes; noise from sample to sample 2 % (chosen).

    >>> cgm().interval // MINUTE
    5
    """
    sensors = (Sensor("glucose", 0.0, share=0.02),)
    return Model(DeviceType.CGM, "cgm", sensors, interval, silent_after=20 * MINUTE, battery_life=10 * DAY)
