"""What is wrong with a file of comma-separated values, in words for whoever has it."""

import re
from collections.abc import Iterable

import duckdb


def why(error: duckdb.Error) -> str:
    """What is wrong with a file, without the database's options.

    >>> why(duckdb.Error("IO Error: Input is not a GZIP stream: r.csv.gz"))
    'it is no whole gzip file, though its name ends in .gz'
    """
    text = str(error)
    first = text.splitlines()[0]
    where = re.search(r"Line: (\d+)", first)
    line = f"line {where[1]}" if where else ""
    if (column := re.search(r'does not have a column named "(\w+)"', first)) is not None:
        return f"column {column[1]} is missing"
    if (counts := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)) is not None:
        return f"{line or 'a line'} has {counts[2]} values, but there are {counts[1]} columns"
    if "not utf-8 encoded" in text:
        return f"{line or 'its text'} is not UTF-8: save it as UTF-8"
    if "GZIP" in first:
        return "it is no whole gzip file, though its name ends in .gz"
    if "sniffing" in first:
        return "it is no readable CSV: commas between values, one kind of line end, .gz in its name if gzipped"
    return _value(first) or first


def _value(words: str) -> str:
    """What is wrong with one value; empty where it is something else.

    >>> _value("Conversion Error: Could not convert string 'abc' to DOUBLE when casting from source column ICULOS")
    "ICULOS 'abc' is no number: write one, or leave it empty"
    """
    cast = re.search(r"string '(.*)' to (\w+)(?: when casting from source column (\w+))?", words)
    if cast is None:
        return ""
    kind, example = ("time", "2026-11-22T04:21:07Z") if "TIME" in cast[2] or cast[2] == "DATE" else ("number", "one")
    return f"{cast[3] or 'a value'} {cast[1]!r} is no {kind}: write {example}, or leave it empty"


def other_case(have: Iterable[str], wanted: Iterable[str]) -> str:
    """What to write instead of columns that differ from the wanted ones by case alone; empty where none does.

    >>> other_case(["patient_id", "iculos"], ["patient_id", "ICULOS", "SepsisLabel"])
    ' (case counts: write ICULOS for iculos)'
    """
    there = {name.lower(): name for name in have}
    pairs = [(name, there.get(name.lower(), name)) for name in dict.fromkeys(wanted)]
    words = ", ".join(f"{name} for {found}" for name, found in pairs if found != name)
    return f" (case counts: write {words})" if words else ""
