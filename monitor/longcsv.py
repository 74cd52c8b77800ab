"""The long CSV ``patient,device,signal,time,value,unit``: judged in DuckDB, handed on as batches in time order."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa

from monitor.unreadable import why
from vitals.batch import Batch, Quality
from vitals.errors import BadDataError
from vitals.intake import Reject, RejectReason
from vitals.series import SeriesTable
from vitals.signals import SIGNALS, ZERO_WHEN_OFF
from vitals.units import SPELLINGS, every_conversion

COLUMNS = ("patient", "device", "signal", "time", "value", "unit")
_ROWS_AT_ONCE = 200_000

_LOAD = """
CREATE TABLE row AS
SELECT r.line, r.patient, coalesce(r.device, '') AS device, r.signal, r.time, r.value, r.unit,
  CASE WHEN regexp_matches(r.time, '[T ].*(Z|[+-](0\\d|1[0-5])(:?[0-5]\\d)?)$')
    THEN epoch_ms(try_cast(r.time AS TIMESTAMPTZ)) END AS stamp,
  CASE WHEN u.factor = 1 AND u.shift = 0 THEN try_cast(r.value AS DOUBLE)
    ELSE round(try_cast(r.value AS DOUBLE) * u.factor + u.shift, 6) END AS number,
  s.signal IS NOT NULL AS known_signal, u.signal IS NOT NULL AS known_unit, s.code, s.low, s.high, s.zero_off
FROM (SELECT row_number() OVER () + 1 AS line, *
  FROM read_csv(?, header = true, all_varchar = true, null_padding = true)) r
LEFT JOIN signal s ON s.signal = r.signal
LEFT JOIN unit u ON u.signal = r.signal AND u.unit = coalesce(r.unit, s.unit)
"""

_JUDGE = """
ALTER TABLE row ADD COLUMN reason VARCHAR;
ALTER TABLE row ADD COLUMN artefact BOOLEAN;
UPDATE row SET artefact = coalesce(number = 0 AND zero_off, false);
UPDATE row SET reason = CASE
  WHEN coalesce(patient, '') = '' THEN 'malformed'
  WHEN NOT known_signal THEN 'unknown_signal'
  WHEN NOT known_unit THEN 'unknown_unit'
  WHEN stamp IS NULL OR stamp NOT BETWEEN epoch_ms(TIMESTAMP '2000-01-01') AND epoch_ms(TIMESTAMP '2250-01-01')
    THEN 'bad_time'
  WHEN number IS NULL OR NOT isfinite(number) THEN 'malformed'
  WHEN NOT artefact AND number NOT BETWEEN low AND high THEN 'implausible' END
