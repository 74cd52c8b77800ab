"""Workers on SQLite: a locked file each, in a folder beside the ledger. The kernel unlocks a dead process's files."""

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path


class FileLocks:
    """``flock`` on a file a number in ``folder``; a file that is gone says nothing about its worker.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ours, theirs = FileLocks(Path(folder)), FileLocks(Path(folder))
    ...     held = ours.hold(7), theirs.hold(7)
    ...     with theirs.free({7, 8}) as while_alive:
    ...         pass
    ...     ours.close()
    ...     with theirs.free({7, 8}) as afterwards:
    ...         held, while_alive, afterwards
    ((True, False), set(), {7})
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[int] = []

    def hold(self, number: int) -> bool:
        """Lock a new file; OSError where this cannot be done."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._path(number)
        file = _locked(path, os.O_RDWR | os.O_CREAT)
        if file is None:
            return False
        if not _same(path, file):  # somebody cleared it away before we had locked it
            os.close(file)
            return False
        self._files.append(file)
        return True

    @contextmanager
    def free(self, numbers: Collection[int]) -> Iterator[set[int]]:
        """Those whose file nobody has locked; when the block is done, their files are gone."""
        found: dict[int, int] = {}
        try:
            for number in numbers:
                file = _locked(self._path(number), os.O_RDWR)
                if file is not None:
                    found[number] = file
            yield set(found)
            for number in found:
                self._path(number).unlink(missing_ok=True)
        finally:
            for file in found.values():
                os.close(file)

    def clear(self, keep: Collection[int]) -> None:
        """The same for every file but those of ``keep``."""
        numbers = {int(path.name, 16) for path in self._folder.iterdir()} if self._folder.exists() else set()
        with self.free(numbers - set(keep)):
            pass

    def close(self) -> None:
        """Let go of all."""
        while self._files:
            os.close(self._files.pop())

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:08x}"


def _locked(path: Path, flags: int) -> int | None:
    """The file, locked; None where it is not there, or somebody has it locked."""
    try:
        file = os.open(path, flags | os.O_CLOEXEC, 0o600)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        if isinstance(error, BlockingIOError):
            return None
        raise
    return file


def _same(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False
