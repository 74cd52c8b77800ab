"""Which readings are to be believed, as pure functions over columns.

The rule for times, in ms UTC, ``received`` being when the message reached us:

===================================  =============================================================================
the reading's time                   what becomes of it
===================================  =============================================================================
not sent                             ``received``, Quality.TIME_RECEIVED
up to ``ahead`` (2 min) ahead        taken as it is: a time is identity, and must not depend on when it came
further ahead, offset steady         less the device's offset, Quality.TIME_CORRECTED (ingest.skew)
further ahead, offset not steady     refused, BAD_TIME
older than ``late_after`` (10 min)   taken as it is, Quality.LATE: charts use it, nobody is paged about it
older than ``max_age`` (400 d), or   refused, BAD_TIME: the clock was never set
before the year 2000
===================================  =============================================================================

An exact 0 of a vital sign is how oximeters and monitors say that the probe is off: kept as Quality.ARTEFACT. Whatever
else is outside its signal's bounds is refused, IMPLAUSIBLE.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.plausible import Doubt, implausible, marked, plausible, probe_off
from ingest.skew import DeviceClocks
from vitals.batch import Batch, Quality
from vitals.intake import RejectReason
from vitals.series import SeriesTable
from vitals.times import DAY, MINUTE, iso, show_duration

YEAR_2000: Final = 946_684_800_000


@dataclass(frozen=True, slots=True)
class TimePolicy:
    """How far from its arrival a reading's time may lie, ms."""

    ahead: int = 2 * MINUTE
    late_after: int = 10 * MINUTE
    max_age: int = 400 * DAY


def credible(time: NDArray[np.int64], received: NDArray[np.int64], policy: TimePolicy) -> NDArray[np.bool_]:
    """bool[n]: neither further ahead than the policy allows, nor older than ``max_age`` or the year 2000.

    >>> credible(np.array([0, 10**12]), np.array([10**12, 10**12]), TimePolicy()).tolist()
    [False, True]
    """
    allowed = (time - received <= policy.ahead) & (received - time <= policy.max_age)
    return allowed & (time >= YEAR_2000)


def first_of_each(series: NDArray[np.int32], time: NDArray[np.int64]) -> NDArray[np.intp]:
    """intp[k]: the first row of each (series, time), in the order of the rows.

    >>> first_of_each(np.array([0, 1, 0], np.int32), np.array([5, 5, 5])).tolist()
    [0, 1]
    """
    if len(series) < 32 and len(set(zip(series.tolist(), time.tolist(), strict=True))) == len(series):
        return np.arange(len(series))
    order = np.lexsort((time, series))  # stable: of equal ones the first stays first
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(series[order]) != 0) | (np.diff(time[order]) != 0)
    return np.sort(order[new])


def correct_ahead(
    rows: Batch, message: NDArray[np.intp], table: SeriesTable, policy: TimePolicy, clocks: DeviceClocks
) -> Batch:
    """The rows with the times of devices whose clock is steadily ahead put right; the others are left as they are.

    All of a device's readings in one message (int[n], ``message``) are corrected by one offset.
    """
    ahead = rows.time - rows.received
    time, quality = rows.time.copy(), rows.quality.copy()
    for which in _by_device(np.flatnonzero(ahead > policy.ahead), rows.series, message, table):
        offset = clocks.offset(table.keys[rows.series[which[0]]][:2], int(ahead[which].max()))
        if offset is not None:
            time[which] -= offset
            quality[which] |= np.uint8(Quality.TIME_CORRECTED)
    return Batch.of(rows.series, time, rows.value, rows.received, quality)


def _by_device(
    suspects: NDArray[np.intp], series: NDArray[np.int32], message: NDArray[np.intp], table: SeriesTable
) -> Iterator[NDArray[np.intp]]:
    """Rows of each (message, device) that has a suspect, in the order of arrival."""
    keys = {(int(message[row]), table.keys[series[row]][:2]): None for row in suspects}
    for number, device in keys:
        rows = np.flatnonzero(message == number)
        yield rows[[table.keys[code][:2] == device for code in series[rows]]]


def judge(
    rows: Batch, message: NDArray[np.intp], *, table: SeriesTable, policy: TimePolicy, clocks: DeviceClocks
) -> tuple[Batch, list[Doubt]]:
    """The readings to keep, with their final time and quality, and why each other row is refused.

    ``message`` is int[n], which message a row came in (ascending). Of rows with the same identity the first is kept.
    Mostly there is nothing to object to, and then nothing is copied: a lone message must be through in microseconds.
    """
    lag = rows.received - rows.time
    if -lag.min() > policy.ahead:
        rows = correct_ahead(rows, message, table, policy, clocks)
        lag = rows.received - rows.time
    signal = table.signal_codes()[rows.series]
    good = plausible(signal, rows.value)
    doubts: list[Doubt] = []
    if not good.all():
        off = probe_off(signal, rows.value)
        rows, good = marked(rows, off), good | off
        doubts = [implausible(row, signal, rows) for row in np.flatnonzero(~good).tolist()]
    if lag.max() > min(policy.late_after, policy.max_age) or -lag.min() > policy.ahead:
        timely = credible(rows.time, rows.received, policy)
        doubts += [_untimely(row, rows, policy) for row in np.flatnonzero(good & ~timely).tolist()]
        good &= timely
        late = np.where(lag > policy.late_after, np.uint8(Quality.LATE), np.uint8(0))
        rows = Batch.of(rows.series, rows.time, rows.value, rows.received, rows.quality | late)
    kept = np.flatnonzero(good) if doubts else slice(None)
    first = first_of_each(rows.series[kept], rows.time[kept])
    if len(first) == len(rows):
        return rows, doubts
    return rows.take(first if isinstance(kept, slice) else kept[first]), doubts


def _untimely(row: int, batch: Batch, policy: TimePolicy) -> Doubt:
    time, received = int(batch.time[row]), int(batch.received[row])
    if time > received:
        problem = f"is {show_duration(time - received)} ahead of its arrival, and not steadily so"
    elif time < YEAR_2000:
        problem = "lies before the year 2000"
    else:
        problem = f"is more than {show_duration(policy.max_age)} old"
    return Doubt(row, RejectReason.BAD_TIME, f"time {said(time)} {problem}: set the device's clock")


def said(time: int) -> str:
    """A device's time as text, however absurd it is."""
    try:
        return iso(time)
    except OverflowError:
        return f"{time} ms"
