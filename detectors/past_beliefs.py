"""Which past artefacts were believed afterwards: the store keeps a reading's first word, and that was doubt."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from detectors.artefacts import Reason
from detectors.artefacts_person import new_truth, of_one_person
from detectors.closer import WAITS
from detectors.columns import Bools, Index, Ints
from vitals.batch import Batch, Quality

if TYPE_CHECKING:
    from detectors.quality import SignalQuality
    from detectors.ward import Ward

_LATE: Final = 16
"""Readings in a row that came late, at most, of which it is known when."""


def believed(past: Batch, why: Ints, weights: Mapping[int, "SignalQuality"]) -> Index:
    """Rows that were doubted (``why`` [n], a Reason) and confirmed by what followed; ``past`` is sorted by series and
    time. ``weights``: the parameters of each series of weighings.

    >>> past = Batch.of([0] * 4, [0, 60_000, 120_000, 180_000], [97.0, 84, 85, 60], [0] * 4)
    >>> believed(past, np.array([0, 3, 0, 3]), {}).tolist()
    [1]
    """
    found = [_streamed(past, why, np.flatnonzero(why != Reason.PROBE_OFF))]
    for code, plan in weights.items():
        begins, ends = np.searchsorted(past.series, [code, code + 1]).tolist()
        found.append(np.array([*_weighings(past, why, range(begins, ends), plan)], np.intp))
    return np.sort(np.concatenate(found))


def believe(past: Batch, rows: Index, ward: "Ward", now: int) -> Batch:
    """The past without the flags of these rows; the store's hours do not count them, so they are counted here."""
    past = unflagged(past, rows)
    arrivals = ward.sorting.arrivals(past.take(rows))
    if arrivals is not None:
        ward.hours.take(arrivals, now)
    return past


def unflagged(past: Batch, rows: Index) -> Batch:
    """These rows are measurements; each came to be one when the reading after it came."""
    quality, received = past.quality.copy(), past.received.copy()
    quality[rows] &= ~np.uint8(Quality.ARTEFACT)
    received[rows] = np.maximum(received[rows], _soonest(past)[np.minimum(rows + 1, len(past) - 1)])
    return Batch.of(past.series, past.time, past.value, received, quality)


def _streamed(past: Batch, why: Ints, measured: Index) -> Index:
    """Those to which the next reading lies nearer than to the last accepted one that had arrived by then."""
    if not len(measured):
        return measured
    series, time, value, doubt = (column[measured] for column in (past.series, past.time, past.value, why))
    heard, late = past.received[measured], ~on_time(past)[measured]
    rows = np.flatnonzero(doubt == Reason.NOISE)
    good, numbers = np.flatnonzero(doubt == Reason.NONE), np.arange(len(doubt))
    next_ = np.minimum.accumulate(np.where(late, len(doubt) - 1, numbers)[::-1])[::-1]
    after = next_[np.minimum(rows + 1, len(doubt) - 1)]
    at = good.searchsorted(rows) - 1
    for _ in range(_LATE):
        at -= (at >= 0) & (heard[good[at]] > heard[after])
    before = good[np.maximum(at, 0)] if len(good) else rows
    sure = (time[after] - time[rows] <= WAITS) & (abs(value[after] - value[rows]) <= abs(value[after] - value[before]))
    for other in (before, after):
        sure &= (doubt[other] == Reason.NONE) & (series[other] == series[rows])
    return measured[rows[sure & (at >= 0)]]


def on_time(past: Batch) -> Bools:
    """[n] Which readings (sorted by series and time) came before all that were measured after them: the others had
    no say in what their series' next one was held against.

    >>> on_time(Batch.of([0, 0, 0, 1], [1, 2, 3, 1], [97.0] * 4, [1, 9, 3, 1])).tolist()
    [True, False, True, True]
    """
    found: Bools = _soonest(past) == past.received
    return found


def _soonest(past: Batch) -> Ints:
    """[n] When the first came of each reading and those of its series that were measured after it."""
    if not len(past):
        return past.received
    first = past.received.min()
    wide = past.series.astype(np.int64) * (int(past.received.max() - first) + 1) - first
    found: Ints = np.minimum.accumulate((past.received + wide)[::-1])[::-1] - wide
    return found


def _weighings(past: Batch, why: Ints, rows: range, plan: "SignalQuality") -> Iterator[int]:
    """Those that agree on enough days, the last of them accepted."""
    accepted: list[int] = []
    waiting: list[int] = []
    for row in rows:
        value = float(past.value[row])
        alike = waiting if of_one_person([_weighed(past, i) for i in waiting], value) else []
        if why[row]:
            waiting = [*alike, row]
            continue
        if alike and accepted and new_truth([_weighed(past, i) for i in (*alike, row)], plan.weight_days):
            yield from alike
            accepted += alike
        accepted.append(row)
        waiting = []


def _weighed(past: Batch, row: int) -> tuple[int, float]:
    return int(past.time[row]), float(past.value[row])
