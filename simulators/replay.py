"""A recording, published again: a long CSV through a broker, at any speed."""

import csv
import gzip
import io
from collections import deque
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from simulators.devices.model import to_json
from simulators.longcsv import HEADER
from simulators.publication import Publication, topic_of
from vitals.errors import BadDataError
from vitals.signals import BY_NAME
from vitals.times import iso, parse_time
from vitals.units import SPELLINGS, UnitError, conversion


class Row(NamedTuple):
    """One row of the long CSV; ``time`` ms UTC."""

    time: int
    patient: str
    device: str
    signal: str
    value: float
    unit: str


class Recording:
    """A source that publishes a file's rows when they are due, one message for a device and a moment.

    ``begin`` shifts all times so that the first row is due then (None: as recorded). Devices without a name are
    called ``recorded-1``. BadDataError names file, line, field and value.

    >>> Recording.of([Row(5_000, "p1", "", "spo2", 97.0, "%")], agency="a", begin=100).until(100)[0].payload
    b'{"time":"1970-01-01T00:00:00.100Z","vitals":{"spo2":97.0}}'
    """

    def __init__(self, path: Path | str, *, agency: str, begin: int | None = None) -> None:
        rows = sorted(_rows(Path(path)))
        self._due = deque(_publications(rows, agency, _shift(rows, begin)))

    @classmethod
    def of(cls, rows: list[Row], *, agency: str, begin: int | None = None) -> "Recording":
        """A recording from rows instead of a file."""
        self = cls.__new__(cls)
        self._due = deque(_publications(sorted(rows), agency, _shift(rows, begin)))
        return self

    @property
    def start(self) -> int | None:
        """When the next message is due, ms UTC."""
        return self._due[0].time if self._due else None

    @property
    def exhausted(self) -> bool:
        return not self._due

    def until(self, now: int) -> list[Publication]:
        """Everything due up to and including ``now`` and not handed out yet."""
        out = []
        while self._due and self._due[0].time <= now:
            out.append(self._due.popleft())
        return out


def _shift(rows: list[Row], begin: int | None) -> int:
    return 0 if begin is None or not rows else begin - min(row.time for row in rows)


def _publications(rows: list[Row], agency: str, shift: int) -> Iterator[Publication]:
    for (time, patient, device), group in groupby(rows, key=lambda row: row[:3]):
        vitals = {row.signal: _given(row) for row in group}
        payload = to_json({"time": iso(time + shift), "vitals": vitals})
        topic = topic_of(agency, patient, device or "recorded-1", "vitals")
        yield Publication(topic, payload, 1, False, time + shift, len(vitals))


def _given(row: Row) -> Any:
    own = SPELLINGS.get(row.unit, row.unit) == BY_NAME[row.signal].unit or not row.unit
    return row.value if own else {"value": row.value, "unit": row.unit}


def _rows(path: Path) -> Iterator[Row]:
    with _opened(path) as file:
        lines = csv.reader(file)
        if tuple(next(lines, ())) != HEADER:
            raise BadDataError(f"{path.name}: the first line must be {','.join(HEADER)}")
        for fields in lines:
            try:
                yield _row(fields)
            except (ValueError, KeyError, UnitError) as error:
                raise BadDataError(f"{path.name}:{lines.line_num}: {error}") from error


def _row(fields: list[str]) -> Row:
    if len(fields) != len(HEADER):
        raise ValueError(f"{len(fields)} fields instead of {len(HEADER)}")
    patient, device, signal, time, value, unit = fields
    if not patient or set(patient + device) & set("/+#"):
        raise ValueError(
            f"patient {patient!r} or device {device!r} cannot stand in a topic: no / + #, patient not empty"
        )
    if signal not in BY_NAME:
        raise ValueError(f"signal {signal!r} is none: one of {', '.join(BY_NAME)}")
    if unit:
        conversion(BY_NAME[signal], unit)
    return Row(parse_time(time), patient, device, signal, float(value), unit)


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")
