"""The outbox: notices leave durably queued, and are marked once their channel has taken them.

At least once, with a key: a notice is leased before it is sent and marked after it; a crash between the two leaves a
lease that another process (or this one, restarted) takes over, and sends it. Threads: a crew that sends, a pump that
leases what has come due and takes over from the dead, a clerk that writes marks, as many as there are at a time.
"""

import threading
from collections import deque
from collections.abc import Sequence
from typing import Self

import structlog

from alerts.attempt import Sender
from alerts.channels.base import host_of
from alerts.crew import Crew
from alerts.notices import Lease
from alerts.ports import Attempt, Ledger
from vitals.alert import STOPPED, Delivery
from vitals.clock import Clock, elapsed

log = structlog.get_logger(__name__)

_ROOM = 512
"""Notices held in memory beyond which nothing is leased from the ledger. Those that stand behind a slow host are not
counted, or a channel that hangs would keep everybody else's waiting there."""
_MOST = 16_384
"""The same, those of slow hosts among them."""
_LOT = 32
"""Fewer are not worth a look through the queue."""
_GLANCE = 1.0
"""Wall seconds after which the ledger is looked at without being woken: another process may have queued something, or
have died.
"""
_GATHER = 0.03
"""Wall seconds for which marks are gathered, so that a mark rarely holds the ledger when an alert wants it. Killed in
between, what was sent is sent once more."""
_AGAIN = 1.0
"""Wall seconds between tries while the ledger does not answer."""


class Outbox:
    """Sends deliveries through a :class:`~alerts.attempt.Sender`.

    ``worker`` names this process in leases. ``lease`` and ``time_limit`` are wall seconds: with a scaled clock the
    lease is stretched, for the network does not run faster. Use :meth:`start` and :meth:`stop`, or ``with``.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        sender: Sender,
        *,
        worker: str,
        workers: int = 4,
        per_host: int = 2,
        lease: float = 60.0,
        time_limit: float = 20.0,
    ) -> None:
        if lease < 2 * time_limit:
            raise ValueError(f"lease {lease:g} s must be at least twice the time limit {time_limit:g} s of a send")
        self._ledger, self._clock, self._sender = ledger, clock, sender
        self._speed = 1000 * getattr(clock, "speed", 1.0)
        self.lease = Lease(worker, round(lease * self._speed))
        self._sendable = round(time_limit * self._speed)
        self._glance, self._next_look = min(_GLANCE, time_limit / 4), 0.0
        self._crew = Crew(
            self._attempt,
            sender.failed,
            self._report,
            workers=workers,
            per_host=per_host,
            time_limit=time_limit,
            shareable=sender.shareable,
        )
        self._wake, self._news = threading.Event(), threading.Event()
        self._attempts: deque[Attempt] = deque()
        self._unmarked: dict[str, Attempt] = {}
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._pump, self._clerk)]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def held(self) -> int:
        """How many notices this process holds: waiting, under way, or sent and not yet marked."""
        return len(self._crew) + len(self._unmarked)

    def start(self) -> None:
        """Begin to send; what the ledger still holds from before is taken up."""
        self._crew.start()
        for thread in self._threads:
            thread.start()

    def push(self, deliveries: Sequence[Delivery]) -> None:
        """Send these, which are leased to us and committed."""
        fresh = [delivery for delivery in deliveries if delivery.key not in self._unmarked]
        self._crew.put([(host_of(self._sender.address(d) or "unknown://"), d) for d in fresh])

    def wake(self) -> None:
        """Something was queued in the ledger: look."""
        self._wake.set()

    def stop(self, drain_seconds: float = 5.0) -> None:
        """Send what is left for up to ``drain_seconds``, give the rest back to the ledger, and write all marks."""
        self._stop.set()
        self._wake.set()
        for delivery in self._crew.close(drain_seconds):
            now = self._clock.now()
            self._report(Attempt(delivery.key, now, ok=False, result=STOPPED, retry_at=now))
        self._news.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(drain_seconds, _AGAIN))

    def _attempt(self, notices: Sequence[Delivery]) -> list[Attempt]:
        """A lease too short for a whole send is left to run out: then it is taken anew, here or elsewhere."""
        now = self._clock.now()
        long = [d for d in notices if d.lease_until is None or d.lease_until - now >= self._sendable]
        return self._sender.attempt_all(long) if long else []

    def _report(self, attempt: Attempt) -> None:
        self._unmarked[attempt.key] = attempt
        self._attempts.append(attempt)
        self._news.set()

    def _pump(self) -> None:
        """Lease what is due: deferred notices, further tries, and what a crash left behind."""
        while not self._stop.is_set():
            self._wake.clear()
            try:
                wait = self._take_due()
            except Exception as error:  # noqa: BLE001  (whatever the database says, we ask again)
                log.warning("outbox_cannot_read_ledger", error=type(error).__name__)
                self._wake.wait(_AGAIN)
            else:
                self._clock.wait(self._wake, wait)

    def _take_due(self) -> int:
        """Lease and queue what is due; returns how long to wait for more, in ms of the clock."""
        now, held = self._clock.now(), self.held
        if elapsed() >= self._next_look:
            self._next_look = elapsed() + self._glance
            self._ledger.forsaken(now)
        room = min(_ROOM - held + self._crew.behind, _MOST - held)
        due = self._ledger.next_due()
        longest = round(self._glance * self._speed)
        if due is None or due > now:
            return longest if due is None else min(due - now, longest)
        taken = self._ledger.lease(self.lease.worker, now, now + self.lease.length, room) if room >= _LOT else []
        self.push(taken)
        return 0 if taken else round(0.05 * self._speed)

    def _clerk(self) -> None:
        """Write marks: whatever has come in since the last transaction goes into the next."""
        while not self._stop.is_set() or self._attempts or len(self._crew):
            self._news.wait(self._glance)
            self._stop.wait(_GATHER if self._attempts else 0)
            self._news.clear()
            self._crew.overdue()
            if self._attempts and not self._mark() and self._stop.wait(_AGAIN):
                return  # the lease will run out, and the notice be told once more

    def _mark(self) -> bool:
        batch = [self._attempts.popleft() for _ in range(len(self._attempts))]
        try:
            self._ledger.mark(batch)
        except Exception as error:  # noqa: BLE001  (kept, and tried again: losing a mark would tell somebody twice)
            log.warning("outbox_cannot_mark", count=len(batch), error=type(error).__name__)
            self._attempts.extendleft(reversed(batch))
            self._news.set()
            return False
        for attempt in batch:
            self._unmarked.pop(attempt.key, None)
        if any(attempt.retry_at is not None for attempt in batch):
            self._wake.set()
        return True
