"""Which readings were flagged of late: so that one that is delivered again is known again."""

from collections.abc import Iterable
from typing import Final

REMEMBERED: Final = 1024
"""Readings, at most."""
Key = tuple[int, int]
"""Series and time."""


class Flagged:
    """The newest flagged readings, and why.

    >>> flagged = Flagged()
    >>> flagged.add([((1, 20), 3)])
    >>> flagged.why((1, 20)), flagged.why((1, 21))
    (3, 0)
    """

    def __init__(self) -> None:
        self._why: dict[Key, int] = {}

    def add(self, readings: Iterable[tuple[Key, int]]) -> None:
        """Remember these; the oldest are forgotten."""
        for key, why in readings:
            self._why.pop(key, None)
            self._why[key] = why
        for key in list(self._why)[: max(0, len(self._why) - REMEMBERED)]:
            del self._why[key]

    def forget(self, keys: Iterable[Key]) -> None:
        """These are no artefacts after all."""
        for key in keys:
            self._why.pop(key, None)

    def why(self, key: Key) -> int:
        """The Reason, NONE where it was not flagged."""
        return self._why.get(key, 0)
