"""Where decoders put what they find: columns under construction, statuses, events and rejects."""

from collections.abc import Sequence
from typing import Final

from ingest.directory import Refused
from vitals.intake import DeviceStatus, Message, PatientEvent, Reject, RejectReason
from vitals.series import SeriesTable
from vitals.signals import BY_NAME
from vitals.units import UnitError, conversion, converted

NO_TIME: Final = -(1 << 63)
_LONGEST_DETAIL: Final = 450
"""Stands for "the device sends no time" in the time column until the time of arrival takes its place."""


def shown(value: object, longest: int = 60) -> str:
    r"""A value of a payload as a reject's detail may hold it: quoted, escaped, short.

    >>> shown("a\x00b"), shown("x" * 100, 5)
    ("'a\\x00b'", "'xxxx…")
    """
    if isinstance(value, int) and abs(value) > 1 << 64:
        return "an integer of more than 64 bits"
    text = ascii(value)
    return text if len(text) <= longest else text[:longest] + "…"


class Codes(dict[str, int]):
    """Series codes of one device by signal name, made when first asked for; KeyError where there is no such signal."""

    def __init__(self, table: SeriesTable, patient: str, device: str) -> None:
        super().__init__()
        self._table, self._patient, self._device = table, patient, device

    def __missing__(self, signal: str) -> int:
        code = self[signal] = self._table.code(self._patient, self._device, BY_NAME[signal].code)
        return code


class Origin:
    """A device of a patient, with the series codes of what it measures."""

    __slots__ = ("codes", "device", "patient")

    def __init__(self, table: SeriesTable, patient: str, device: str) -> None:
        self.patient, self.device = patient, device
        self.codes = Codes(table, patient, device)


class Sink:
    """Collects one decode call. Readings come in groups of one time: ``counts[i]`` values belong to group i.

    ``message`` and ``index`` are the message at hand, ``origin`` whose it is, once that is known.
    """

    def __init__(self) -> None:
        self.index, self.message = -1, Message("", b"", 0)
        self.origin: Origin | None = None
        self.series: list[int] = []
        self.value: list[float] = []
        self.counts: list[int] = []
        self.times: list[int] = []
        self.messages: list[int] = []
        self.statuses: list[DeviceStatus] = []
        self.events: list[PatientEvent] = []
        self.rejects: list[Reject] = []

    def add(self, time: int, series: Sequence[int], values: Sequence[float]) -> None:
        """Readings of one time (ms UTC, or NO_TIME), values in their signals' units."""
        self.series += series
        self.value += values
        self.counts.append(len(series))
        self.times.append(time)
        self.messages.append(self.index)

    def measured(self, origin: Origin, time: int, signal: str, value: float, unit: str = "") -> None:
        """One reading in any known unit ("" for the signal's own); what is unknown becomes a reject of this value."""
        try:
            code = origin.codes[signal]
        except KeyError:
            self.reject(RejectReason.UNKNOWN_SIGNAL, f"{shown(signal)} is no signal: one of {', '.join(BY_NAME)}")
            return
        try:
            factor, offset = conversion(BY_NAME[signal], unit) if unit else (1, 0)
        except UnitError as error:
            self.reject(RejectReason.UNKNOWN_UNIT, str(error)[:200].encode("ascii", "backslashreplace").decode())
            return
        self.add(time, (code,), (converted(value, factor, offset),))

    def reject(self, reason: RejectReason, detail: str, payload: bytes | None = None) -> None:
        """Refuse the message at hand, or a part of it."""
        m, who = self.message, (self.origin.patient, self.origin.device) if self.origin else ("", "")
        self.rejects.append(
            Reject(m.received, m.topic, m.payload if payload is None else payload, reason, _fit(detail), *who)
        )

    def refuse_message(self, reason: RejectReason, detail: str) -> None:
        """Refuse the message at hand whole: what was found in it before is taken back."""
        while self.messages and self.messages[-1] == self.index:
            self.messages.pop()
            self.times.pop()
            if count := self.counts.pop():
                del self.series[-count:], self.value[-count:]
        self.reject(reason, detail)


def seconds_to_ms(seconds: float, field: str) -> int:
    """Epoch seconds as ms; Refused where that is no time that can be written.

    >>> seconds_to_ms(1739360702, "time")
    1739360702000
    """
    if not -1e11 < seconds < 1e11:
        raise Refused(RejectReason.BAD_TIME, f"{field} {seconds:g} is no time in seconds since 1970")
    return round(seconds * 1000)


def no_reading(what: str) -> Refused:
    """The refusal of a well-formed message in which nobody was measured."""
    return Refused(RejectReason.NOT_A_READING, what)


def _fit(detail: str) -> str:
    """A sentence of bearable length: a payload may hold names of any length, the fault is at its start, the remedy at
    its end.
    """
    return detail if len(detail) <= _LONGEST_DETAIL else f"{detail[:240]} … {detail[-160:]}"
