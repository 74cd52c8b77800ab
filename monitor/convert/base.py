"""A source is a query that makes the long CSV's columns from a recording's own file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from vitals.errors import BadDataError

_OUT = """
COPY (
  SELECT patient, device, signal, strftime(stamp, '%Y-%m-%dT%H:%M:%S') || 'Z' AS time, value, unit
  FROM ({query}) WHERE value IS NOT NULL ORDER BY stamp, patient, signal, device, value
) TO ? (HEADER, DELIMITER ',', COMPRESSION {compression})
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A public recording. ``files`` are tried in a folder given as the source; ``needs`` are its columns.

    ``query`` selects patient, device, signal, stamp (timestamp, UTC), value and unit from a table named ``recording``.
    ``labels``, where the same file tells them, selects what ``homevigil evaluate`` reads, from ``labels_need`` too;
    ``labelled`` names the file of its own in which they are otherwise.
    """

    name: str
    title: str
    files: Sequence[str]
    needs: Sequence[str]
    query: str
    labels: str = ""
    labels_need: Sequence[str] = ()
    labelled: str = ""

    def find(self, source: Path) -> Path:
        """The recording's file: ``source`` itself, or one of the known names in that folder."""
        places = [source, *(source / name for name in self.files)]
        for place in places:
            if place.is_file():
                return place
        raise BadDataError(f"{self.name}: no recording at {source}: name the file {self.files[0]} or its folder")

    def convert(self, source: Path, out: Path) -> int:
        """Write the long CSV, gzipped if ``out`` ends in .gz; returns how many readings; BadDataError if unreadable."""
        file = self.find(source)
        compression = "gzip" if out.suffix == ".gz" else "none"
        with duckdb.connect() as db:
            try:
                load(db, file)
                self._check(db, file)
                row = db.execute(_OUT.format(query=self.query, compression=compression), [str(out)]).fetchone()
            except duckdb.Error as error:
                raise BadDataError(f"{file} is no {self.title}: {error}") from None
        return int(row[0]) if row else 0

    def must_have_labels(self) -> None:
        """BadDataError with the remedy where the recording's file holds none."""
        if not self.labels:
            remedy = f"leave out --labels-out, and give {self.labelled or 'labels of your own'} to evaluate"
            raise BadDataError(f"{self.name}: the recording's file holds no labels: {remedy}")

    def write_labels(self, source: Path, out: Path) -> int:
        """Write the recording's labels as CSV; returns how many rows; BadDataError where its file holds none."""
        self.must_have_labels()
        file = self.find(source)
        with duckdb.connect() as db:
            try:
                load(db, file)
                self._check(db, file, self.labels_need)
                row = db.execute(f"COPY ({self.labels}) TO ? (HEADER, DELIMITER ',')", [str(out)]).fetchone()
            except duckdb.Error as error:
                raise BadDataError(f"{file} is no {self.title}: {error}") from None
        return int(row[0]) if row else 0

    def _check(self, db: duckdb.DuckDBPyConnection, file: Path, also: Sequence[str] = ()) -> None:
        have = {str(row[0]) for row in db.execute("DESCRIBE recording").fetchall()}
        missing = [name for name in (*self.needs, *also) if name not in have]
        if missing:
            raise BadDataError(f"{file} is no {self.title}: column {', '.join(missing)} is missing")


def load(db: duckdb.DuckDBPyConnection, file: Path, *, text: bool = False) -> list[str]:
    """Read a CSV, plain or gzipped, into the table ``recording``, as ``text`` or as it looks; returns its columns."""
    how = "all_varchar=true" if text else "sample_size=-1"
    db.execute(f"CREATE TABLE recording AS SELECT * FROM read_csv(?, header=true, {how})", [str(file)])  # noqa: S608
    return [str(row[0]) for row in db.execute("DESCRIBE recording").fetchall()]


def unpivot(columns: dict[str, tuple[str, str, str]], patient: str, at: str) -> str:
    """A query that makes rows of columns: {column: (signal, device, unit)}.

    >>> unpivot({"HR": ("heart_rate", "", "/min")}, "id", "t")
    "SELECT id AS patient, '' AS device, 'heart_rate' AS signal, t AS stamp, HR AS value, '/min' AS unit FROM recording"
    """
    return " UNION ALL ".join(
        f"SELECT {patient} AS patient, '{device}' AS device, '{signal}' AS signal, {at} AS stamp, {column} AS value, "  # noqa: S608  (our own constants)
        f"'{unit}' AS unit FROM recording"
        for column, (signal, device, unit) in columns.items()
    )
