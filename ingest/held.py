"""What was received and is not yet acknowledged: the queue between the network and the pipeline."""

import threading
from collections.abc import Iterable
from typing import Final

from vitals.intake import Message

CAP: Final = 4_096
"""The most that one ``take`` gives: what one batch may cost is bounded."""


class Held:
    """At most ``limit`` messages wait here, and at most ``limit`` of this connection are unacknowledged."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: list[Message] = []
        self._unacknowledged: set[int] = set()
        self._arrived = threading.Condition()

    def room(self) -> int:
        """How many more may come in."""
        return self._limit - max(len(self._waiting), len(self._unacknowledged))

    def unacknowledged(self, mid: int) -> bool:
        """Whether that packet of this connection is in our hands."""
        return mid in self._unacknowledged

    def put(self, messages: list[Message], mids: Iterable[int]) -> None:
        with self._arrived:
            self._waiting += messages
            self._unacknowledged.update(mids)
            self._arrived.notify()

    def take(self, timeout: float) -> list[Message]:
        """Everything that waits, up to CAP; waits at most ``timeout`` seconds for the first."""
        with self._arrived:
            if not self._waiting:
                self._arrived.wait(timeout)
            taken, self._waiting = self._waiting[:CAP], self._waiting[CAP:]
            return taken

    def release(self, mids: Iterable[int]) -> None:
        """Those packets are acknowledged: their identifiers may come again."""
        with self._arrived:
            self._unacknowledged.difference_update(mids)

    def new_connection(self) -> None:
        """Packet identifiers start anew. What waits is kept: the broker may have lost the session that held it."""
        with self._arrived:
            self._unacknowledged.clear()
