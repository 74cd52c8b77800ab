"""Stored readings as the long CSV: a stretch of time at a time, years need no more memory than a day."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from monitor.longcsv import COLUMNS
from vitals.batch import STALE, Batch, Quality
from vitals.series import SeriesTable
from vitals.signals import SIGNALS
from vitals.times import DAY, iso

ROWS_AT_ONCE: Final = 200_000
"""About 60 MB as text and columns."""


class Buckets(Protocol):
    """How many readings there are of each series in each stretch of time."""

    @property
    def time(self) -> NDArray[np.int64]: ...
    @property
    def count(self) -> NDArray[np.int64]: ...


class Store(Protocol):
    """Where readings are kept."""

    series: SeriesTable

    def window(self, start: int, end: int, series: Sequence[int] | None = None) -> Batch: ...
    def aggregate(self, start: int, end: int, every: int, series: Sequence[int] | None = None) -> Buckets: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose readings, of which signals (none named: all), from ``start`` to before ``end``, ms UTC."""

    patients: frozenset[str] = frozenset()
    signals: frozenset[str] = frozenset()
    start: int = 0
    end: int = 8_835_004_800_000
    artefacts: bool = True

    def codes(self, table: SeriesTable) -> list[int]:
        """The series that are meant."""
        return [
            code
            for code, key in enumerate(table.keys)
            if (not self.patients or key.patient in self.patients)
            and (not self.signals or SIGNALS[key.signal].name in self.signals)
        ]


@dataclass(slots=True)
class Exported:
    """What was written: ``artefacts`` and ``late`` of its readings were flagged so. Times ms UTC."""

    readings: int = 0
    patients: int = 0
    series: int = 0
    artefacts: int = 0
    late: int = 0
    first: int | None = None
    last: int | None = None

    def json(self, out: str) -> str:
        """For machines."""
        times = {name: None if at is None else iso(at) for name, at in (("first", self.first), ("last", self.last))}
        return json.dumps({**asdict(self), **times, "out": out})

    def add(self, batch: Batch) -> None:
        """Count the rows of a batch in time order."""
        self.readings += len(batch)
        self.artefacts += int(np.count_nonzero(batch.quality & Quality.ARTEFACT))
        self.late += int(np.count_nonzero(batch.quality & STALE))
        self.first = int(batch.time[0]) if self.first is None else self.first
        self.last = int(batch.time[-1])


def export(
    store: Store, wanted: Wanted, file: BinaryIO, begin: Callable[[int], None], step: Callable[[int], None]
) -> Exported:
    """Write the readings in time order, those of one moment by patient, device and signal.

    ``begin`` hears how many there will be, ``step`` how many more were read.
    """
    file.write((",".join(COLUMNS) + "\n").encode())
    codes, done, seen = wanted.codes(store.series), Exported(), set[int]()
    parts, total = stretches(store.aggregate(wanted.start, wanted.end, DAY, codes)) if codes else ([], 0)
    begin(total)
    rank = _ranks(store.series)
    for start, end in parts:
        batch = store.window(max(start, wanted.start), min(end, wanted.end), codes)
        step(len(batch))
        if not wanted.artefacts:
            batch = batch.take((batch.quality & Quality.ARTEFACT) == 0)
        if len(batch):
            batch = batch.take(np.lexsort((rank[batch.series], batch.time)))
            file.write(lines(batch, store.series))
            done.add(batch)
            seen.update(np.unique(batch.series).tolist())
    done.series, done.patients = len(seen), len({store.series.keys[code].patient for code in seen})
    return done


def _ranks(table: SeriesTable) -> NDArray[np.int32]:
    """int32[series]: the place of each in alphabetical order, whatever came first into this store."""
    rank = np.empty(len(table), np.int32)
    rank[sorted(range(len(rank)), key=table.keys.__getitem__)] = np.arange(len(rank), dtype=np.int32)
    return rank


def stretches(days: Buckets, most: int = ROWS_AT_ONCE) -> tuple[list[tuple[int, int]], int]:
    """(start, end) ms of stretches with about ``most`` readings, days together or parts of one; and how many in all."""
    times, where = np.unique(days.time, return_inverse=True)
    counts = np.bincount(where, days.count, len(times)).astype(np.int64)
    found = list(_grouped(times.tolist(), counts.tolist(), most))
    return found, int(counts.sum())


def _grouped(times: list[int], counts: list[int], most: int) -> Iterator[tuple[int, int]]:
    start, end, held = 0, 0, 0
    for day, count in zip(times, counts, strict=True):
        if held and held + count > most:
            yield from _split(start, end, held, most)
            held = 0
        start, end, held = start if held else day, day + DAY, held + count
    if held:
        yield from _split(start, end, held, most)


def _split(start: int, end: int, count: int, most: int) -> Iterator[tuple[int, int]]:
    edges = np.linspace(start, end, -(-count // most) + 1).astype(np.int64).tolist()
    yield from zip(edges, edges[1:], strict=False)


def lines(batch: Batch, table: SeriesTable) -> bytes:
    r"""Rows of the long CSV; a value is the shortest text that reads back as the same number.

    >>> table = SeriesTable()
    >>> lines(Batch.of([table.code("p1", "oximeter-1", 1)], [1795321267250], [97.5], [0]), table)
    b'p1,oximeter-1,spo2,2026-11-22T04:21:07.250Z,97.5,%\n'
    """
    codes, row = np.unique(batch.series, return_inverse=True)
    keys = [table.keys[code] for code in codes.tolist()]
    heads = pa.array([_cells(key.patient, key.device, SIGNALS[key.signal].name) for key in keys], pa.string())
    units = pa.array([_cells(SIGNALS[key.signal].unit) for key in keys], pa.string())
    times = pa.array(np.datetime_as_string(batch.time.astype("datetime64[ms]"), unit="ms", timezone="UTC"), pa.string())
    values = pa.array(batch.value).cast(pa.string())
    columns: list[Any] = [heads.take(row), times, values, units.take(row), ","]
    rows: Any = pc.binary_join_element_wise(*columns)
    return ("\n".join(rows.to_pylist()) + "\n").encode()


def _cells(*texts: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(texts)
    return out.getvalue()
