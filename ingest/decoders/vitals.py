"""The native format: one report of vital signs, or a list of them (a backlog). This is the hot path.

``{"time":"2026-11-22T04:21:07.250Z","vitals":{"heart_rate":72,"temperature":{"value":98.2,"unit":"[degF]"}}}``
"""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from ingest.decoders.base import Place, ms, same
from ingest.sink import NO_TIME, Origin, Sink, no_reading, shown
from vitals.intake import Message, RejectReason
from vitals.signals import ACVPU

AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]


class Quantity(msgspec.Struct):
    """A value with its unit (UCUM, or what devices write for it)."""

    value: float
    unit: str = ""


class Report(msgspec.Struct):
    """What a device measured at one time. ``patient`` and ``device`` may be repeated and then must fit the topic."""

    vitals: dict[str, float | Quantity | str | None]
    time: AwareTime | None = None
    patient: str | None = None
    device: str | None = None


class LooseReport(Report):
    """A report in which a value is of a type that none may have: the other values still count."""

    vitals: dict[str, Any]


_PLAIN: Final = frozenset({float})
_JSON: Final = msgspec.json.Decoder(Report | list[Report])
_LOOSE: Final = msgspec.json.Decoder(LooseReport | list[LooseReport])


class Vitals:
    """Numbers go straight into the columns; a unit, a letter or an unknown signal takes the slower way."""

    name = "vitals"

    def decode(self, message: Message, place: Place, sink: Sink) -> None:
        found: Any
        try:
            found = _JSON.decode(message.payload)
        except msgspec.ValidationError:
            found = _LOOSE.decode(message.payload)
        reports, origin = [found] if isinstance(found, Report) else found, place.origin
        for report in reports:
            _put(report, origin, sink)
        if not any(report.vitals for report in reports):
            raise no_reading("$.vitals is empty: nothing was measured")


def _put(report: Report, origin: Origin, sink: Sink) -> None:
    if report.patient is not None or report.device is not None:
        same("patient", report.patient, origin.patient)
        same("device", report.device, origin.device)
    time, values = NO_TIME if report.time is None else ms(report.time), report.vitals
    try:
        if _PLAIN.issuperset(map(type, values.values())):
            sink.add(time, [origin.codes[name] for name in values], values.values())  # type: ignore[arg-type]
            return
    except KeyError:
        pass  # an unknown signal: one by one
    for name, value in values.items():
        _one(sink, origin, time, name, value)


def _one(sink: Sink, origin: Origin, time: int, name: str, value: Any) -> None:
    """One value that is not just a number of a known signal."""
    field = f"$.vitals.{name}" if name.isidentifier() and name.isascii() else f"$.vitals[{shown(name)}]"
    if isinstance(value, dict):
        try:
            value = msgspec.convert(value, Quantity)
        except msgspec.ValidationError as error:
            sink.reject(RejectReason.MALFORMED, str(error).replace("`$", f"`{field}", 1))
            return
    if isinstance(value, Quantity):
        sink.measured(origin, time, name, value.value, value.unit)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300:
        sink.measured(origin, time, name, float(value))
    elif value is None:
        sink.reject(RejectReason.NOT_A_READING, f"{field} is null: nothing was measured")
    elif isinstance(value, str) and name == "consciousness" and len(value) == 1 and value in ACVPU:
        sink.measured(origin, time, name, ACVPU.index(value))
    else:
        remedy = "a letter of ACVPU" if name == "consciousness" else 'a number, or {"value":…,"unit":…}'
        sink.reject(RejectReason.MALFORMED, f"{field} is {shown(value)}: send {remedy}")
