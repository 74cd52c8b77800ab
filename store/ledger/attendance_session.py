"""Workers on PostgreSQL: advisory locks of a session of their own, which the server frees as the session ends.

A session may end while its worker lives (the server restarts, somebody ends it), so a lock must stay free for a while
before its worker counts as dead, seen over one unbroken session of ours; meanwhile a living one has locked it again.
"""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from vitals.clock import elapsed

_SPACE: Final = 0x484F4C44 << 32
"""Workers' part of the advisory locks, which all programs on a database share."""
PATIENCE: Final = 3.0
"""Seconds that a lock must stay free. Workers look each second, and lock again what they find lost."""
_SETTLING: Final = 15.0
"""Seconds for which nobody is judged after our own session broke: others may still be on their way back."""

_UNBOUNDED = text("SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'")
_TRY = text("SELECT pg_try_advisory_lock(:lock)")
_HOLD = text("SELECT pg_advisory_lock(:lock)")
_LET_GO = text("SELECT pg_advisory_unlock(:lock)")


class SessionLocks:
    """One session with its locks; ``connect`` gives a connection that is ours alone, in autocommit. Whose lock has been
    free for ``patience`` seconds is dead.
    """

    def __init__(self, connect: Callable[[], Connection], patience: float) -> None:
        self._connect, self._patience = connect, patience
        self._lock = threading.Lock()
        self._mine: list[int] = []
        self._session: Connection | None = None
        self._free: dict[int, float] = {}
        """Since when, s, a lock is seen to be free."""
        self._not_before = 0.0

    def hold(self, number: int) -> bool:
        """Hold it for as long as we live, again after a break; the server's errors are raised."""
        with self._lock:
            held = bool(self._opened().scalar(_TRY, {"lock": _SPACE | number}))
            if held:
                self._mine.append(number)
        return held

    @contextmanager
    def free(self, numbers: Collection[int]) -> Iterator[set[int]]:
        """Those that have been free for long enough. To be asked regularly: it is how a break of ours is found."""
        with self._lock:
            taken = self._try_all(numbers)
            try:
                yield self._long_free(taken)
            finally:
                self._run(lambda session: [session.scalar(_LET_GO, {"lock": _SPACE | n}) for n in taken])

    def clear(self, keep: Collection[int]) -> None:
        """Nothing is left of a session."""

    def close(self) -> None:
        """Let go of all."""
        with self._lock:
            session, self._session = self._session, None
            self._mine.clear()
            if session is not None:
                session.close()

    def _opened(self) -> Connection:
        if self._session is None:
            self._session = self._connect()
            self._session.execute(_UNBOUNDED)
            for number in self._mine:
                self._session.execute(_HOLD, {"lock": _SPACE | number})
        return self._session

    def _try_all(self, numbers: Collection[int]) -> set[int]:
        found: set[int] = set()

        def look(session: Connection) -> None:
            session.execute(text("SELECT 1"))
            found.update(n for n in numbers if session.scalar(_TRY, {"lock": _SPACE | n}))

        return found if self._run(look) else set()

    def _long_free(self, taken: set[int]) -> set[int]:
        now = elapsed()
        self._free = {number: self._free.get(number, now) for number in taken}
        if now < self._not_before:
            return set()
        return {number for number, since in self._free.items() if now - since >= self._patience}

    def _run(self, act: Callable[[Connection], object]) -> bool:
        """False when our session was broken: the next look opens another, and judges nobody for a while."""
        try:
            act(self._opened())
        except SQLAlchemyError:
            broken, self._session = self._session, None
            self._free.clear()
            self._not_before = elapsed() + _SETTLING
            if broken is not None:
                broken.invalidate()
                broken.close()
            return False
        return True
