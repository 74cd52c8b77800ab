"""Seals the audit trail as it grows: in a thread of its own, a few seconds behind, off the way of any alert."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import structlog

from vitals.errors import HomevigilError

log = structlog.get_logger(__name__)

_EVERY: Final = 5.0


class Seals(Protocol):
    """The ledger as the notary sees it."""

    def seal(self) -> int:
        """Seal a lot of what is not sealed yet; returns how many rows."""
        ...


@contextmanager
def sealing(ledger: Seals, every: float = _EVERY) -> Iterator[None]:
    """Seal every so many wall seconds until left, and once more then."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(every):
            _seal(ledger, stop)

    thread = threading.Thread(target=work, name="notary", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        _seal(ledger, threading.Event())


def _seal(ledger: Seals, stop: threading.Event) -> None:
    try:
        while ledger.seal() and not stop.is_set():
            pass
    except HomevigilError as error:
        log.warning("audit_not_sealed", why=str(error), consequence="tried again; nothing is lost")
