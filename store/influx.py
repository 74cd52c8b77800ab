"""Readings in InfluxDB 2.x, for agencies that chart with Grafana.

It keeps the promises of the embedded store with one difference: of two readings with one identity (patient,
device, signal, time) InfluxDB keeps the last written, not the first. A redelivered reading has the same value, so
nothing changes but ``received``; finding out who was first would cost a query a write.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Self

import numpy as np
import structlog

from store.hourly import Hourly, days, of_readings, span, summed
from store.influx_bucket import open_bucket
from store.influx_faults import Refusal
from store.influx_flux import (
    FIRST_TIME,
    SERIES_A_QUERY,
    aggregate_query,
    count_query,
    latest_query,
    series_query,
    stamp,
    window_query,
)
from store.influx_lines import MEASUREMENT, LineWriter
from store.influx_link import InfluxLink, InfluxTarget
from store.influx_rows import Rows, read_count, read_rows, to_aggregates, to_batch
from store.readings import Aggregates
from vitals.batch import Batch
from vitals.series import SeriesKey, SeriesTable

ROWS_A_WRITE: Final = 20_000
"""About 2 MB of line protocol: large enough for throughput, small enough for one request's time-out."""

__all__ = ["InfluxReadings", "InfluxTarget"]

log = structlog.get_logger(__name__)


class InfluxReadings:
    """The readings store on InfluxDB 2.x; the bucket is made where it is missing and the token may.

    ``series`` is rebuilt at open from the bucket; its codes hold within this process only. Every method raises
    UnavailableError (Refusal where InfluxDB answered and said no) naming address, organisation, bucket and remedy.
    """

    def __init__(self, target: InfluxTarget) -> None:
        self._link = InfluxLink(target)
        self._bucket = target.bucket
        self.series = SeriesTable()
        self._lines = LineWriter(self.series)
        try:
            open_bucket(self._link)
            read_rows(self._link.query(series_query(self._bucket)), self.series)
        except BaseException:
            self._link.close()
            raise

    def append(self, batch: Batch) -> None:
        """Store readings; durable on return (InfluxDB answers 204 after its write-ahead log is synced).

        A reading older than the bucket's retention is accepted and logged: InfluxDB would delete it at once.
        """
        for start in range(0, len(batch), ROWS_A_WRITE):
            self._write(batch.take(slice(start, start + ROWS_A_WRITE)))

    def _write(self, batch: Batch) -> None:
        try:
            self._link.write(self._lines.body(batch))
        except Refusal as refusal:
            if refusal.expired is None:
                raise
            log.warning("readings_older_than_retention", bucket=self._bucket, count=refusal.expired)

    def window(self, start: int, end: int, series: Sequence[int] | None = None) -> Batch:
        """Readings with start <= time < end (ms UTC), sorted by (series, time)."""
        if end <= start:
            return Batch.empty()
        return to_batch(self._rows(window_query(self._bucket, start, end, keys) for keys in self._keys(series)))

    def latest(self, series: Sequence[int] | None = None) -> Batch:
        """The newest reading of each series, sorted by series."""
        return to_batch(self._rows(latest_query(self._bucket, keys) for keys in self._keys(series)))

    def aggregate(self, start: int, end: int, every: int, series: Sequence[int] | None = None) -> Aggregates:
        """Count, mean, min and max of each series in each bucket of ``every`` ms."""
        if end <= start:
            return Aggregates.empty()
        queries = (aggregate_query(self._bucket, start, end, every, keys) for keys in self._keys(series))
        return to_aggregates(self._rows(queries), every)

    def hourly(self, first: int, last: int, marks: Mapping[str, float], series: Sequence[int] | None = None) -> Hourly:
        """The hours ``first`` to ``last`` without artefacts (see Hourly); ``marks`` by signal, in their units.

        Rows are read, a day at a time, and added up here. ``aggregateWindow`` could cut hours that end on the stroke
        (an offset of 1 ms), but artefacts and lateness are told by another field, which Flux would have to pivot beside
        each value, in memory; and its means are sums of floats in an order of its own, where memory, DuckDB and a
        restart agree to the last digit.
        """
        parts = [of_readings(self.window(*span(*part), series), marks, self.series) for part in days(first, last)]
        return summed(parts) if parts else Hourly.empty()

    def retain(self, before: int) -> int:
        """Delete readings older than ``before`` ms UTC; returns how many there were."""
        count = read_count(self._link.query(count_query(self._bucket, before)))
        if count:
            self._link.delete(stamp(FIRST_TIME), stamp(before - 1), f'_measurement="{MEASUREMENT}"')
        return count

    def count(self) -> int:
        """How many readings are kept."""
        return read_count(self._link.query(count_query(self._bucket)))

    def flush(self) -> None:
        """Nothing waits here: ``append`` is durable on return."""

    def close(self) -> None:
        """Drop the connections; a write that waits for another try gives up. Closing twice is harmless."""
        self._link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _rows(self, queries: Iterator[str]) -> Rows:
        return Rows.concat([read_rows(self._link.query(query), self.series) for query in queries])

    def _keys(self, series: Any) -> Iterator[list[SeriesKey] | None]:
        """The series asked for, some at a time; None stands for every series."""
        if series is None:
            yield None
            return
        codes = np.unique(np.asarray(series, np.int64)).tolist()
        for start in range(0, len(codes), SERIES_A_QUERY):
            yield [self.series.keys[code] for code in codes[start : start + SERIES_A_QUERY]]
