"""The watchdog at work on a running service."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from alerts.channels.apprise import AppriseChannel
from monitor.sections import WatchSettings
from monitor.watchdog import Signs, Tolerance, Watchdog
from monitor.ways import Outside
from vitals.clock import Clock, elapsed
from vitals.times import SECOND


class _Pipeline(Protocol):
    came_round: float


class _Queue(Protocol):
    def next_due(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Vitals:
    """Reads the signs of the service's own life; ``speed`` of its clock, for ages are in wall seconds."""

    pipeline: _Pipeline
    queue: _Queue
    clock: Clock
    speed: float = 1.0

    def __call__(self) -> Signs:
        due, now = self.queue.next_due(), self.clock.now()
        waiting = 0 if due is None else max(now - due, 0)
        return Signs(elapsed() - self.pipeline.came_round, waiting / SECOND / self.speed)


@contextmanager
def watched(settings: WatchSettings, signs: Vitals) -> Iterator[None]:
    """Watch until left, where there is a way to tell anybody."""
    if settings.heartbeat_url is None and not settings.second_path:
        yield
        return
    ways = Outside(AppriseChannel(), settings.heartbeat_url, settings.second_path)
    limits = (settings.pipeline_after, settings.outbox_after, settings.again)
    with Watchdog(signs, ways, Tolerance(*(ms / SECOND for ms in limits)), every=settings.every / SECOND):
        yield
