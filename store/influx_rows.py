"""What Flux answers (CSV) as columns. Rows of one reading's fields are put side by side with NumPy, not in Flux."""

import io
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from store.influx_flux import STATISTICS
from store.influx_lines import FIELDS, NO_DEVICE
from store.readings import Aggregates
from vitals.batch import Batch
from vitals.errors import UnavailableError
from vitals.series import SeriesTable
from vitals.signals import BY_NAME

_WORD: Final = pa.dictionary(pa.int32(), pa.string())
_TYPES: Final = {
    "patient": _WORD,
    "device": _WORD,
    "signal": _WORD,
    "_field": _WORD,
    "_time": pa.timestamp("ns", "UTC"),
    "_value": pa.float64(),
}


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Columns of n answered rows: series code int32, time int64 ms, field (an index into ``fields``), value float64."""

    series: NDArray[np.int32]
    time: NDArray[np.int64]
    field: NDArray[np.int32]
    value: NDArray[np.float64]
    fields: tuple[str, ...]

    def of_field(self, name: str) -> "Rows":
        """Only the rows of that field, sorted by (series, time)."""
        at = self.fields.index(name) if name in self.fields else -1
        rows = np.flatnonzero(self.field == at)
        rows = rows[np.lexsort((self.time[rows], self.series[rows]))]
        return Rows(self.series[rows], self.time[rows], self.field[rows], self.value[rows], self.fields)

    @classmethod
    def concat(cls, parts: "list[Rows]") -> "Rows":
        """All rows of several answers; their fields are numbered alike afterwards."""
        fields = tuple(dict.fromkeys(name for part in parts for name in part.fields))
        if not parts:
            return cls.empty()
        renumbered = [np.array([fields.index(name) for name in part.fields], np.int32)[part.field] for part in parts]
        return cls(
            np.concatenate([part.series for part in parts]),
            np.concatenate([part.time for part in parts]),
            np.concatenate(renumbered),
            np.concatenate([part.value for part in parts]),
            fields,
        )

    @classmethod
    def empty(cls) -> "Rows":
        return cls(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0), ())

    def __len__(self) -> int:
        return len(self.series)


def read_tables(body: bytes) -> list[pa.Table]:
    """The CSV as Arrow tables: a blank line stands before each new header. UnavailableError where a fault is told."""
    tables = [_read_table(text) for text in body.strip().split(b"\r\n\r\n") if text.strip()]
    return [table for table in tables if table.num_rows]


def _read_table(text: bytes) -> pa.Table:
    header, _, rest = text.strip().partition(b"\n")
    if header.strip(b",\r").startswith(b"error"):
        raise UnavailableError(f"InfluxDB broke off a query: {rest.decode(errors='replace')[:200]}")
    options = csv.ConvertOptions(
        column_types=_TYPES, include_columns=list(_TYPES), include_missing_columns=True, strings_can_be_null=False
    )
    try:
        return csv.read_csv(io.BytesIO(text), convert_options=options)
    except pa.ArrowInvalid as fault:
        raise UnavailableError(f"InfluxDB's answer broke off or is no table: {str(fault)[:200]}") from None


def read_count(body: bytes) -> int:
    """The one number that a count answers; 0 for no answer at all."""
    return sum(int(table["_value"].to_numpy().sum()) for table in read_tables(body))


def _words(table: pa.Table, column: str) -> tuple[NDArray[np.int32], list[str]]:
    """A column of words as indices into its distinct words."""
    words: Any = table[column]
    if words.null_count:  # a column that no row has
        words = pc.dictionary_encode(pc.fill_null(words.cast(pa.string()), ""))
    chunks = words.unify_dictionaries()
    indices = np.concatenate([np.asarray(chunk.indices) for chunk in chunks.chunks])
    return indices, chunks.chunk(0).dictionary.to_pylist()


def _series_of(table: pa.Table, known: SeriesTable) -> NDArray[np.int32]:
    """Each row's series code; -1 where the signal is not in our catalogue."""
    (patient, patients), (device, devices), (signal, signals) = (
        _words(table, c) for c in ("patient", "device", "signal")
    )
    combined = (patient.astype(np.int64) * len(devices) + device) * len(signals) + signal
    distinct, inverse = np.unique(combined, return_inverse=True)
    codes = np.full(len(distinct), -1, np.int32)
    for at in _in_order(distinct.tolist(), patients, devices, signals):
        rest, s = divmod(int(distinct[at]), len(signals))
        p, d = divmod(rest, len(devices))
        if signals[s] in BY_NAME and patients[p]:
            name = "" if devices[d] == NO_DEVICE else devices[d]
            codes[at] = known.code(patients[p], name, BY_NAME[signals[s]].code)
    return codes[inverse]


def _in_order(combined: list[int], patients: list[str], devices: list[str], signals: list[str]) -> list[int]:
    """Positions sorted by (patient, device, signal), so that codes do not hang on the order of the answer."""

    def names(at: int) -> tuple[str, str, str]:
        rest, s = divmod(combined[at], len(signals))
        return (patients[rest // len(devices)], devices[rest % len(devices)], signals[s])

    return sorted(range(len(combined)), key=names)


def read_rows(body: bytes, known: SeriesTable) -> Rows:
    """The answer's rows with their series codes (made where new), those of unknown signals left out."""
    return Rows.concat([_rows(table, known) for table in read_tables(body)])


def _rows(table: pa.Table, known: SeriesTable) -> Rows:
    series = _series_of(table, known)
    field, fields = _words(table, "_field")
    time = table["_time"].cast(pa.int64()).to_numpy() // 1_000_000
    ours = series >= 0
    return Rows(series[ours], time[ours], field[ours], table["_value"].to_numpy()[ours], tuple(fields))


def _beside(base: Rows, other: Rows, missing: NDArray[Any]) -> NDArray[Any]:
    """``other``'s value for each row of ``base``; ``missing`` where it has none."""
    if len(other) == len(base) and (other.series == base.series).all() and (other.time == base.time).all():
        return other.value
    found = dict(zip(zip(other.series.tolist(), other.time.tolist(), strict=True), other.value.tolist(), strict=True))
    keys = zip(base.series.tolist(), base.time.tolist(), strict=True)
    return np.array([found.get(key, default) for key, default in zip(keys, missing.tolist(), strict=True)])


def to_batch(rows: Rows) -> Batch:
    """Readings sorted by (series, time). One written without ``received`` counts as received when measured."""
    value, received, quality = (rows.of_field(name) for name in FIELDS)
    return Batch.of(
        value.series,
        value.time,
        value.value,
        _beside(value, received, value.time).astype(np.int64),
        _beside(value, quality, np.zeros(len(value))).astype(np.uint8),
    )


def to_aggregates(rows: Rows, every: int) -> Aggregates:
    """Buckets sorted by (series, time). InfluxDB cuts the first at the asked start; here it begins at its multiple."""
    count, *others = (rows.of_field(name) for name in STATISTICS)
    columns = (_beside(count, other, np.full(len(count), np.nan)) for other in others)
    return Aggregates.of(count.series, count.time // every * every, count.value.astype(np.int64), *columns)
