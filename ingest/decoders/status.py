"""Native status, retained, and as the device's last will: ``{"time":…,"state":"online|offline","battery":0.42}``.

A last will should carry no time: the broker sends it long after the device wrote it.
"""

from typing import Final, Literal

import msgspec

from ingest.decoders.base import Place, ms, same
from ingest.decoders.vitals import AwareTime
from ingest.sink import Sink
from vitals.intake import DeviceStatus, Message, RejectReason


class State(msgspec.Struct):
    """A device's own word on itself; ``battery`` is a fraction."""

    state: Literal["online", "offline"]
    time: AwareTime | None = None
    battery: float | None = None
    patient: str | None = None
    device: str | None = None


_JSON: Final = msgspec.json.Decoder(State)


class Status:
    """A battery that is no fraction is refused; the state beside it still counts."""

    name = "status"

    def decode(self, message: Message, place: Place, sink: Sink) -> None:
        state, origin = _JSON.decode(message.payload), place.origin
        same("patient", state.patient, origin.patient)
        same("device", state.device, origin.device)
        battery = state.battery
        if battery is not None and not 0 <= battery <= 1:
            detail = f"$.battery {battery:g} is outside 0 to 1: send a fraction (42 % is 0.42)"
            sink.reject(RejectReason.IMPLAUSIBLE, detail)
            battery = None
        received = message.received
        time = received if state.time is None else min(ms(state.time), received)
        online = state.state == "online"
        sink.statuses.append(
            DeviceStatus(origin.patient, origin.device, time, received, online, battery, message.retained)
        )
