"""Which workers live: each holds a lock for as long as its process does.

What a dead worker held is taken over at once, by whoever finds its lock free; its leases need not run out first.
A worker that is merely slow keeps its lock, and so its leases until they run out. A lock's number is part of its
worker's name, and new with each life: a process of the same number, or in another container, is never taken for it.
"""

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from secrets import randbits
from typing import Final, Protocol

_MARK: Final = "#"
_DIGITS: Final = 8


class Locks(Protocol):
    """Locks by number (32 bits) that the operating system, or the database, takes back from whoever dies."""

    def hold(self, number: int) -> bool:
        """Hold it from now on; False when somebody has it."""
        ...

    def free(self, numbers: Collection[int]) -> AbstractContextManager[set[int]]:
        """Those of the numbers whose holders are certainly no more; nobody else is given them within the block."""
        ...

    def clear(self, keep: Collection[int]) -> None:
        """Clear away what is left of holders that are no more, but for those of ``keep``."""
        ...

    def close(self) -> None:
        """Let go of all."""
        ...


class Attendance:
    """The workers of one process, by their locks."""

    def __init__(self, locks: Locks) -> None:
        self.locks = locks
        self._mine: dict[int, str] = {}

    @property
    def names(self) -> frozenset[str]:
        """The names under which this process leases."""
        return frozenset(self._mine.values())

    def attend(self, worker: str) -> str:
        """Known to live from now on; returns the name to lease by. OSError where nothing can be locked."""
        number = randbits(4 * _DIGITS)
        while not self.locks.hold(number):
            number = randbits(4 * _DIGITS)
        self._mine[number] = f"{worker}{_MARK}{number:0{_DIGITS}x}"
        return self._mine[number]

    def others(self, holders: Iterable[str]) -> dict[int, str]:
        """Of those that hold leases, the ones that are not of this process, by their locks."""
        numbered = ((number_of(name), name) for name in holders)
        return {number: name for number, name in numbered if number is not None and number not in self._mine}


def number_of(name: str) -> int | None:
    """The lock of the worker of that name; None for one that holds none.

    >>> number_of("host:7#0000002a"), number_of("host:7")
    (42, None)
    """
    _, mark, digits = name.rpartition(_MARK)
    if not mark or len(digits) != _DIGITS:
        return None
    try:
        return int(digits, 16)
    except ValueError:
        return None
