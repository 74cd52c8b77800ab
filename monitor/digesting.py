"""Looks once a minute of the clock for who comes on and must be told: in a thread of its own, off the way of alerts."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import structlog

from vitals.clock import Clock
from vitals.errors import HomevigilError
from vitals.times import MINUTE

log = structlog.get_logger(__name__)

_BREATH: Final = 0.0005
"""Wall seconds: long enough for whoever waits for the interpreter to get it."""


class Looks(Protocol):
    """What is looked with."""

    def look(self, now: int) -> int: ...


@contextmanager
def digesting(make: Callable[[Callable[[], None]], Looks], clock: Clock, every: int = MINUTE) -> Iterator[None]:
    """Make it (given how to pause in long work), and look at once and every so many ms of the clock, until left."""
    stop = threading.Event()

    def breathe() -> None:
        stop.wait(_BREATH)

    def work() -> None:
        looks = make(breathe)
        while not stop.is_set():
            _look(looks, clock)
            clock.wait(stop, every)

    thread = threading.Thread(target=work, name="digests", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _look(looks: Looks, clock: Clock) -> None:
    try:
        looks.look(clock.now())
    except HomevigilError as error:
        log.warning("digests_not_queued", why=str(error), consequence="tried again in a minute")
    except Exception:  # whatever is wrong with one digest must not end the thread that makes all others
        log.exception("digests_failed", consequence="tried again in a minute; alerts are not concerned")
