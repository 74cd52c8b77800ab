"""Open mHealth data points: header with a schema, body with one measure and its effective time frame."""

from typing import Any, Final

import msgspec

from ingest.decoders.base import Place, ms
from ingest.decoders.vitals import AwareTime, Quantity
from ingest.sink import NO_TIME, Sink, no_reading, shown
from vitals.intake import Message


class Schema(msgspec.Struct):
    """Which Open mHealth schema the body follows."""

    name: str


class Header(msgspec.Struct):
    """The part of a header that we need."""

    schema_id: Schema


class Interval(msgspec.Struct):
    """A measure taken over a time counts for its end."""

    start_date_time: AwareTime | None = None
    end_date_time: AwareTime | None = None


class TimeFrame(msgspec.Struct):
    """When the measure holds."""

    date_time: AwareTime | None = None
    time_interval: Interval | None = None


class Body(msgspec.Struct):
    """What all measures share."""

    effective_time_frame: TimeFrame | None = None
    descriptive_statistic: str | None = None


class DataPoint(msgspec.Struct):
    """An Open mHealth data point."""

    header: Header
    body: dict[str, Any]


MEASURES: Final[dict[str, dict[str, str]]] = {
    "blood-pressure": {"systolic_blood_pressure": "systolic_bp", "diastolic_blood_pressure": "diastolic_bp"},
    "heart-rate": {"heart_rate": "heart_rate"},
    "body-weight": {"body_weight": "weight"},
    "oxygen-saturation": {"oxygen_saturation": "spo2"},
    "body-temperature": {"body_temperature": "temperature"},
    "blood-glucose": {"blood_glucose": "glucose"},
    "respiratory-rate": {"respiratory_rate": "respiration_rate"},
}
"""Schema name, field of the body, signal. Source: Open mHealth schema library, clinical measures."""

_JSON: Final = msgspec.json.Decoder(DataPoint)


class OpenMHealth:
    """Single measures only: an average or a maximum over a week is no reading."""

    name = "open_mhealth"

    def decode(self, message: Message, place: Place, sink: Sink) -> None:
        point, origin = _JSON.decode(message.payload), place.origin
        schema = point.header.schema_id.name
        if (fields := MEASURES.get(schema)) is None:
            raise no_reading(f"$.header.schema_id.name {shown(schema)} is none of {', '.join(MEASURES)}")
        body = msgspec.convert(point.body, Body)
        if body.descriptive_statistic is not None:
            raise no_reading(f"$.body.descriptive_statistic {shown(body.descriptive_statistic)}: no single measure")
        measured = msgspec.convert({k: v for k, v in point.body.items() if k in fields}, dict[str, Quantity])
        if not measured:
            raise no_reading(f"$.body holds none of {', '.join(fields)}")
        time = _time(body.effective_time_frame)
        for field, quantity in measured.items():
            sink.measured(origin, time, fields[field], quantity.value, quantity.unit)


def _time(frame: TimeFrame | None) -> int:
    if frame is None:
        return NO_TIME
    interval = frame.time_interval or Interval()
    when = frame.date_time or interval.end_date_time or interval.start_date_time
    return NO_TIME if when is None else ms(when)
