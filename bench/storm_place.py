"""A place in the storm: a worker process that is killed and replaced, and the feed that forgets nothing."""

from dataclasses import dataclass, field, replace
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import TYPE_CHECKING

from bench.storm_worker import Post, work
from vitals.finding import Finding

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


@dataclass(slots=True)
class Place:
    """Whoever works here is killed and replaced; ``owed`` has what nobody here has acknowledged yet."""

    post: Post
    context: ForkServerContext
    process: ForkServerProcess | None = None
    feed: "Connection[Finding | None, int] | None" = None
    owed: dict[int, Finding] = field(default_factory=dict)
    lives: int = 0

    def start(self) -> None:
        """Bring up the next one, and hand it everything its predecessor owed."""
        self.feed, theirs = self.context.Pipe()
        post = replace(self.post, name=f"{self.post.name}-{self.lives}")
        self.lives += 1
        self.process = self.context.Process(target=work, args=(post, theirs), daemon=True)
        self.process.start()
        theirs.close()
        for found in list(self.owed.values()):
            self._send(found)

    def kill(self) -> None:
        """End it by kill -9; what it had said by then still counts."""
        assert self.process is not None and self.feed is not None  # noqa: S101, PT018
        self.process.kill()
        self.process.join()
        self.hear()
        self.feed.close()

    def offer(self, found: Finding) -> None:
        """Hand a finding over, again and again until it is acknowledged."""
        self.owed[found.onset] = found
        self._send(found)

    def hear(self) -> None:
        """Strike off what has been acknowledged."""
        assert self.feed is not None  # noqa: S101
        try:
            while self.feed.poll():
                self.owed.pop(self.feed.recv(), None)
        except (EOFError, OSError):
            return

    def _send(self, found: Finding | None) -> None:
        assert self.feed is not None  # noqa: S101
        try:
            self.feed.send(found)
        except OSError:
            return  # it is dead: its successor gets it

    def stop(self) -> None:
        """Ask it to end, and wait."""
        self._send(None)
        if self.process is not None:
            self.process.join(10)
            self.process.kill()
