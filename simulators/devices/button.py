"""A panic button that also notices falls: it sends events, and its own status."""

from simulators.devices.model import Model, to_json
from vitals.agency import DeviceType
from vitals.intake import EventType
from vitals.times import DAY, iso


def button() -> Model:
    """No sensor; events come from episodes.

    >>> button().sensors
    ()
    """
    return Model(DeviceType.BUTTON, "button", battery_life=365 * DAY)


def press(time: int, event: EventType) -> bytes:
    """The payload of an event.

    >>> press(1_795_321_267_250, EventType.FALL)
    b'{"time":"2026-11-22T04:21:07.250Z","event":"fall"}'
    """
    return to_json({"time": iso(time), "event": event.value})
