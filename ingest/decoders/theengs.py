"""Bluetooth gateways after Theengs and OpenMQTTGateway: ``home/<gateway>/BTtoMQTT/<address>``, without a time.

``{"type":"SCALE","weighing_mode":"person","unit":"kg","weight":61.75}`` and ``{"type":"BODY","bpm":70}``
"""

from typing import Final

import msgspec

from ingest.decoders.base import Place
from ingest.directory import Refused, normal_address
from ingest.sink import NO_TIME, Sink, no_reading
from vitals.intake import Message, RejectReason


class Advertisement(msgspec.Struct):
    """What we read of a gateway's report."""

    id: str | None = None
    weight: float | None = None
    unit: str = "kg"
    weighing_mode: str = "person"
    bpm: float | None = None


_JSON: Final = msgspec.json.Decoder(Advertisement)


class Theengs:
    """Body weights and heart rates; the address in the topic says whose they are."""

    name = "theengs"

    def decode(self, message: Message, place: Place, sink: Sink) -> None:
        seen, address = _JSON.decode(message.payload), place.fields.get("device", "")
        if seen.id is not None and normal_address(seen.id) != normal_address(address):
            raise Refused(RejectReason.MISMATCH, f"$.id {ascii(seen.id)[:60]} is not the topic's {address!r}")
        origin = sink.origin = place.owner(address)
        if seen.weight is not None and seen.weighing_mode != "person":
            raise no_reading(f"$.weighing_mode is {ascii(seen.weighing_mode)[:40]}: no person was weighed")
        if seen.weight is not None:
            sink.measured(origin, NO_TIME, "weight", seen.weight, seen.unit)
        if seen.bpm is not None:
            sink.measured(origin, NO_TIME, "heart_rate", seen.bpm)
        if seen.weight is None and seen.bpm is None:
            raise no_reading("the report holds neither weight nor bpm")
