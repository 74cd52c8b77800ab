"""A source is a query that makes the long CSV's columns from a recording's own file."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from monitor.convert.loading import load
from monitor.convert.psv import is_psv
from monitor.outfile import whole_path
from monitor.patient_ids import check_ids
from monitor.unreadable import other_case, why
from vitals.errors import BadDataError

_OUT = """
COPY (
  SELECT patient, device, signal, strftime(stamp, '%Y-%m-%dT%H:%M:%S') || 'Z' AS time, value, unit
  FROM ({query}) WHERE lower(value::VARCHAR) <> 'nan' ORDER BY stamp, patient, signal, device, value
) TO ? (HEADER, DELIMITER ',', COMPRESSION {compression}, USE_TMP_FILE false)
"""

_WHO = "SELECT DISTINCT patient FROM ({query}) ORDER BY 1"


@dataclass(frozen=True, slots=True)
class Source:
    """A public recording. ``files`` are tried in a folder given as the source; ``needs`` are its columns, ``may`` those
    of which it needs but one.

    ``query`` selects patient, device, signal, stamp (timestamp, UTC), value and unit from a table named ``recording``,
    of the columns in ``may`` that are there. ``labels``, where the same file tells them, selects what ``homevigil
    evaluate`` reads, from ``labels_need`` too; ``labelled`` names the file of its own in which they are otherwise.
    ``unlabelled`` selects patients whom the labels take as without event because nothing is said of them.
    ``folder``: the recording may also be a folder of .psv files, one a patient.
    """

    name: str
    title: str
    files: Sequence[str]
    needs: Sequence[str]
    query: Callable[[Sequence[str]], str]
    may: Sequence[str] = ()
    labels: str = ""
    labels_need: Sequence[str] = ()
    unlabelled: str = ""
    labelled: str = ""
    folder: bool = False

    def find(self, source: Path) -> Path:
        """The recording's file: ``source`` itself, or one of the known names in that folder, or the folder of .psv."""
        plain = [name.removesuffix(".gz") for name in self.files]
        places = [source, *(source / name for known in plain for name in (f"{known}.gz", known))]
        for place in places:
            if place.is_file():
                return place
        if self.folder and is_psv(source):
            return source
        also = ", or a folder of .psv files, one a patient" if self.folder else ""
        raise BadDataError(f"{self.name}: no recording at {source}: name the file {self.files[0]} or its folder{also}")

    def convert(self, source: Path, out: Path) -> "Converted":
        """Write the long CSV, gzipped if ``out`` ends in .gz; BadDataError if ``source`` is unreadable,
        UnavailableError if ``out`` cannot be written; then what was there stays.
        """
        file = self._not_itself(source, out)
        compression = "gzip" if out.suffix == ".gz" else "none"
        with self._loaded(file) as db, whole_path(out) as beside:
            there = self._check(db, file)
            used = [name for name in self.may if name in there]
            check_ids(str(name) for (name,) in db.execute(_WHO.format(query=self.query(used))).fetchall())
            query = _OUT.format(query=self.query(used), compression=compression)
            row = db.execute(query, [str(beside)]).fetchone()
        return Converted(int(row[0]) if row else 0, tuple(name for name in self.may if name not in there))

    def must_have_labels(self) -> None:
        """BadDataError with the remedy where the recording's file holds none."""
        if not self.labels:
            remedy = f"leave out --labels-out, and give {self.labelled or 'labels of your own'} to evaluate"
            raise BadDataError(f"{self.name}: the recording's file holds no labels: {remedy}")

    def write_labels(self, source: Path, out: Path) -> "Labelled":
        """Write the recording's labels as CSV; BadDataError where its file holds none."""
        self.must_have_labels()
        file = self._not_itself(source, out)
        with self._loaded(file) as db, whole_path(out) as beside:
            self._check(db, file, self.labels_need)
            query = f"COPY ({self.labels}) TO ? (HEADER, DELIMITER ',', USE_TMP_FILE false)"
            row = db.execute(query, [str(beside)]).fetchone()
            unsaid = db.execute(self.unlabelled).fetchall() if self.unlabelled else []
        return Labelled(int(row[0]) if row else 0, tuple(str(name) for (name,) in unsaid))

    def _not_itself(self, source: Path, out: Path) -> Path:
        file = self.find(source)
        if out.exists() and file.samefile(out):
            raise BadDataError(f"{out} is the recording itself: write to another file")
        return file

    @contextmanager
    def _loaded(self, file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect() as db:
            try:
                load(db, file, columns=(*self.needs, *self.may, *self.labels_need))
                db.execute("SET VARIABLE stem = ?", [file.name.partition(".")[0]])  # of whom a recording of one is
                yield db
            except duckdb.Error as error:
                raise BadDataError(f"{file} is no {self.title}: {why(error)}") from None

    def _check(self, db: duckdb.DuckDBPyConnection, file: Path, also: Sequence[str] = ()) -> set[str]:
        """The columns there are; BadDataError when one that is needed is not."""
        have = {str(row[0]) for row in db.execute("DESCRIBE recording").fetchall()}
        missing = [name for name in (*self.needs, *also) if name not in have]
        if not missing and self.may and have.isdisjoint(self.may):
            missing = [" or ".join(self.may)]
        if missing:
            hint = other_case(have, (*self.needs, *also, *self.may))
            raise BadDataError(f"{file} is no {self.title}: column {', '.join(missing)} is missing{hint}")
        return have


@dataclass(frozen=True, slots=True)
class Labelled:
    """How many ``rows`` of labels were written, and the patients of whom nothing was said: ``unsaid``."""

    rows: int
    unsaid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Converted:
    """How many ``readings`` were written, and the columns that the recording does not have: ``without``."""

    readings: int
    without: tuple[str, ...]


def unpivot(columns: dict[str, tuple[str, str, str]], patient: str, at: str) -> Callable[[Sequence[str]], str]:
    """Makes the query that makes rows of columns {column: (signal, device, unit)}: of all, or of those named.

    >>> unpivot({"HR": ("heart_rate", "", "/min"), "O2Sat": ("spo2", "", "%")}, "id", "t")(["HR"])
    "SELECT id AS patient, '' AS device, 'heart_rate' AS signal, t AS stamp, HR AS value, '/min' AS unit FROM recording"
    """
    return lambda used: " UNION ALL ".join(
        f"SELECT {patient} AS patient, '{device}' AS device, '{signal}' AS signal, {at} AS stamp, {column} AS value, "  # noqa: S608  (our own constants)
        f"'{unit}' AS unit FROM recording"
        for column, (signal, device, unit) in columns.items()
        if not used or column in used
    )
