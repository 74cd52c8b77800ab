"""Labels from a file, told apart by what is in it: sepsis2019, TIHM, onsets, events, or simulated truth."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from monitor.convert.loading import load
from monitor.convert.psv import is_psv
from monitor.convert.sepsis2019 import ONSETS, UNLABELLED
from monitor.evaluation.labels import Event, EventLabels, Labels, OnsetLabels
from monitor.evaluation.observed import Observed
from monitor.evaluation.truthfile import read_truth
from monitor.unreadable import other_case, why
from vitals.errors import BadDataError
from vitals.finding import Severity
from vitals.signals import BY_NAME
from vitals.times import DAY, HOUR, parse_time

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
_SEVERITIES: Final = {each.word: int(each) for each in Severity if each}
_BEFORE_READING: Final = HOUR
"""A TIHM label's stamp lies about this long before its reading (the recording's own README)."""


def read_labels(source: Path) -> Labels:
    """The labels of a file (CSV plain or gzipped, JSON Lines of simulated truth), or of the known file in a folder, or
    of a folder of .psv files.

    Raises BadDataError naming the file, what its columns are, and what they ought to be.
    """
    file = _find(source)
    if file.is_file() and not file.stat().st_size:
        raise BadDataError(f"{file} is empty: labels must hold {_KNOWN}")
    if ".jsonl" in file.name:
        return read_truth(file)
    with duckdb.connect() as db:
        try:
            columns = load(db, file, text=True, columns=("ICULOS", "SepsisLabel"))
        except duckdb.Error as error:
            raise BadDataError(f"{file} is no CSV of labels: {why(error)}") from None
        for needs, read in _KINDS:
            if set(needs) <= set(columns):
                try:
                    return read(db, file)
                except duckdb.Error as error:
                    raise BadDataError(f"{file}: {why(error)}") from None
    hint = other_case(columns, [name for needs, _ in _KINDS if _but_for_case(needs, columns) for name in needs])
    raise BadDataError(f"{file}: its columns {','.join(columns)} are no labels: they must hold {_KNOWN}{hint}")


def _but_for_case(needs: Sequence[str], columns: Sequence[str]) -> bool:
    return {name.lower() for name in needs} <= {name.lower() for name in columns}


def _find(source: Path) -> Path:
    for file in (source, *(source / name for name in _IN_A_FOLDER)):
        if file.is_file():
            return file
    if is_psv(source):
        return source
    raise BadDataError(f"{source}: there are no labels: name a CSV or truth.jsonl, or the folder of {_IN_A_FOLDER[0]}")


def _sepsis(db: duckdb.DuckDBPyConnection, file: Path) -> Labels:
    rows = db.execute(
        f"SELECT patient, epoch_ms(onset), epoch_ms(first), epoch_ms(last) FROM ({ONSETS})"  # noqa: S608 (our constant)
    ).fetchall()
    if not rows:
        raise BadDataError(f"{file}: not one row with its hour, ICULOS: name the recording itself")
    if any(row[0] is None for row in rows):
        raise BadDataError(f"{file}: a row has no patient_id: give each the patient it is of")
    observed = Observed.of([(name, first, last) for name, _, first, last in rows])
    unsaid = len(db.execute(UNLABELLED).fetchall())
    title = "onset of sepsis" + (f"; {unsaid} without any label taken as without onset" if unsaid else "")
    return OnsetLabels(title, {name: onset for name, onset, *_ in rows}, observed)


def _onsets(db: duckdb.DuckDBPyConnection, file: Path) -> Labels:
    rows = db.execute("SELECT patient, onset FROM recording").fetchall()
    if not rows:
        raise BadDataError(f"{file}: not one row: a row each patient, its onset empty where there was none")
    names = [row[0] for row in rows]
    if None in names:
        raise BadDataError(f"{file}: a row has no patient: name each, with an empty onset where there was none")
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        raise BadDataError(f"{file}: patient {twice!r} stands twice: give each one row, with the first onset")
    onsets = {name: _time(file, name, "onset", onset) if onset else None for name, onset in rows}
    return OnsetLabels("onset", onsets, _recorded(db, file))


def _recorded(db: duckdb.DuckDBPyConnection, file: Path) -> Observed | None:
    """From when to when each was recorded, where the columns first and last say so."""
    if not {"first", "last"} <= _columns(db):
        return None
    rows = [
        (who, _time(file, who, "first", first), _time(file, who, "last", last))
        for who, first, last in db.execute("SELECT patient, first, last FROM recording").fetchall()
    ]
    early = next((who for who, first, last in rows if last < first), None)
    if early is not None:
        raise BadDataError(
            f"{file}: patient {early!r} was recorded until before it began: last must not be before first"
        )
    return Observed.of(rows)


def _tihm(db: duckdb.DuckDBPyConnection, file: Path) -> Labels:
    query = "SELECT patient_id, type, epoch_ms(try_cast(date AS TIMESTAMP)) FROM recording ORDER BY 3, 1, 2"
    rows: list[Any] = db.execute(query).fetchall()
    odd = db.execute("SELECT patient_id, date FROM recording WHERE try_cast(date AS TIMESTAMP) IS NULL").fetchone()
    if odd is not None:
        raise BadDataError(f"{file}: date {odd[1] or ''!r} of {odd[0]!r} is no time: write 2019-04-08 13:40:20")
    days = {(who, kind, (at + _BEFORE_READING) // DAY) for who, kind, at in rows if at is not None and kind in _TIHM}
    events = tuple(
        Event(who, kind, day * DAY, (day + 1) * DAY, expected=tuple(("", s) for s in _TIHM[kind]))
        for who, kind, day in sorted(days)
    )
    kinds = [row[1] for row in rows]
    other = tuple((kind, kinds.count(kind)) for kind in sorted(set(kinds) - set(_TIHM)))
    return EventLabels("days that a monitoring team labelled", events, other=other, per_day=True)


def _events(db: duckdb.DuckDBPyConnection, file: Path) -> Labels:
    severity = "severity" if "severity" in _columns(db) else "NULL"
    query = f'SELECT patient, kind, start, "end", signal, {severity} FROM recording'  # noqa: S608  (our own constants)
    events = [_event(file, *row) for row in db.execute(query).fetchall()]
    return EventLabels("events", tuple(sorted(events, key=lambda event: (event.start, event.patient))))


def _event(file: Path, *row: str | None) -> Event:
    who, kind, start, end, signal, severity = row
    if not who or not kind:
        raise BadDataError(f"{file}: an event at {start!r} has no {'kind' if who else 'patient'}: every row needs both")
    first, last = (_time(file, who, name, text) for name, text in (("start", start), ("end", end)))
    if last <= first:
        raise BadDataError(
            f"{file}: event {kind!r} of {who!r} ends ({end}) before or as it starts: end it after {start}"
        )
    if signal and signal not in BY_NAME:
        raise BadDataError(
            f"{file}: signal {signal!r} of {who!r} is none of ours: one of {', '.join(BY_NAME)}, or empty"
        )
    if severity and severity not in _SEVERITIES:
        raise BadDataError(f"{file}: severity {severity!r} of {who!r}: one of {', '.join(_SEVERITIES)}, or empty")
    least = _SEVERITIES[severity] if severity else 0
    return Event(who, kind, first, last, expected=(("", signal or ""),), least=least)


def _time(file: Path, who: str, name: str, text: str | None) -> int:
    try:
        return parse_time(text or "")
    except ValueError:
        raise BadDataError(
            f"{file}: {name} {text or ''!r} of {who!r} is no time with a zone: write 2026-11-22T04:00:00Z"
        ) from None


def _columns(db: duckdb.DuckDBPyConnection) -> set[str]:
    return {str(row[0]) for row in db.execute("DESCRIBE recording").fetchall()}


_KINDS: Final[tuple[tuple[tuple[str, ...], Callable[[duckdb.DuckDBPyConnection, Path], Labels]], ...]] = (
    (("patient_id", "ICULOS", "SepsisLabel"), _sepsis),
    (("patient", "onset"), _onsets),
    (("patient_id", "date", "type"), _tihm),
    (("patient", "kind", "start", "end", "signal"), _events),
)
_KNOWN: Final = " or ".join(",".join(needs) for needs, _ in _KINDS)
