"""A file that is there whole or not at all, gzipped where its name says so; ``-`` is standard output."""

import gzip
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from vitals.errors import UnavailableError

STDOUT = Path("-")


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Written beside ``path`` and put in its place at the end: what stood there stays until then, and if it fails.

    UnavailableError with the remedy when it cannot be written. Its owner alone may read it (mode 0600).
    """
    if path == STDOUT:
        yield cast("BinaryIO", sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    with whole_path(path) as beside, beside.open("wb") as file:
        if path.suffix != ".gz":
            yield file
            return
        with gzip.GzipFile("", "wb", 6, cast("Any", file), mtime=0) as packed:
            yield cast("BinaryIO", packed)


@contextmanager
def whole_path(path: Path) -> Iterator[Path]:
    """The same for who opens files by name: an empty file beside ``path`` to write to."""
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "is a folder")
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
        os.close(handle)
        try:
            yield Path(name)
            _settle(Path(name))
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        why = error.strerror or "cannot be written"
        raise UnavailableError(f"{path}: {why}: choose another path, or mend this one; nothing was changed") from None


def _settle(file: Path) -> None:
    """On the disk before the name points to it."""
    with file.open("rb") as written:
        os.fsync(written.fileno())
