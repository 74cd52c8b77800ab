"""Writers of one process, one after the other."""

import threading
from types import TracebackType


class Gate:
    """A lock that says so, instead of hanging, when the thread that holds it comes again.

    SQLite has one writer at a time: queueing here is fair and immediate, where its own lock polls.

    >>> gate = Gate()
    >>> with gate:
    ...     with gate:
    ...         pass
    Traceback (most recent call last):
    ...
    RuntimeError: a ledger transaction is already open in this thread: write through it
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None

    def __enter__(self) -> None:
        me = threading.get_ident()
        if self._holder == me:
            raise RuntimeError("a ledger transaction is already open in this thread: write through it")
        self._lock.acquire()
        self._holder = me

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._holder = None
        self._lock.release()
