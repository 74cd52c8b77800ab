"""One process a store: a lock file that names its holder."""

import fcntl
import os
from pathlib import Path

from vitals.errors import UnavailableError


class InUseError(UnavailableError):
    """Another process has the store open: while the service runs that is as it should be."""


class FileLock:
    """Held from construction until ``release`` or the end of the process, however it ends.

    UnavailableError names the process that holds it already.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._file, 20, 0).decode("ascii", "replace").strip() or "unknown"
            self.release()
            raise InUseError(
                f"{path}: the readings store is in use by process {holder} (stop it, or give this one another path)"
            ) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1
