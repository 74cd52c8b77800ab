"""What a bank needs to know of the past when it starts."""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import numpy as np

from detectors.artefacts_hampel import WIDTH
from detectors.base import Bools, Index, Ints
from detectors.hour_past import HourHistory
from detectors.hours import SPAN
from detectors.rings import CAP
from vitals.batch import STALE, Batch, Quality
from vitals.times import DAY, HOUR, MINUTE

_ALL: Final = 30 * MINUTE
"""How far back every series is read."""
_FEW: Final = 3
"""A series with fewer readings in that time is a slow one, and is read further back: its rhythm must be known."""
_SOME: Final = 6 * HOUR
"""How far back one with fewer than a spike is told by."""
_SLOW: Final = 2 * DAY
_RHYTHM: Final = 128
"""Readings of a slow one: more than stand still before it counts as stuck, so that how it was before is known, too."""
_AT_ONCE: Final = 2_000
_STALE: Final = int(STALE)


class History(HourHistory, Protocol):
    """Where the past is kept."""

    def window(self, start: int, end: int, series: Sequence[int] | None = None) -> Batch:
        """Readings in [start, end), sorted by (series, time), each once."""
        ...

    def latest(self, series: Sequence[int] | None = None) -> Batch:
        """The newest reading of each series."""
        ...


def past(history: History, need: Ints, now: int) -> Batch:
    """The newest reading of every series, and before it as much as its detectors look at.

    ``need`` int64[series] is the context in ms that each wants. A few readings more than that are no harm.
    """
    newest = history.latest()
    end = min(now, int(newest.time.max(initial=0))) + 1
    recent = history.window(end - _ALL, end)
    count = np.bincount(recent.series[_good(recent)], minlength=len(need))
    parts = [newest, recent]
    some = (count[newest.series] >= _FEW) & (count[newest.series] < WIDTH)
    parts += _further(history, newest.series[some], end - _SOME, end - _ALL, _RHYTHM)
    slow, long = count[newest.series] < _FEW, need[newest.series] > _ALL
    parts += _further(history, newest.series[slow], end - _SLOW, end - _ALL, _RHYTHM)
    furthest = min(int(need[newest.series[long]].max(initial=0)), _SLOW)
    parts += _further(history, newest.series[long], end - furthest, end - _ALL, CAP)
    read = Batch.concat(parts)
    told = np.isin(newest.series, read.series[_good(read) & ((read.quality & _STALE) == 0)])
    return Batch.concat([read, *_last_fresh(history, newest.series[~told], end)])


def _last_fresh(history: History, codes: Index, end: int) -> Iterator[Batch]:
    """Of series that have sent nothing fresh for longer than that, or artefacts only, the last that was: what it said
    still counts, and whoever waits for the next one heard it.
    """
    if not len(codes):
        return
    last = -(-end // HOUR)
    found = history.hourly(last - SPAN // HOUR, last, {}, codes.tolist())
    series, hour = found.series[found.fresh > 0], found.hour[found.fresh > 0]
    known, place = np.unique(series, return_inverse=True)
    newest = np.zeros(len(known), np.int64)
    np.maximum.at(newest, place, hour)
    for each in np.unique(newest).tolist():
        batch = history.window((each - 1) * HOUR + 1, each * HOUR + 1, known[newest == each].tolist())
        yield batch.take(_good(batch))


def _further(history: History, codes: Index, start: int, end: int, most: int) -> Iterator[Batch]:
    """A part of the series at a time, and of each no more than a ring takes, so that memory stays small."""
    for i in range(0, len(codes), _AT_ONCE):
        batch = history.window(start, end, codes[i : i + _AT_ONCE].tolist())
        ends = np.searchsorted(batch.series, batch.series, side="right")
        good = np.append(0, np.cumsum(_good(batch)))
        back = ends - np.arange(len(batch))
        yield batch.take((good[ends] - good[:-1] <= most) & (_good(batch) | (back <= CAP)))


def _good(batch: Batch) -> Bools:
    """Artefacts say nothing of a series' rhythm."""
    good: Bools = (batch.quality & int(Quality.ARTEFACT)) == 0
    return good
