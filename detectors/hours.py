"""Hourly means of every watched track: one is a patient's signal, from whichever device."""

from typing import Final

import numpy as np

from detectors.arrivals import Arrivals, sizes_of
from detectors.columns import Bools, Floats, Index, Ints
from detectors.hour_lot import MARKED_LOW, SCALE, Lot
from detectors.hour_tracks import HourTracks
from detectors.masks import all_of, any_of
from vitals.series import SeriesTable
from vitals.signals import BY_NAME, SIGNALS
from vitals.times import DAY, HOUR

SPAN: Final = 90 * DAY
"""Hours older than this are shown to no detector, so that a start need not read more of the store than this."""
LOW: Final = np.full(len(SIGNALS), -np.inf)
LOW[[BY_NAME[name].code for name in MARKED_LOW]] = list(MARKED_LOW.values())
_LOT: Final = 8_192
"""Readings that wait, at most, to be counted together."""


def hour_of(time: Ints) -> Ints:
    """The hours that readings belong to: what is measured on the stroke ends one.

    >>> hour_of(np.array([3_600_000, 3_600_001])).tolist()
    [1, 2]
    """
    return -(-time // HOUR)


class Hours(HourTracks):
    """Counts each reading once. One newer than all of its series is new, and one within the reach of its series' ring
    is if it does not stand there. Of an older one nobody in memory can tell: it makes its hour ``doubtful``, and that
    is read again from the store, which knows every reading once (without a store it is counted).

    Only arithmetic on whole numbers is done, so neither the order nor the batches in which readings come matter.
    """

    def __init__(self, series: SeriesTable) -> None:
        super().__init__(series)
        self.closed = -(1 << 31)
        """The newest hour that was judged."""
        self.stored = False
        """A store can be asked about what is doubtful."""
        self.doubtful: list[tuple[Index, Ints, Ints]] = []
        """Tracks and hours to be read again, and when that was found."""
        self._waiting: list[tuple[Index, Ints, Floats, Bools]] = []
        self._many = self._groups = 0

    def take(self, arrivals: Arrivals, now: int) -> None:
        """Readings have arrived. Nearly always they only wait here, to be counted with many others."""
        if not self.rows.size:
            return
        lot = (arrivals.series, arrivals.time, arrivals.value, arrivals.fresh)
        if arrivals.known is not None:
            counted = ~arrivals.known
            if self.stored and arrivals.beyond is not None and any_of(arrivals.beyond):
                self._doubt(arrivals, arrivals.beyond, now)
                counted &= ~arrivals.beyond
            lot = (lot[0][counted], lot[1][counted], lot[2][counted], lot[3][counted])
        self._waiting.append(lot)
        self._many += len(lot[0])
        self._groups += len(arrivals.codes)
        if self._many >= _LOT:
            self.fold()

    def fold(self) -> None:
        """Count what waits."""
        if not self._many:
            return
        lots = self._waiting
        series, time, value, fresh = (
            lots[0] if len(lots) == 1 else (np.concatenate(column) for column in zip(*lots, strict=True))
        )
        self._waiting = []
        several = 2 * self._groups < self._many
        self._many = self._groups = 0
        for start in range(0, len(series), 2 * _LOT):
            part = slice(start, start + 2 * _LOT)
            self._add(series[part], time[part], value[part], fresh[part], several=several)

    def _add(self, series: Index, time: Ints, value: Floats, fresh: Bools, *, several: bool) -> None:
        first, last = hour_of(time.min()), hour_of(time.max())
        hour = np.full(len(time), first) if first == last else hour_of(time)
        starts = _runs(series, hour) if several else series
        track = self.tracks_of(series.take(starts) if several else series)
        low = LOW.take(self.signal.take(track))
        below = (value < (low.repeat(sizes_of(starts, len(value))) if several else low)).astype(np.int64)
        total = np.floor(value * SCALE + 0.5).astype(np.int64)
        if first <= self.closed:
            self._belate(self.tracks_of(series), hour, fresh)
        if not all_of(fresh):
            self._count_stale(self.tracks_of(series[~fresh]))
        if several:
            total, below = np.add.reduceat(total, starts), np.add.reduceat(below, starts)
            hour, fresh = hour.take(starts), np.logical_or.reduceat(fresh, starts)
            count = sizes_of(starts, len(value))
        else:
            count = np.ones(len(track), np.int64)
        lot = Lot(track, hour, total, count, below, fresh)
        self.rows.add(lot if track.min() >= 0 else lot.take(track >= 0))

    def _doubt(self, arrivals: Arrivals, rows: Bools, now: int) -> None:
        track = self.tracks_of(arrivals.series[rows])
        kept = track >= 0
        track, hour = track[kept], hour_of(arrivals.time[rows])[kept]
        self.doubtful.append((track, hour, np.full(len(track), now, np.int64)))
        self._belate(track, hour, arrivals.fresh[rows][kept])
        self._count_stale(track[~arrivals.fresh[rows][kept]])

    def _count_stale(self, track: Index) -> None:
        np.add.at(self.stale, track[track >= 0], np.uint32(1))

    def _belate(self, track: Index, hour: Ints, fresh: Bools) -> None:
        late = fresh & (hour <= self.closed) & (track >= 0)
        if any_of(late):
            np.add.at(self.belated, track[late], np.uint32(1))


def _runs(series: Index, hour: Ints) -> Index:
    """Where readings of one series and hour, one after the other, begin."""
    begins = np.ones(len(series), bool)
    np.logical_or(series[1:] != series[:-1], hour[1:] != hour[:-1], out=begins[1:])
    return begins.nonzero()[0]
