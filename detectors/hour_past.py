"""Hours from the store: all of them at a start, and afterwards those that old readings have made doubtful."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from detectors.columns import Index
from detectors.hour_lot import KEPT, MARKED_LOW, SCALE, Lot
from detectors.hours import SPAN, Hours
from vitals.errors import UnavailableError
from vitals.times import HOUR, MINUTE

_AT_ONCE: Final = 4_000
"""Series asked for together, so that memory stays small."""
_REREAD: Final = 512
_SETTLED: Final = MINUTE
"""How long after an hour's end, and after it became doubtful, everything that has arrived is in the store."""

log = structlog.get_logger(__name__)


class Hourly(Protocol):
    """Columns of n series' hours: ``series``, ``hour`` since the epoch (right-closed, see detectors.slow), ``count`` of
    readings that are no artefacts, their ``mean``, how many are ``below`` the signal's mark, how many ``fresh``.
    """

    @property
    def series(self) -> NDArray[Any]: ...
    @property
    def hour(self) -> NDArray[Any]: ...
    @property
    def count(self) -> NDArray[Any]: ...
    @property
    def mean(self) -> NDArray[Any]: ...
    @property
    def below(self) -> NDArray[Any]: ...
    @property
    def fresh(self) -> NDArray[Any]: ...


class HourHistory(Protocol):
    """Where the past of the hours is kept."""

    def hourly(self, first: int, last: int, marks: Mapping[str, float], series: Sequence[int]) -> Hourly:
        """The hours ``first`` to ``last`` (both included) of some series; ``marks`` by signal."""
        ...


def fill(hours: Hours, history: HourHistory | None, first: int, now: int) -> None:
    """Read the hours of the tracks from number ``first`` on: of KEPT hours back all, of SPAN back where they are fewer
    than are kept. So a streamed signal costs its last two weeks, and memory stays small.
    """
    if history is None:
        return
    tracks = np.arange(first, hours.rows.size)
    last = -(-now // HOUR) + 1  # clocks may be a little ahead of ours
    for series in _slices(_series_of(hours, tracks)):
        hours.rows.add(_lot(hours, history.hourly(last - KEPT, last, MARKED_LOW, series.tolist())))
        short = series[hours.rows.filled[hours.tracks_of(series)] < KEPT]
        if len(short):
            older = history.hourly(last - SPAN // HOUR, last - KEPT - 1, MARKED_LOW, short.tolist())
            hours.rows.add(_lot(hours, older))


def reread(hours: Hours, history: HourHistory | None, now: int) -> None:
    """Read some of the doubtful hours that are over; a store that is down is asked again later."""
    if history is None or not hours.doubtful:
        return
    track, hour, noted = _doubts(hours)
    ready = np.flatnonzero((noted <= now - _SETTLED) & (hour * HOUR <= now - _SETTLED))
    ready = ready[np.isin(track[ready], np.unique(track[ready])[:_REREAD])]
    if not len(ready):
        return
    hours.fold()
    first, last = int(hour[ready].min()), int(hour[ready].max())
    try:
        found = _lot(hours, history.hourly(first, last, MARKED_LOW, _series_of(hours, track[ready]).tolist()))
    except UnavailableError as fault:
        log.warning("hours_not_read_again", fault=str(fault), consequence="late readings are not in hourly means yet")
        return
    asked = np.isin((found.track.astype(np.int64) << 32) + found.hour, (track[ready] << 32) + hour[ready])
    hours.rows.renew(found.take(asked))
    left = np.delete(np.arange(len(track)), ready)
    hours.doubtful[:] = [(track[left], hour[left], noted[left])] if len(left) else []


def _doubts(hours: Hours) -> tuple[Index, Index, Index]:
    """Each doubtful track's hour once, and when it was last noted."""
    track, hour, noted = (np.concatenate(column) for column in zip(*hours.doubtful, strict=True))
    order = np.lexsort((noted, hour, track))
    last = np.append((np.diff(track[order]) != 0) | (np.diff(hour[order]) != 0), True)
    rows = order[last] if len(order) else order
    hours.doubtful[:] = [(track[rows], hour[rows], noted[rows])]
    return track[rows].astype(np.int64), hour[rows], noted[rows]


def _series_of(hours: Hours, tracks: Index) -> Index:
    wanted = np.zeros(hours.rows.size, bool)
    wanted[tracks] = True
    of = hours.tracks_of(np.arange(hours.looked))
    return np.flatnonzero((of >= 0) & wanted[of])


def _slices(series: Index) -> Iterator[Index]:
    yield from (series[i : i + _AT_ONCE] for i in range(0, len(series), _AT_ONCE))


def _lot(hours: Hours, found: Hourly) -> Lot:
    count = found.count.astype(np.int64)
    total = np.rint(found.mean * count * SCALE).astype(np.int64)
    track = hours.tracks_of(found.series)
    return Lot(track, found.hour.astype(np.int64), total, count, found.below.astype(np.int64), found.fresh > 0).summed()
