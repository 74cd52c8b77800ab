"""The long CSV: what a fleet published, for evaluation offline."""

import csv
import gzip
import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

import msgspec

from simulators.publication import Publication, Source
from vitals.signals import BY_NAME
from vitals.times import HOUR

HEADER = ("patient", "device", "signal", "time", "value", "unit")


def write_csv(fleet: Source, path: Path | str, until: int, *, start: int | None = None) -> int:
    """Write every reading due up to ``until`` (ms UTC) in the order published; returns how many rows.

    ``path`` ending in .gz is compressed, without a time stamp of its own, so that equal fleets give equal files.
    ``start`` (default: the fleet's) is where the walk in hourly steps begins, to keep memory small.
    """
    first = start if start is not None else int(getattr(getattr(fleet, "spec", None), "start", until))
    with _opened(Path(path)) as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEADER)
        count = 0
        for now in (*range(first, until, HOUR), until):
            rows = [row for publication in fleet.until(now) for row in rows_of(publication)]
            out.writerows(rows)
            count += len(rows)
    return count


def rows_of(publication: Publication) -> Iterator[tuple[str, str, str, str, float, str]]:
    """The rows of one publication; none for a status or an event."""
    _, _, _, patient, device, kind = publication.topic.split("/")
    if kind != "vitals":
        return
    said: Any = msgspec.json.decode(publication.payload)
    for sample in said if isinstance(said, list) else [said]:
        for signal, given in sample["vitals"].items():
            value, unit = (given["value"], given["unit"]) if isinstance(given, dict) else (given, BY_NAME[signal].unit)
            yield patient, device, signal, sample["time"], value, unit


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    with ExitStack() as stack:
        raw = stack.enter_context(path.open("wb"))
        packed = stack.enter_context(gzip.GzipFile("", "wb", fileobj=raw, mtime=0)) if path.suffix == ".gz" else raw
        yield stack.enter_context(io.TextIOWrapper(packed, encoding="utf-8", newline=""))
