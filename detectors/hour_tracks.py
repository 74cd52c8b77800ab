"""The tracks whose hours are kept: each a patient's signal, from whichever device, that some slow detector watches."""

from collections.abc import Callable

import numpy as np

from detectors.columns import Bools, Index, room
from detectors.hour_rows import HourRows
from vitals.series import SeriesTable
from vitals.signals import SIGNALS

Wish = Callable[[Index, Index], Bools]
"""Which of these tracks (patient codes, signal codes) a detector watches."""


class HourTracks:
    """Which tracks there are, and which of them each series belongs to.

    >>> table = SeriesTable()
    >>> codes = [table.code("p1", device, 0) for device in ("watch", "oximeter")]
    >>> tracks = HourTracks(table)
    >>> tracks.wishes.append(lambda patient, signal: signal == 0)
    >>> tracks.grow().tolist(), tracks.tracks_of(np.array(codes)).tolist()
    ([0], [0, 0])
    """

    def __init__(self, series: SeriesTable) -> None:
        self._series = series
        self.rows = HourRows()
        self.wishes: list[Wish] = []
        self.patient: Index = np.zeros(0, np.int32)
        """Each track's patient code, and"""
        self.signal: Index = np.zeros(0, np.int32)
        """its signal code."""
        self.track: Index = np.full((0, len(SIGNALS)), -1, np.int32)
        """[patient, signal]: the number of the track, -1 where nobody watches it."""
        self.belated: Index = np.zeros(0, np.uint32)
        """How many fresh readings each track had of the newest judged hour or of those before, afterwards."""
        self.stale: Index = np.zeros(0, np.uint32)
        """How many readings that were not fresh each track had."""
        self.looked = 0
        """Series whose tracks have been made."""
        self._of: Index = np.zeros(0, np.int32)  # each series' track
        self._stale = False

    def use(self) -> None:
        """Care plans have changed: with them, what is watched."""
        self.looked = 0

    def grow(self) -> Index:
        """Make tracks for what somebody watches; returns the new ones."""
        looked, keys = self.looked, len(self._series)
        self._make_patients()
        if not self.wishes or looked == keys:
            return np.zeros(0, np.int64)
        self.looked = keys
        patient, signal = self._series.patient_codes()[looked:keys], self._series.signal_codes()[looked:keys]
        missing = np.unique((patient.astype(np.int64) * len(SIGNALS) + signal)[self.track[patient, signal] < 0])
        patient, signal = (part.astype(np.int32) for part in np.divmod(missing, len(SIGNALS)))
        wanted = np.logical_or.reduce([wish(patient, signal) for wish in self.wishes])
        made = self._make(patient[wanted], signal[wanted])
        self._of = room(self._of, keys, -1)
        self._of[looked:keys] = self._looked_up(slice(looked, keys))
        return made

    def of(self, patient: int, signal: int) -> int:
        """The track of a patient's signal, made where it is new."""
        self._make_patients()
        if self.track[patient, signal] < 0:
            self._make(np.array([patient], np.int32), np.array([signal], np.int32))
            self._stale = True
        return int(self.track[patient, signal])

    def tracks_of(self, series: Index) -> Index:
        """The track of each series, -1 where it has none."""
        if self._stale or len(self._of) < len(self._series):
            self._of, self._stale = self._looked_up(slice(None)), False
        return self._of.take(series).astype(np.intp)

    def _looked_up(self, series: slice) -> Index:
        found: Index = self.track[self._series.patient_codes()[series], self._series.signal_codes()[series]]
        return found

    def _make_patients(self) -> None:
        more = len(self._series.patients) - len(self.track)
        if more > 0:
            self.track = np.concatenate([self.track, np.full((more, len(SIGNALS)), -1, np.int32)])

    def _make(self, patient: Index, signal: Index) -> Index:
        first, size = self.rows.size, self.rows.size + len(patient)
        self.patient, self.signal = room(self.patient, size, 0), room(self.signal, size, 0)
        self.belated, self.stale = room(self.belated, size, 0), room(self.stale, size, 0)
        self.patient[first:size], self.signal[first:size] = patient, signal
        made = np.arange(first, size)
        self.track[patient, signal] = made
        self.rows.grow(size)
        return made
