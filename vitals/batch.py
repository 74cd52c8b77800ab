"""Readings: one as an object at the edges, many as read-only columns on the hot path."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from vitals.series import SeriesTable
from vitals.signals import SIGNALS


class Quality(IntFlag):
    """What is known about a reading beside its value. 0 is a plain good reading."""

    GOOD = 0
    LATE = 1
    """Arrived long after it was measured (backlog, replay): charts use it, nobody is paged about it."""
    RETAINED = 2
    """Came as an MQTT retained message: never counts as fresh."""
    TIME_CORRECTED = 4
    """The device's clock was off; ``time`` is our correction."""
    TIME_RECEIVED = 8
    """The device sends no time; ``time`` is when it arrived."""
    ARTEFACT = 16
    """Probe off, stuck, spike: kept, never judged as physiology."""


STALE = Quality.LATE | Quality.RETAINED
"""Readings that never count as fresh."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One measured value, in its signal's unit; times in ms UTC."""

    patient: str
    device: str
    signal: str
    time: int
    value: float
    received: int
    quality: Quality = Quality.GOOD


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Columns of n readings, read-only.

    ``series`` int32 (codes of a SeriesTable), ``time`` and ``received`` int64 ms UTC, ``value`` float64 in the
    signal's unit, ``quality`` uint8 (Quality flags).

    >>> Batch.of([0, 0], [1000, 2000], [97.0, 96.0], [1001, 2001]).value.tolist()
    [97.0, 96.0]
    """

    series: NDArray[np.int32]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    received: NDArray[np.int64]
    quality: NDArray[np.uint8]

    @classmethod
    def of(cls, series: Any, time: Any, value: Any, received: Any, quality: Any = None) -> Self:
        """Make a batch from sequences of equal length, else ValueError; arrays of the right type are not copied."""
        columns = (
            np.asarray(series, np.int32),
            np.asarray(time, np.int64),
            np.asarray(value, np.float64),
            np.asarray(received, np.int64),
            np.zeros(len(series), np.uint8) if quality is None else np.asarray(quality, np.uint8),
        )
        if len({column.shape for column in columns}) != 1:
            raise ValueError(f"columns differ in shape: {[column.shape for column in columns]}")
        for column in columns:
            column.flags.writeable = False
        return cls(*columns)

    @classmethod
    def empty(cls) -> Self:
        return cls.of([], [], [], [])

    @classmethod
    def concat(cls, batches: Sequence[Self]) -> Self:
        """All rows of several batches, in their order."""
        if len(batches) == 1:
            return batches[0]
        if not batches:
            return cls.empty()
        return cls.of(*(np.concatenate(columns) for columns in zip(*(b.columns for b in batches), strict=True)))

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        return (self.series, self.time, self.value, self.received, self.quality)

    def __len__(self) -> int:
        return len(self.series)

    def take(self, rows: Any) -> Self:
        """The rows of an index or mask array, in that order."""
        return type(self).of(*(column[rows] for column in self.columns))

    def readings(self, table: SeriesTable) -> Iterator[Reading]:
        """Each row as a Reading; for edges (export, tests), not for the hot path."""
        for code, time, value, received, quality in zip(*(c.tolist() for c in self.columns), strict=True):
            patient, device, signal = table.keys[code]
            yield Reading(patient, device, SIGNALS[signal].name, time, value, received, Quality(quality))
