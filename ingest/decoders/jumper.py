"""Jumper devices behind a CM4 Bluetooth gateway, topic ``CM4_BLE_GW_TX``, time in seconds since 1970.

``{"time":1739360702,"data":{"attribute":"WBP_JUMPER","ble_mac":"…","value":{"bp_high":120,"bp_low":78,"pr":71}}}``
"""

from typing import Any, Final

import msgspec

from ingest.decoders.base import Place
from ingest.sink import NO_TIME, Sink, no_reading, seconds_to_ms, shown
from vitals.intake import Message


class Attribute(msgspec.Struct):
    """One device's report inside the gateway's."""

    attribute: str
    ble_mac: str
    value: dict[str, Any]


class Gateway(msgspec.Struct):
    """The gateway's envelope; ``type`` tells reports from the gateway's own chatter."""

    data: Attribute
    time: float | None = None


FIELDS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "WBP_JUMPER": {
        "bp_high": ("systolic_bp", "mm[Hg]"),
        "bp_low": ("diastolic_bp", "mm[Hg]"),
        "pr": ("heart_rate", "/min"),
    },
    "Oximeter_JUMPER": {"pulse": ("heart_rate", "/min"), "spo2": ("spo2", "%")},
    "TEMO_Jumper": {"Temp": ("temperature", "Cel")},
}
"""Attribute, field of its value, signal and unit. The oximeter's perfusion index (pi) is no vital sign of ours."""

BODY_MODES: Final = frozenset({"Head", "Ear", "Body"})
"""What a TEMO thermometer was pointed at when it measured a person."""

_JSON: Final = msgspec.json.Decoder(Gateway)


class Jumper:
    """Cuff, oximeter and thermometer; the device's own address says whose they are."""

    name = "jumper"

    def decode(self, message: Message, place: Place, sink: Sink) -> None:
        report = _JSON.decode(message.payload)
        data, fields = report.data, FIELDS.get(report.data.attribute)
        if fields is None:
            raise no_reading(f"$.data.attribute {shown(data.attribute)} is none of {', '.join(FIELDS)}")
        origin = sink.origin = place.owner(data.ble_mac)
        if (mode := data.value.get("mode", "Head")) not in BODY_MODES and data.attribute == "TEMO_Jumper":
            raise no_reading(f"$.data.value.mode is {shown(mode)}: no person was measured")
        time = NO_TIME if report.time is None else seconds_to_ms(report.time, "$.time")
        numbers = msgspec.convert({k: v for k, v in data.value.items() if k in fields}, dict[str, float])
        if not numbers:
            raise no_reading(f"$.data.value holds none of {', '.join(fields)}")
        for field, value in numbers.items():
            sink.measured(origin, time, fields[field][0], value, fields[field][1])
