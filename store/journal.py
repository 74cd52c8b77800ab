"""The write-ahead journal of readings: on disk when ``write`` returns, read back after a crash.

Segments are preallocated and recycled: syncing a write inside a file costs a third of syncing one that makes
the file longer (docs/adr/0002-readings-journal.md).
"""

import contextlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

import structlog

from store.frames import Scan, pack, scan
from vitals.batch import Batch
from vitals.errors import UnavailableError
from vitals.series import SeriesKey

_SEGMENT = re.compile(r"(\d{8})\.journal")
log = structlog.get_logger(__name__)


class Journal:
    """Segments ``00000001.journal``, … in a folder. Numbers only grow. Not thread-safe: its owner holds a lock.

    A segment is started by the first write after ``seal``, so that sealing needs no disk space.
    """

    def __init__(self, folder: Path, segment_bytes: int) -> None:
        self._folder, self._segment_bytes = folder, segment_bytes
        self._spare = folder / "spare"
        self._file = -1
        self._offset = self._sequence = 0
        self.number = 0
        """The segment that is written, or was written last."""

    def recover(self, merged: int) -> list[tuple[int, Scan]]:
        """The segments after ``merged``, oldest first; those up to it are dropped."""
        numbers = sorted(int(m[1]) for p in self._folder.iterdir() if (m := _SEGMENT.fullmatch(p.name)))
        self.number = max([merged, *numbers])
        for number in numbers:
            if number <= merged:
                self.discard(number)
        return [(number, self._read(number)) for number in numbers if number > merged]

    def write(self, first: int, keys: Sequence[SeriesKey], batch: Batch) -> None:
        """Write one frame and wait until it is on disk.

        UnavailableError when the disk refuses: then nothing counts as written, and the next frame is
        written over whatever part of this one got there.
        """
        try:
            if self._file < 0:
                self._start(self.number + 1)
            frame = pack(self.number, self._sequence, first, keys, batch)
            _write_all(self._file, frame, self._offset)
            _sync(self._file)
        except OSError as error:
            raise UnavailableError(
                f"readings journal {self._folder}: {os.strerror(error.errno or 0)}: {len(batch)} readings were not "
                "stored (free disk space or mend the disk; the broker delivers them again)"
            ) from error
        self._offset += len(frame)
        self._sequence += 1

    @property
    def full(self) -> bool:
        return self._offset >= self._segment_bytes

    def seal(self) -> None:
        """End the segment; the next write starts another."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self._offset, self._sequence = -1, 0, 0

    def discard(self, number: int) -> None:
        """Give up a segment whose readings are elsewhere; its space serves the next one."""
        path = self._path(number)
        with contextlib.suppress(OSError):  # what stays is dropped at the next start
            if path.stat().st_size <= self._segment_bytes and not self._spare.exists():
                path.rename(self._spare)
            else:
                path.unlink()

    def set_aside(self, number: int) -> None:
        """Keep a damaged segment for people to look at, out of the way."""
        with contextlib.suppress(OSError):
            self._path(number).rename(self._folder / f"{number:08d}.damaged")

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:08d}.journal"

    def _read(self, number: int) -> Scan:
        found = scan(self._path(number).read_bytes(), number)
        if found.lost or found.torn:
            log.warning("journal_damaged", segment=number, lost_frames=found.lost, torn_tail=found.torn)
        return found

    def _start(self, number: int) -> None:
        path = self._path(number)
        if self._spare.exists():
            self._spare.rename(path)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            _allocate(file, self._segment_bytes)
            os.fsync(file)
            sync_folder(self._folder)
        except OSError:
            os.close(file)
            path.unlink(missing_ok=True)
            raise
        self._file, self._offset, self._sequence, self.number = file, 0, 0, number


def sync_folder(folder: Path) -> None:
    """Make names that were made or changed in a folder durable."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _write_all(file: int, frame: bytes, offset: int) -> None:
    view = memoryview(frame)
    while view:
        written = os.pwrite(file, view, offset)
        view, offset = view[written:], offset + written


def _sync(file: int) -> None:
    getattr(os, "fdatasync", os.fsync)(file)  # macOS has only fsync


def _allocate(file: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
