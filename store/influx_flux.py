"""Flux queries over stored readings. Everything that comes from outside passes through ``quote`` or ``stamp``."""

from collections.abc import Sequence
from typing import Final

from store.influx_lines import FIELDS, MEASUREMENT, NO_DEVICE
from vitals.series import SeriesKey
from vitals.signals import SIGNALS
from vitals.times import iso

FIRST_TIME: Final = -9_223_372_036_000
LAST_TIME: Final = 9_223_372_036_000
"""The span that InfluxDB's nanosecond times can hold, 1677 to 2262, in ms."""

SERIES_A_QUERY: Final = 200
"""Predicates grow with the series asked for; InfluxDB plans some hundreds quickly, some thousands slowly."""

STATISTICS: Final = ("count", "mean", "min", "max")
_COLUMNS: Final = '["patient", "device", "signal", "_field", "_time", "_value"]'
_TABLES: Final = f'|> group(columns: ["_field"])\n  |> keep(columns: {_COLUMNS})'
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "$": r"\x24", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


def quote(text: str) -> str:
    r"""A Flux string literal that stands for exactly ``text``.

    The dollar sign is written as a byte, because ``${`` would begin an interpolated expression.

    >>> print(quote('p1") or true or ("${x}'))
    "p1\") or true or (\"\x24{x}"
    """
    return f'"{text.translate(_ESCAPES)}"'


def stamp(ms: int) -> str:
    """A Flux time literal, held within what InfluxDB can represent.

    >>> stamp(1795321267250)
    '2026-11-22T04:21:07.250Z'
    """
    return iso(min(max(ms, FIRST_TIME), LAST_TIME))


def series_filter(keys: Sequence[SeriesKey]) -> str:
    """A Flux predicate that is true for these series.

    Halved again and again, because a flat row of ``or`` counts as one nesting each, and Flux bears few of them.

    >>> print(series_filter([SeriesKey("p1", "", 1)]))
    (r.patient == "p1" and r.device == "-" and r.signal == "spo2")
    """
    if len(keys) > 1:
        half = len(keys) // 2
        return f"({series_filter(keys[:half])} or {series_filter(keys[half:])})"
    ((patient, device, signal),) = keys
    return (
        f"(r.patient == {quote(patient)} and r.device == {quote(device or NO_DEVICE)}"
        f" and r.signal == {quote(SIGNALS[signal].name)})"
    )


def _source(bucket: str, start: int, end: int, fields: Sequence[str], keys: Sequence[SeriesKey] | None) -> str:
    wanted = " or ".join(f"r._field == {quote(field)}" for field in fields)
    lines = [
        f"from(bucket: {quote(bucket)})",
        f"|> range(start: {stamp(start)}, stop: {stamp(end)})",
        f"|> filter(fn: (r) => r._measurement == {quote(MEASUREMENT)} and ({wanted}))",
    ]
    if keys is not None:
        lines.append(f"|> filter(fn: (r) => {series_filter(keys)})")
    return "\n  ".join(lines)


def window_query(bucket: str, start: int, end: int, keys: Sequence[SeriesKey] | None = None) -> str:
    """Every field of every reading in [start, end), one table a field: by far the cheapest for the server."""
    return f"{_source(bucket, start, end, FIELDS, keys)}\n  {_TABLES}"


def latest_query(bucket: str, keys: Sequence[SeriesKey] | None = None) -> str:
    """The newest reading of each series."""
    source = _source(bucket, FIRST_TIME, LAST_TIME, FIELDS, keys)
    return f"{source}\n  |> last()\n  {_TABLES}"


def series_query(bucket: str) -> str:
    """One row for each series that has readings."""
    source = _source(bucket, FIRST_TIME, LAST_TIME, FIELDS[:1], None)
    return f"{source}\n  |> first()\n  {_TABLES}"


def count_query(bucket: str, before: int = LAST_TIME) -> str:
    """How many readings are older than ``before``, one row a series (none when there is nothing)."""
    source = _source(bucket, FIRST_TIME, before, FIELDS[:1], None)
    return f'{source}\n  |> count()\n  |> group()\n  |> sum()\n  |> keep(columns: ["_value"])'


def aggregate_query(bucket: str, start: int, end: int, every: int, keys: Sequence[SeriesKey] | None = None) -> str:
    """Each statistic of each bucket as one row, told apart by the column ``_field``.

    The statistics are asked for separately because InfluxDB then works each out inside its storage engine.
    """
    source = _source(bucket, start, end, FIELDS[:1], keys)
    return "\n".join(
        f"{source}\n"
        f'  |> aggregateWindow(every: {int(every)}ms, fn: {name}, createEmpty: false, timeSrc: "_start")\n'
        f'  |> set(key: "_field", value: "{name}")\n  {_TABLES}\n  |> yield(name: "{name}")'
        for name in STATISTICS
    )
