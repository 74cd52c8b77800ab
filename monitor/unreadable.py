"""What is wrong with a file of comma-separated values, in words for whoever has it."""

import re

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
    return first
