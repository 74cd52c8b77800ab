"""The only place that reads the machine's clock. Everything else is given a Clock."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """What time it is, and how to wait for a later one."""

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        ...

    def wait(self, event: threading.Event, duration: int) -> bool:
        """Wait until ``event`` is set (True) or ``duration`` ms of this clock have passed (False)."""
        ...


class SystemClock:
    """The wall clock, advanced monotonically between corrections of at most a step."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def wait(self, event: threading.Event, duration: int) -> bool:
        return event.wait(max(duration, 0) / 1000)


class ScaledClock:
    """A clock that starts at ``start`` ms and runs ``speed`` times as fast as the wall clock.

    One scaled clock drives simulators, detectors and desk alike, so that a day passes in minutes
    with every delay in proportion. ``origin`` is the monotonic second at which it started: given to another process of
    the same machine, both read the same time.
    """

    def __init__(self, start: int, speed: float, origin: float | None = None) -> None:
        if speed <= 0:
            raise ValueError(f"speed {speed} must be greater than 0")
        self.start, self.speed = start, speed
        self.origin = time.monotonic() if origin is None else origin

    def now(self) -> int:
        return self.start + int((time.monotonic() - self.origin) * 1000 * self.speed)

    def wait(self, event: threading.Event, duration: int) -> bool:
        return event.wait(max(duration, 0) / 1000 / self.speed)


class ManualClock:
    """A clock that stands still until it is moved: for tests and for replay.

    >>> clock = ManualClock(1_000)
    >>> clock.advance(500)
    1500
    """

    def __init__(self, start: int = 0) -> None:
        self._now = start
        self._moved = threading.Condition()

    def now(self) -> int:
        return self._now

    def set(self, now: int) -> int:
        """Move to ``now``; a clock never goes back (ValueError)."""
        with self._moved:
            if now < self._now:
                raise ValueError(f"a clock does not go back: {now} < {self._now}")
            self._now = now
            self._moved.notify_all()
        return now

    def advance(self, duration: int) -> int:
        """Move forward by ``duration`` ms; returns the new time."""
        return self.set(self._now + duration)

    def wait(self, event: threading.Event, duration: int) -> bool:
        """Wait for the event or for someone to move this clock past the deadline."""
        deadline = self._now + duration
        with self._moved:
            while not event.is_set() and self._now < deadline:
                self._moved.wait(0.02)
        return event.is_set()


def stopwatch() -> float:
    """Seconds of the monotonic clock, for measuring how long our own work takes."""
    return time.perf_counter()


def elapsed() -> float:
    """Seconds of the monotonic clock that network time-outs count in, whatever the scaled clock says."""
    return time.monotonic()
