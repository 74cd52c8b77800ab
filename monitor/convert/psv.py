"""A folder of .psv files, one a patient, as PhysioNet publishes its challenges: joined into one table of text."""

import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from vitals.errors import BadDataError

_ENDINGS: Final = (".psv", ".psv.gz")
_NOTHING: Final = frozenset({"", "nan", "na"})
_ROWS_AT_ONCE: Final = 100_000

Row = tuple[str | None, ...]


def is_psv(source: Path) -> bool:
    """Whether this is a .psv file, or a folder that holds some at any depth."""
    return (source.is_file() and _patient(source) is not None) or bool(source.is_dir() and next(_inside(source), None))


def load_psv(db: duckdb.DuckDBPyConnection, source: Path, columns: Sequence[str]) -> None:
    """Make the table ``recording`` of ``patient_id`` (the file's name) and those ``columns`` that some file has, as
    text; what is empty or NaN is null, as is what a file has no column for.

    BadDataError names file and line where a row has not as many values as the heading, or two files one patient.
    """
    files = _by_patient([source] if source.is_file() else _inside(source))
    names = ("patient_id", *columns)
    columns_sql = ", ".join(f'"{name}" VARCHAR' for name in names)
    db.execute(f"CREATE TABLE recording ({columns_sql})")
    seen: set[str] = set()
    for lot in _lots(row for who, file in files.items() for row in _rows(who, file, columns, seen)):
        db.register(
            "lot",
            pa.table({n: pa.array(part, pa.string()) for n, part in zip(names, zip(*lot, strict=True), strict=True)}),
        )
        db.execute("INSERT INTO recording SELECT * FROM lot")
        db.unregister("lot")
    for name in set(columns) - seen:
        db.execute(f'ALTER TABLE recording DROP COLUMN "{name}"')


def _inside(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if _patient(file) is not None and file.is_file())


def _patient(file: Path) -> str | None:
    """The patient of a file by its name, None where it is no .psv (or a hidden one, as some archives hold)."""
    ending = next((e for e in _ENDINGS if file.name.lower().endswith(e)), None)
    return None if ending is None or file.name.startswith(".") else file.name[: -len(ending)]


def _by_patient(files: Iterable[Path]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file in sorted(files):
        other = found.setdefault(str(_patient(file)), file)
        if other is not file:
            raise BadDataError(
                f"{file}: {other} is of the same patient, {_patient(file)!r}: name each file differently"
            )
    return found


def _rows(who: str, file: Path, columns: Sequence[str], seen: set[str]) -> Iterator[Row]:
    """One patient's rows; ``seen`` gathers which columns there are."""
    head, *lines = _lines(file)
    titles = [title.strip() for title in head.split("|")]
    at = {title: i for i, title in enumerate(titles)}
    seen.update(name for name in columns if name in at)
    places = [at.get(name, -1) for name in columns]
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        cells = line.split("|")
        if len(cells) != len(titles):
            raise BadDataError(
                f"{file}:{number}: {len(cells)} values, but {len(titles)} columns: mend or drop this row"
            )
        yield (who, *(None if at_ < 0 else _cell(cells[at_]) for at_ in places))


def _cell(text: str) -> str | None:
    text = text.strip()
    return None if text.lower() in _NOTHING else text


def _lines(file: Path) -> list[str]:
    try:
        packed = file.name.lower().endswith(".gz")
        text = (gzip.decompress(file.read_bytes()) if packed else file.read_bytes()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadDataError(f"{file} is not UTF-8: save it as UTF-8") from None
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or "is no whole gzip file"
        raise BadDataError(f"{file}: {why}: replace it, or take it out of the folder") from None
    if not text.strip():
        raise BadDataError(f"{file} is empty: give it a heading such as HR|O2Sat|…|ICULOS|SepsisLabel, or take it out")
    return text.splitlines()


def _lots(rows: Iterable[Row]) -> Iterator[list[Row]]:
    held: list[Row] = []
    for row in rows:
        held.append(row)
        if len(held) == _ROWS_AT_ONCE:
            yield held
            held = []
    if held:
        yield held
