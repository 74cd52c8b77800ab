"""The Flux texts that panels ask. Measurement, tags and field are those that store/influx_lines.py writes.

Grafana fills in ``v.*`` (its time range, window and bucket) and ``${patient}`` before it asks. What is normal comes
from vitals.plan: a patient's own limits are in the ledger, which Flux cannot see, so every panel says "default".
"""

from collections.abc import Mapping
from typing import Final

from vitals.plan import DEFAULT_LIMITS
from vitals.signals import SIGNALS

ONE_PATIENT: Final = "r.patient == ${patient:doublequote}"
HOUR_NS: Final = 3_600_000_000_000

MEASURED: Final = "(r._value != 0.0 or r.signal =~ /^(oxygen_flow|consciousness)$/)"
"""Leaves out the zeros of a probe that is off: they are stored, and are no values of the patient."""

_BOUNDS: Final = {"alert_low": -1e9, "warning_low": -1e9, "warning_high": 1e9, "alert_high": 1e9}
"""What stands where there is no such limit: never reached."""


def source(*conditions: str) -> str:
    """Values in the dashboard's time range that fulfil the conditions (Flux predicates over ``r``).

    >>> print(source('r.signal == "spo2"').splitlines()[2].strip())
    |> filter(fn: (r) => r._measurement == "vitals" and r._field == "value" and r.signal == "spo2")
    """
    wanted = " and ".join(('r._measurement == "vitals"', 'r._field == "value"', *conditions))
    return (
        "from(bucket: v.defaultBucket)\n"
        "  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)\n"
        f"  |> filter(fn: (r) => {wanted})\n"
        f"  |> filter(fn: (r) => {MEASURED})"
    )


def newest(*conditions: str, of: tuple[str, ...] = ("patient", "signal")) -> str:
    """One row for each patient and signal (or what ``of`` names): its newest reading, whichever device sent it."""
    columns = ", ".join(f'"{name}"' for name in of)
    return (
        f"{source(*conditions)}\n"
        "  |> last()\n"
        f"  |> group(columns: [{columns}])\n"
        '  |> sort(columns: ["_time"])\n'
        "  |> last()\n"
        "  |> group()"
    )


def dictionary(values: Mapping[str, float | str]) -> str:
    """A Flux dictionary literal.

    >>> dictionary({"spo2": 88.0, "weight": -1e9})
    '["spo2": 88.0, "weight": -1000000000.0]'
    """
    shown = (
        f'"{key}": ' + (f'"{value}"' if isinstance(value, str) else f"{value:.1f}") for key, value in values.items()
    )
    return f"[{', '.join(shown)}]"


def judged(rows: str) -> str:
    """``rows`` with ``rank`` (2 outside alert limits, 1 outside warning limits, 0 within) and, in words, ``state``.

    ``shown`` is the value behind its mark.

    Marks and words carry what a colour also says: colour alone is no alarm signal (IEC 60601-1-8).
    """
    tables = "\n".join(f"{name} = {dictionary(_limits(name))}" for name in _BOUNDS)
    lookups = "\n".join(
        f"    {name.replace('_', '')} = dict.get(dict: {name}, key: r.signal, default: {default:.1f})"
        for name, default in _BOUNDS.items()
    )
    return f"""import "dict"
import "math"

{tables}
judge = (r) => {{
{lookups}
    shown = string(v: math.round(x: r._value * 10.0) / 10.0)
    low = if r._value < alertlow then 2 else if r._value < warninglow then 1 else 0
    high = if r._value > alerthigh then 2 else if r._value > warninghigh then 1 else 0
    mark =
        if low == 2 then "▼▼ "
        else if high == 2 then "▲▲ "
        else if low == 1 then "▼ "
        else if high == 1 then "▲ "
        else ""
    state =
        if low == 2 then "▼▼ below alert limit " + string(v: alertlow)
        else if high == 2 then "▲▲ above alert limit " + string(v: alerthigh)
        else if low == 1 then "▼ below warning limit " + string(v: warninglow)
        else if high == 1 then "▲ above warning limit " + string(v: warninghigh)
        else "● within limits"

    return {{r with rank: if low > high then low else high, state: state, shown: mark + shown}}
}}

judged = {rows}
  |> map(fn: judge)
"""


def _limits(name: str) -> dict[str, float]:
    limits = ((signal, getattr(DEFAULT_LIMITS[signal], name)) for signal in DEFAULT_LIMITS)
    return {signal: float(limit) for signal, limit in limits if limit is not None}


def titles() -> str:
    """A Flux dictionary of what each signal is called, with its unit."""
    return dictionary({signal.name: f"{signal.title}, {signal.shown_unit or signal.unit}" for signal in SIGNALS[:-1]})


def windowed(signal: str, statistic: str) -> str:
    """One statistic of a patient's signal in each window; windows without readings are left out, so gaps stay gaps."""
    return (
        f"{source(f'r.signal == {chr(34)}{signal}{chr(34)}', ONE_PATIENT)}\n"
        f"  |> aggregateWindow(every: v.windowPeriod, fn: {statistic}, createEmpty: false)\n"
        '  |> keep(columns: ["_time", "_value", "device"])'
    )
