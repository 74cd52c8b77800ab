"""Native events: ``{"time":…,"event":"sos|fall|clock_in|…", …}``; whatever else the payload holds is kept as detail.

An event is never refused for its time. A call for help from a device whose clock was never set is a call for help: then
the time of arrival takes its place, and the detail's ``time_sent`` says what the device wrote.
"""

from datetime import datetime
from typing import Any, Final

import msgspec
import numpy as np

from ingest.decoders.base import Place, ms, same
from ingest.decoders.vitals import AwareTime
from ingest.sink import NO_TIME, Sink
from ingest.validate import TimePolicy, credible, said
from vitals.intake import EventType, Message, PatientEvent


class Happening(msgspec.Struct):
    """The fields that every event has."""

    event: EventType
    time: AwareTime | None = None
    patient: str | None = None
    device: str | None = None


_JSON: Final = msgspec.json.Decoder(dict[str, Any])
_FIELDS: Final = frozenset({"event", "time", "patient", "device"})


class Event:
    """What happened to or around a patient. ``stale`` marks retained and late ones: nobody is paged about them."""

    name = "event"

    def __init__(self, policy: TimePolicy | None = None) -> None:
        self._policy = policy or TimePolicy()

    def decode(self, message: Message, place: Place, sink: Sink) -> None:
        payload, origin = _JSON.decode(message.payload), place.origin
        happening = msgspec.convert(payload, Happening)
        same("patient", happening.patient, origin.patient)
        same("device", happening.device, origin.device)
        received, detail = message.received, {k: v for k, v in payload.items() if k not in _FIELDS}
        time = self._time(happening.time, received)
        if time == NO_TIME:
            time = received
            if happening.time is not None:
                detail["time_sent"] = said(ms(happening.time))
        stale = message.retained or received - time > self._policy.late_after
        sink.events.append(PatientEvent(origin.patient, origin.device, time, received, happening.event, detail, stale))

    def _time(self, when: datetime | None, received: int) -> int:
        if when is None:
            return NO_TIME
        time = ms(when)
        return time if credible(np.array([time]), np.array([received]), self._policy)[0] else NO_TIME
