"""Labels from a file, told apart by what is in it: sepsis2019, TIHM, onsets, events, or simulated truth."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import duckdb

from monitor.convert.base import load
from monitor.convert.sepsis2019 import ONSETS
from monitor.evaluation.labels import Event, EventLabels, Labels, OnsetLabels
from monitor.evaluation.observed import Observed
from monitor.evaluation.truthfile import read_truth
from vitals.errors import BadDataError
from vitals.times import DAY, HOUR

_IN_A_FOLDER: Final = ("labels.csv", "labels.csv.gz", "Labels.csv", "sepsis2019_dev.csv.gz", "sepsis2019.csv.gz")
_TIHM: Final[dict[str, tuple[str, ...]]] = {
    "Blood pressure": ("systolic_bp", "diastolic_bp"),
    "Pulse": ("heart_rate",),
    "Heart rate": ("heart_rate",),
    "Body temperature": ("temperature",),
    "Weight": ("weight",),
    "Body weight": ("weight",),
}
"""The signals that a TIHM label's type is about. Agitation and body water are measured by nothing of ours."""
_BEFORE_READING: Final = HOUR
"""A TIHM label's stamp lies about this long before its reading (the recording's own README)."""


def read_labels(source: Path) -> Labels:
    """The labels of a file (CSV plain or gzipped, JSON Lines of simulated truth), or of the known file in a folder.

    Raises BadDataError naming the file, what its columns are, and what they ought to be.
    """
    file = _find(source)
    if ".jsonl" in file.name:
        return read_truth(file)
    with duckdb.connect() as db:
        columns = load(db, file, text=True)
        for needs, read in _KINDS:
            if set(needs) <= set(columns):
                try:
                    return read(db, file)
                except duckdb.Error as error:
                    raise BadDataError(f"{file}: {str(error).splitlines()[0]}") from None
    known = " or ".join(",".join(needs) for needs, _ in _KINDS)
    raise BadDataError(f"{file}: its columns {','.join(columns)} are no labels: they must hold {known}")


def _find(source: Path) -> Path:
    for file in (source, *(source / name for name in _IN_A_FOLDER)):
        if file.is_file():
            return file
    raise BadDataError(f"{source}: there are no labels: name a CSV or truth.jsonl, or the folder of {_IN_A_FOLDER[0]}")


def _sepsis(db: duckdb.DuckDBPyConnection, file: Path) -> Labels:
    rows = db.execute(
        f"SELECT patient, epoch_ms(onset), epoch_ms(first), epoch_ms(last) FROM ({ONSETS})"  # noqa: S608 (our constant)
    ).fetchall()
    if not rows:
        raise BadDataError(f"{file}: not one row")
    observed = Observed.of([(name, first, last) for name, _, first, last in rows])
    return OnsetLabels("onset of sepsis", {name: onset for name, onset, *_ in rows}, observed)


def _onsets(db: duckdb.DuckDBPyConnection, file: Path) -> Labels:
    rows = db.execute("SELECT patient, onset, epoch_ms(try_cast(onset AS TIMESTAMPTZ)) FROM recording").fetchall()
    if not rows:
        raise BadDataError(f"{file}: not one row: a row each patient, its onset empty where there was none")
    names = [row[0] for row in rows]
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        raise BadDataError(f"{file}: patient {twice!r} stands twice: give each one row, with the first onset")
    bad = next((row for row in rows if row[2] is None and row[1]), None)
    if bad is not None:
        raise BadDataError(f"{file}: onset {bad[1]!r} of {bad[0]!r} is no time: write 2026-11-22T04:00:00Z, or nothing")
    return OnsetLabels("onset", {name: onset for name, _, onset in rows}, _recorded(db))


def _recorded(db: duckdb.DuckDBPyConnection) -> Observed | None:
    """From when to when each was recorded, where the columns first and last say so."""
    if not {"first", "last"} <= {str(row[0]) for row in db.execute("DESCRIBE recording").fetchall()}:
        return None
    query = "SELECT patient, epoch_ms(first::TIMESTAMPTZ), epoch_ms(last::TIMESTAMPTZ) FROM recording"
    return Observed.of(db.execute(query).fetchall())


def _tihm(db: duckdb.DuckDBPyConnection, file: Path) -> Labels:  # noqa: ARG001 (one signature for all kinds)
    query = "SELECT patient_id, type, epoch_ms(try_cast(date AS TIMESTAMP)) FROM recording ORDER BY 3, 1, 2"
    rows: list[Any] = db.execute(query).fetchall()
    days = {(who, kind, (at + _BEFORE_READING) // DAY) for who, kind, at in rows if at is not None and kind in _TIHM}
    events = tuple(
        Event(who, kind, day * DAY, (day + 1) * DAY, expected=tuple(("", s) for s in _TIHM[kind]))
        for who, kind, day in sorted(days)
    )
    kinds = [row[1] for row in rows]
    other = tuple((kind, kinds.count(kind)) for kind in sorted(set(kinds) - set(_TIHM)))
    return EventLabels("days that a monitoring team labelled", events, other=other, per_day=True)


def _events(db: duckdb.DuckDBPyConnection, file: Path) -> Labels:
    query = (
        'SELECT patient, kind, epoch_ms(try_cast(start AS TIMESTAMPTZ)), epoch_ms(try_cast("end" AS TIMESTAMPTZ)), '
        "coalesce(signal, '') FROM recording ORDER BY 3, 1"
    )
    rows = db.execute(query).fetchall()
    bad = next((row for row in rows if row[2] is None or row[3] is None or row[3] <= row[2]), None)
    if bad is not None:
        raise BadDataError(f"{file}: an event of {bad[0]!r} has no start before its end: write 2026-11-22T04:00:00Z")
    events = tuple(Event(who, kind, start, end, expected=(("", signal),)) for who, kind, start, end, signal in rows)
    return EventLabels("events", events)


_KINDS: Final[tuple[tuple[tuple[str, ...], Callable[[duckdb.DuckDBPyConnection, Path], Labels]], ...]] = (
    (("patient_id", "ICULOS", "SepsisLabel"), _sepsis),
    (("patient", "onset"), _onsets),
    (("patient_id", "date", "type"), _tihm),
    (("patient", "kind", "start", "end", "signal"), _events),
)
