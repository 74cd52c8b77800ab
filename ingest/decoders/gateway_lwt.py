"""A gateway's own availability, ``home/<gateway>/LWT``: the bare word ``online`` or ``offline``, retained."""

from ingest.decoders.base import Place
from ingest.directory import Refused
from ingest.sink import Sink, shown
from vitals.intake import DeviceStatus, Message, RejectReason


class GatewayLwt:
    """The gateway is a device (by id or address) of the patient in whose home it stands."""

    name = "gateway_lwt"

    def decode(self, message: Message, place: Place, sink: Sink) -> None:
        word = message.payload.strip().lower()
        if word not in (b"online", b"offline"):
            raise Refused(RejectReason.MALFORMED, f"payload {shown(message.payload)}: send online or offline")
        origin = sink.origin = place.owner(place.fields.get("gateway", ""))
        received = message.received
        sink.statuses.append(
            DeviceStatus(
                origin.patient, origin.device, received, received, word == b"online", retained=message.retained
            )
        )
