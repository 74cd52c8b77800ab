"""SenML packs in JSON (RFC 8428): base fields resolved, relative times, names mapped to signals."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from ingest.decoders.base import Place
from ingest.directory import Refused
from ingest.sink import NO_TIME, Origin, Sink, no_reading, seconds_to_ms, shown
from vitals.intake import Message, RejectReason
from vitals.signals import ACVPU, BY_NAME

RELATIVE: Final = 2**28
"""Times below are seconds from now (RFC 8428, section 4.5.3)."""

NAMES: Final[Mapping[str, str]] = {
    **{name: name for name in BY_NAME},
    "hr": "heart_rate", "heartrate": "heart_rate", "pulse": "heart_rate", "bpm": "heart_rate",
    "sao2": "spo2", "oxygen_saturation": "spo2", "rr": "respiration_rate", "resp": "respiration_rate",
    "temp": "temperature", "body_temperature": "temperature", "sys": "systolic_bp", "systolic": "systolic_bp",
    "dia": "diastolic_bp", "diastolic": "diastolic_bp", "glu": "glucose", "blood_glucose": "glucose",
    "body_weight": "weight", "acvpu": "consciousness",
}  # fmt: skip
"""The last part of a record's name, in small letters, and the signal it means."""

UNITS: Final[Mapping[str, str]] = {"/": "{fraction}", "beat/min": "/min", "mg/dl": "mg/dL", "mmol/l": "mmol/L"}
"""SenML units (RFC 8428 and 8798) that UCUM writes otherwise."""

_HARDWARE: Final = re.compile(r"urn:dev:(?:mac|ow|org|os|ser):([^:_]+)", re.IGNORECASE)


class Record(msgspec.Struct):
    """One SenML record (RFC 8428, section 4)."""

    bn: str = ""
    bt: float = 0
    bu: str = ""
    bv: float = 0
    bver: int = 10
    n: str = ""
    u: str = ""
    v: float | None = None
    vs: str | None = None
    vb: bool | None = None
    vd: str | None = None
    s: float | None = None
    t: float = 0


@dataclass(frozen=True, slots=True)
class Resolved:
    """A record with its base fields applied."""

    name: str
    unit: str
    time: float
    record: Record
    base_value: float


_JSON: Final = msgspec.json.Decoder(list[dict[str, Any]])


def resolve(pack: list[dict[str, Any]]) -> Iterator[Resolved]:
    """Each record that holds a value, with its base fields applied (RFC 8428, section 4.6)."""
    name, unit, time, value = "", "", 0.0, 0.0
    for number, fields in enumerate(pack):
        if foreign := [label for label in fields if label.endswith("_")]:
            raise Refused(RejectReason.MALFORMED, f"$[{number}].{shown(foreign[0])} must be understood, and is not")
        try:
            record = msgspec.convert(fields, Record)
        except msgspec.ValidationError as error:
            raise Refused(RejectReason.MALFORMED, str(error).replace("`$", f"`$[{number}]", 1)) from None
        if record.bver > 10:
            raise Refused(RejectReason.MALFORMED, f"$[{number}].bver {record.bver} is newer than 10")
        name, unit = record.bn or name, record.bu or unit
        time, value = fields.get("bt", time), fields.get("bv", value)
        if any(x is not None for x in (record.v, record.vs, record.vb, record.vd, record.s)):
            yield Resolved(name + record.n, record.u or unit, time + record.t, record, value)


class SenML:
    """Whose device it is says the topic, or the hardware address in the record's name (``urn:dev:mac:…``).

    ``names`` maps a record's whole name, or its last part, to a signal; without it the usual ones are known.
    """

    name = "senml"

    def __init__(self, names: Mapping[str, str] = NAMES) -> None:
        self._names = names

    def decode(self, message: Message, place: Place, sink: Sink) -> None:
        found = False
        for number, record in enumerate(resolve(_JSON.decode(message.payload))):
            found = True
            self._put(f"value {number + 1}", record, message.received, place, sink)
        if not found:
            raise no_reading("the pack holds no value")

    def _put(self, where: str, resolved: Resolved, received: int, place: Place, sink: Sink) -> None:
        origin, record = _origin(resolved.name, place), resolved.record
        sink.origin = origin
        label = re.split(r"[:/]", resolved.name)[-1].lower()
        signal = self._names.get(resolved.name) or self._names.get(label, label)
        time = _time(resolved.time, received)
        if record.v is not None:
            sink.measured(origin, time, signal, resolved.base_value + record.v, UNITS.get(resolved.unit, resolved.unit))
        elif signal == "consciousness" and record.vs is not None and len(record.vs) == 1 and record.vs in ACVPU:
            sink.measured(origin, time, signal, ACVPU.index(record.vs))
        else:
            sink.reject(RejectReason.NOT_A_READING, f"{where} ({shown(resolved.name)}) is no number")


def _time(seconds: float, received: int) -> int:
    """Time in ms UTC: seconds before or after now count from arrival; no time at all is arrival itself."""
    if seconds == 0:
        return NO_TIME
    return seconds_to_ms(seconds, "bt + t") if seconds >= RELATIVE else received + seconds_to_ms(seconds, "bt + t")


def _origin(name: str, place: Place) -> Origin:
    hardware = _HARDWARE.match(name)
    if place.topic_origin is None:
        return place.owner(hardware[1] if hardware else re.split(r"[:/]", name)[0])
    origin = place.topic_origin
    if hardware and (owners := place.directory.owners(hardware[1])) and origin.patient not in {p for p, _ in owners}:
        raise Refused(RejectReason.MISMATCH, f"{shown(name)} is not a device of the topic's {origin.patient!r}")
    return origin