"""

_REMEDY = {
    RejectReason.MALFORMED: "patient and value must be given, value a finite number",
    RejectReason.UNKNOWN_SIGNAL: "signal must be one of " + ", ".join(s.name for s in SIGNALS),
    RejectReason.UNKNOWN_UNIT: "unit must be a UCUM unit of that signal",
    RejectReason.BAD_TIME: "time must be ISO 8601 with a zone, such as 2026-11-22T04:21:07Z, from 2000 on",
    RejectReason.IMPLAUSIBLE: "outside what is plausible in a living person",
}


class LongCsv(AbstractContextManager["LongCsv"]):
    """A file opened, parsed and judged. ``total`` rows, of which ``rejected`` were refused; ``first``/``last`` ms UTC.

    Raises BadDataError naming line and column when it is no such CSV at all.
    """

    def __init__(self, path: Path) -> None:
        if path.is_dir():
            raise BadDataError(f"{path} is a folder: name the long CSV in it ({','.join(COLUMNS)})")
        if not path.is_file():
            raise BadDataError(f"{path}: there is no such file: homevigil convert, or export, writes one")
        if not path.stat().st_size:
            raise BadDataError(f"{path} is empty: a long CSV begins with {','.join(COLUMNS)}")
        self.path, self._db = path, duckdb.connect(config={"threads": 2})
        try:
            self._load()
        except duckdb.Error as error:
            self._db.close()
            raise BadDataError(f"{path} is no long CSV ({','.join(COLUMNS)}): {why(error)}") from None
        row = self._db.execute(
            "SELECT count(*), count(reason), coalesce(min(stamp) FILTER (reason IS NULL), 0), "
            "coalesce(max(stamp) FILTER (reason IS NULL), 0) FROM row"
        ).fetchone()
        self.total, self.rejected, self.first, self.last = (int(number) for number in row or (0, 0, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def _load(self) -> None:
        self._db.execute("SET enable_progress_bar = false")
        self._db.execute(
            "CREATE TABLE signal (signal VARCHAR, unit VARCHAR, code INT, low DOUBLE, high DOUBLE, zero_off BOOL)"
        )
        signals = [(s.name, s.unit, s.code, s.low, s.high, s.code in ZERO_WHEN_OFF) for s in SIGNALS]
        self._db.executemany("INSERT INTO signal VALUES (?,?,?,?,?,?)", signals)
        self._db.execute("CREATE TABLE unit (signal VARCHAR, unit VARCHAR, factor DOUBLE, shift DOUBLE)")
        known = [(s.name, s.unit, 1.0, 0.0) for s in SIGNALS] + [(s.name, u, f, o) for s, u, f, o in every_conversion()]
        spelled = [(n, alias, f, o) for alias, code in SPELLINGS.items() for n, u, f, o in known if u == code]
        self._db.executemany("INSERT INTO unit VALUES (?,?,?,?)", known + spelled)
        self._db.execute(_LOAD, [str(self.path)])
        self._db.execute(_JUDGE)

    def patients(self) -> list[str]:
        """Every patient with at least one accepted reading, in order of name."""
        rows = self._db.execute("SELECT DISTINCT patient FROM row WHERE reason IS NULL ORDER BY 1").fetchall()
        return [str(row[0]) for row in rows]

    def select(self, query: str, *parameters: Any) -> duckdb.DuckDBPyConnection:
        """A query over ``reading`` (patient, device, signal, code, stamp in ms, number in the signal's unit, line): the
        accepted readings that are no artefacts.
        """
        self._db.execute(
            "CREATE VIEW IF NOT EXISTS reading AS SELECT patient, device, signal, code, stamp, number, line FROM row "
            "WHERE reason IS NULL AND NOT artefact"
        )
        return self._db.execute(query, list(parameters))

    def rejects(self, limit: int = 1000) -> Iterator[Reject]:
        """The first refused rows, with line, value and remedy."""
        query = (
            "SELECT line, patient, device, signal, time, value, unit, reason FROM row "
            "WHERE reason IS NOT NULL ORDER BY line LIMIT ?"
        )
        for line, patient, device, *rest, reason in self._db.execute(query, [limit]).fetchall():
            signal, time, value, unit = (f"{part or '':.60}" for part in rest)
            detail = f"line {line}: {signal} {value} {unit} at {time}: {_REMEDY[RejectReason(reason)]}"
            payload = ",".join((patient or "", device, signal, time, value, unit)).encode()
            yield Reject(0, f"{self.path.name}:{line}", payload, RejectReason(reason), detail, patient or "", device)

    def batches(self, series: SeriesTable, step: int) -> Iterator[Batch]:
        """The accepted readings in time order, all those of one ``step`` (ms of data time) together.

        A vital sign of exactly 0 (the probe is off) is an artefact, as it is when it comes over MQTT.
        """
        self._intern(series)
        query = (
            "SELECT c.series, stamp, number, artefact FROM row JOIN coded c USING (patient, device, code) "
            "WHERE reason IS NULL ORDER BY stamp, line"
        )
        held = Batch.empty()
        for part in self._db.sql(query).to_arrow_reader(_ROWS_AT_ONCE):
            code, stamp, number, off = (column.to_numpy(zero_copy_only=False) for column in part.columns)
            quality = np.where(off, np.uint8(Quality.ARTEFACT), np.uint8(0))
            held = Batch.concat([held, Batch.of(code, stamp, number, stamp, quality)])
            bounds = np.flatnonzero(np.diff(held.time // step)) + 1
            edges = [0, *bounds.tolist()]
            yield from (held.take(slice(a, b)) for a, b in zip(edges, edges[1:], strict=False))
            held = held.take(slice(edges[-1], None))
        if len(held):
            yield held

    def _intern(self, series: SeriesTable) -> None:
        keys = self._db.execute(
            "SELECT DISTINCT patient, device, code FROM row WHERE reason IS NULL ORDER BY patient, device, code"
        ).fetchall()
        coded = [(*key, series.code(*key)) for key in keys]
        self._db.execute("CREATE OR REPLACE TABLE coded (patient VARCHAR, device VARCHAR, code INT, series INT)")
        if coded:
            names = pa.table(dict(zip("abcd", (list(column) for column in zip(*coded, strict=True)), strict=True)))
            self._db.register("names", names)
            self._db.execute("INSERT INTO coded SELECT a, b, c, d FROM names")
