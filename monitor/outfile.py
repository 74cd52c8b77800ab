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
    try:
        with _beside(path) as file:
            if path.suffix != ".gz":
                yield file
                return
            with gzip.GzipFile("", "wb", 6, cast("Any", file), mtime=0) as packed:
                yield cast("BinaryIO", packed)
    except OSError as error:
        why = error.strerror or "cannot be written"
        raise UnavailableError(f"{path}: {why}: choose another path, or mend this one; nothing was changed") from None


@contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    if path.is_dir():
        raise IsADirectoryError(21, "is a folder")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield cast("BinaryIO", file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
