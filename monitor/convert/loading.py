"""A recording's table: from a CSV, plain or gzipped, or from a folder of .psv files."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from monitor.convert.psv import is_psv, load_psv


def load(db: duckdb.DuckDBPyConnection, file: Path, *, text: bool = False, columns: Sequence[str] = ()) -> list[str]:
    """Read a file into the table ``recording``, as ``text`` or as it looks; returns its columns.

    Of .psv files those of ``columns`` that there are, always as text; of a CSV all.
    """
    db.execute("SET enable_progress_bar = false")
    if is_psv(file):
        load_psv(db, file, [name for name in dict.fromkeys(columns) if name != "patient_id"])
    else:
        how = "all_varchar=true" if text else "sample_size=-1"
        db.execute(f"CREATE TABLE recording AS SELECT * FROM read_csv(?, header=true, {how})", [str(file)])  # noqa: S608
    return [str(row[0]) for row in db.execute("DESCRIBE recording").fetchall()]
