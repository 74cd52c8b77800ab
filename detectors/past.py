"""What a bank needs to know of the past when it starts."""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import numpy as np

from detectors.base import Bools, Index, Ints
from detectors.hour_past import HourHistory
from detectors.rings import CAP, FIRST
from vitals.batch import Batch, Quality
from vitals.times import DAY, MINUTE

_ALL: Final = 30 * MINUTE
"""How far back every series is read."""
_FEW: Final = 3
"""A series with fewer readings in that time is a slow one, and is read further back: its rhythm must be known."""
_SLOW: Final = 2 * DAY
_AT_ONCE: Final = 2_000


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
    slow, long = count[newest.series] < _FEW, need[newest.series] > _ALL
    parts += _further(history, newest.series[slow], end - _SLOW, end - _ALL, FIRST)
    furthest = min(int(need[newest.series[long]].max(initial=0)), _SLOW)
    parts += _further(history, newest.series[long], end - furthest, end - _ALL, CAP)
    return Batch.concat(parts)


def _further(history: History, codes: Index, start: int, end: int, most: int) -> Iterator[Batch]:
    """A part of the series at a time, and of each no more than a ring takes, so that memory stays small."""
    for i in range(0, len(codes), _AT_ONCE):
        batch = history.window(start, end, codes[i : i + _AT_ONCE].tolist())
        batch = batch.take(_good(batch))
        ends = np.searchsorted(batch.series, batch.series, side="right")
        yield batch.take(ends - np.arange(len(batch)) <= most)


def _good(batch: Batch) -> Bools:
    """Artefacts say nothing of a series' rhythm, and are no context."""
    good: Bools = (batch.quality & int(Quality.ARTEFACT)) == 0
    return good
