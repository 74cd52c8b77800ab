"""The watchdog at work on a running service."""

from collections.abc import Callable, Iterator
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

    @property
    def behind(self) -> float: ...


class _Queue(Protocol):
    def waiting_since(self) -> int | None: ...
    def untold_since(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Vitals:
    """Reads the signs of the service's own life; ``speed`` of its clock, for ages are in wall seconds."""

    pipeline: _Pipeline
    queue: _Queue
    clock: Clock
    speed: float = 1.0
    drill: Callable[[], str] = str

    def __call__(self) -> Signs:
        now = self.clock.now()
        return Signs(
            elapsed() - self.pipeline.came_round,
            self._age(self.queue.waiting_since(), now),
            store=self.pipeline.behind,
            drill=self.drill(),
            untold=self._age(self.queue.untold_since(), now),
        )

    def _age(self, since: int | None, now: int) -> float:
        return 0.0 if since is None else max(now - since, 0) / SECOND / self.speed


@contextmanager
def watched(settings: WatchSettings, signs: Vitals) -> Iterator[None]:
    """Watch until left, where there is a way to tell anybody."""
    if settings.heartbeat_url is None and not settings.second_path:
        yield
        return
    ways = Outside(AppriseChannel(), settings.heartbeat_url, settings.second_path)
    limits = (settings.pipeline_after, settings.outbox_after, settings.again, settings.store_after)
    with Watchdog(signs, ways, Tolerance(*(ms / SECOND for ms in limits)), every=settings.every / SECOND):
        yield
