"""What a bank needs to know of the past when it starts."""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import numpy as np

from detectors.artefacts_hampel import WIDTH
from detectors.columns import Bools, Index, Ints
from detectors.hour_past import HourHistory
from detectors.hours import SPAN
from detectors.order import starts_of
from detectors.rings import CAP
from vitals.batch import STALE, Batch, Quality
from vitals.times import DAY, HOUR, MINUTE

_ALL: Final = 30 * MINUTE
"""How far back every series is read at least."""
_FEW: Final = 3
"""A series with fewer readings in that time is a slow one, and is read further back: its rhythm must be known."""
_SOME: Final = 6 * HOUR
"""How far back at least one with fewer than a spike is told by."""
_SLOW: Final = 2 * DAY
_RHYTHM: Final = 128
"""Readings of a slow one: more than stand still before it counts as stuck, so that how it was before is known, too."""
_STOOD: Final = 10
"""Readings of which one value is half or more: since when it stands is looked for further back, streamed so far, and"""
_STILL: Final = 8 * HOUR
_LONG: Final = 14 * DAY
"""slow ones so far: else a sensor that is stuck would be found late. So far all are read where that costs little:"""
_LITTLE: Final = 500_000
"""readings of each of the three kinds. How often a value stands still is then known as if there had been no start."""
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
    count = np.bincount(recent.series[_good(recent)], minlength=len(need))[newest.series]
    slow, streamed = count < _FEW, count >= WIDTH
    parts = [newest, recent, *_before(history, recent, newest.series[streamed], end, (_ALL, _STILL))]
    for some, least in ((~slow & ~streamed, _SOME), (slow, _SLOW)):
        codes = newest.series[some]
        read = Batch.concat(list(_further(history, codes, end - least, end - _ALL, _RHYTHM)))
        parts += [read, *_before(history, read, codes, end, (least, _LONG))]
    long = need[newest.series] > _ALL
    furthest = min(int(need[newest.series[long]].max(initial=0)), _SLOW)
    parts += _further(history, newest.series[long], end - furthest, end - _ALL, CAP)
    read = Batch.concat(parts)
    told = np.isin(newest.series, read.series[_good(read) & ((read.quality & _STALE) == 0)])
    return Batch.concat([read, *_last_fresh(history, newest.series[~told], end)])


def _before(history: History, read: Batch, codes: Index, end: int, spans: tuple[int, int]) -> Iterator[Batch]:
    """What lies before the first span, of which ``read`` tells: of all ``codes`` as far back as that costs little, and
    of those that stand still to the end of the second.
    """
    least, most = spans
    little = min(_LONG, int(least * (_LITTLE / max(1, len(read)))))
    if little > least:
        yield from _further(history, codes, end - little, end - least, CAP)
    if most > little:
        yield from _further(history, _standing(read), end - most, end - max(little, least), CAP)


def _standing(batch: Batch) -> Index:
    """Series of a batch (sorted by series and time) whose newest value has stood for half of their readings or more.

    >>> _standing(Batch.of([1] * 12 + [2] * 12, [*range(12)] * 2, [97] * 12 + [70, 71] * 6, range(24))).tolist()
    [1]
    """
    starts = starts_of(batch.series) if len(batch) else np.zeros(0, np.intp)
    sizes = np.diff(starts, append=len(batch))
    newest = batch.value[starts + sizes - 1]
    other = np.where(batch.value != newest.repeat(sizes), np.arange(len(batch)), -1)
    if len(batch):
        run = starts + sizes - 1 - np.maximum(np.maximum.reduceat(other, starts), starts - 1)
        starts = starts[(2 * run >= sizes) & (sizes >= _STOOD) & (newest != 0)]
    return batch.series[starts]


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
